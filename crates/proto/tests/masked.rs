//! `{:?}` of a message shows its name and nothing that is in it: every message of the API, found by the descriptors.
//!
//! To add a message, add its line to the table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, fmt::Debug};

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, Value};
use zhenshi_proto::{
    google::{rpc::Status, r#type::Date},
    zhenshi::v1 as proto,
};

/// In every text field.
const CANARY: &str = "Zk7Kanari";
/// In every number field.
const NUMBER: i32 = 77_013;
/// Packages of the API; messages of other packages hold no text of ours.
const PACKAGES: [&str; 3] = ["zhenshi.v1", "google.rpc", "google.type"];

/// Name of the message, and `{:?}` of it after it was read from bytes.
type Shown = (&'static str, fn(&[u8]) -> String);

fn shown<M: Message + Default + Debug>(bytes: &[u8]) -> String {
    let message = M::decode(bytes).unwrap();
    assert_eq!(message.encode_to_vec().len(), bytes.len(), "everything was read");
    format!("{message:?} {message:#?}")
}

macro_rules! messages {
    ($($message:ident),+ $(,)?) => {
        &[$((concat!("zhenshi.v1.", stringify!($message)), shown::<proto::$message>)),+]
    };
}

const OURS: &[Shown] = messages!(
    Account,
    AddWorkingDaysRequest,
    AddWorkingDaysResponse,
    Address,
    Agency,
    Application,
    Approval,
    Branch,
    CalendarDay,
    CalendarYear,
    CallBackPoint,
    Certificate,
    CertificateCheck,
    ChannelUnit,
    ClearedRelation,
    DirectoryRowProblem,
    ExplainCertificateRequest,
    ExplainCertificateResponse,
    ExportSuspicionListRequest,
    ExportSuspicionListResponse,
    Finding,
    GetAgencyRequest,
    GetAgencyResponse,
    GetBranchRequest,
    GetBranchResponse,
    GetCalendarRequest,
    GetCalendarResponse,
    GetCallBackClearanceRequest,
    GetCallBackClearanceResponse,
    GetChannelUnitRequest,
    GetChannelUnitResponse,
    GetSellerRequest,
    GetSellerResponse,
    GetStaffMemberRequest,
    GetStaffMemberResponse,
    GetSubmissionRequest,
    GetSubmissionResponse,
    GetSuspicionListRequest,
    GetSuspicionListResponse,
    HolidayNotice,
    ImportDirectoryHeader,
    ImportDirectoryRequest,
    ImportDirectoryResponse,
    ImportHolidayNoticeRequest,
    ImportHolidayNoticeResponse,
    Insured,
    LeavePeriod,
    ListAgenciesRequest,
    ListAgenciesResponse,
    ListBranchesRequest,
    ListBranchesResponse,
    ListChannelUnitsRequest,
    ListChannelUnitsResponse,
    ListClearedRelationsRequest,
    ListClearedRelationsResponse,
    ListSellersRequest,
    ListSellersResponse,
    ListStaffMembersRequest,
    ListStaffMembersResponse,
    ListSubmissionsRequest,
    ListSubmissionsResponse,
    ListSuspicionListsRequest,
    ListSuspicionListsResponse,
    ListSuspicionsRequest,
    ListSuspicionsResponse,
    MaskedParty,
    Person,
    PolicyEvent,
    PolicyName,
    Product,
    RecordPolicyEventRequest,
    RecordPolicyEventResponse,
    RunSuspicionListRequest,
    RunSuspicionListResponse,
    Seller,
    StaffMember,
    Submission,
    Suspicion,
    SuspicionList,
    SuspicionMember,
    SuspicionPriority,
    Term,
    UpsertAgencyRequest,
    UpsertAgencyResponse,
    UpsertBranchRequest,
    UpsertBranchResponse,
    UpsertChannelUnitRequest,
    UpsertChannelUnitResponse,
    UpsertSellerRequest,
    UpsertSellerResponse,
    UpsertStaffMemberRequest,
    UpsertStaffMemberResponse,
    ValidateApplicationRequest,
    ValidateApplicationResponse,
    ValidateApplicationsRequest,
    ValidateApplicationsResponse,
);

const GOOGLES: [Shown; 2] = [("google.type.Date", shown::<Date>), ("google.rpc.Status", shown::<Status>)];

/// A message with something in every field, down to the last.
fn filled(descriptor: &MessageDescriptor) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let value = match field.kind() {
            Kind::String => Value::String(CANARY.into()),
            Kind::Bytes => Value::Bytes(CANARY.as_bytes().into()),
            Kind::Message(inner) => Value::Message(filled(&inner)),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Bool => Value::Bool(true),
            Kind::Int32 => Value::I32(NUMBER),
            Kind::Int64 => Value::I64(NUMBER.into()),
            Kind::Uint64 => Value::U64(NUMBER.unsigned_abs().into()),
            other => unreachable!("no field is of kind {other:?} yet: fill it here"),
        };
        message.set_field(&field, if field.is_list() { Value::List(vec![value]) } else { value });
    }
    message
}

#[test]
fn every_message_is_masked() {
    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let listed: Vec<Shown> = OURS.iter().copied().chain(GOOGLES).collect();
    let messages: Vec<MessageDescriptor> =
        pool.all_messages().filter(|message| PACKAGES.contains(&message.package_name())).collect();
    let names: BTreeSet<&str> = messages.iter().map(MessageDescriptor::full_name).collect();
    assert_eq!(names, listed.iter().map(|(name, _)| *name).collect(), "the table names every message");
    for message in &messages {
        let (_, shown) = listed.iter().find(|(name, _)| *name == message.full_name()).unwrap();
        let text = shown(&filled(message).encode_to_vec());
        assert!(text.contains(message.name()), "{text}");
        assert!(!text.contains(CANARY) && !text.contains(&NUMBER.to_string()), "{text}");
    }
}

#[test]
fn a_canary_would_be_seen() {
    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let person = filled(&pool.get_message_by_name("zhenshi.v1.Person").unwrap());
    assert!(format!("{person:?}").contains(CANARY));
}
