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
    AddCommentRequest,
    AddCommentResponse,
    AddWorkingDaysRequest,
    AddWorkingDaysResponse,
    Address,
    Agency,
    AnswerAssistRequest,
    AnswerAssistResponse,
    AnswerCallBackRequest,
    AnswerCallBackResponse,
    AppealCaseRequest,
    AppealCaseResponse,
    Application,
    Approval,
    AssignCaseRequest,
    AssignCaseResponse,
    AttachEvidenceHeader,
    AttachEvidenceRequest,
    AttachEvidenceResponse,
    BatchAssignCasesRequest,
    BatchAssignCasesResponse,
    Branch,
    CalendarDay,
    CalendarYear,
    CallBackPoint,
    CallBackRequest,
    Case,
    CaseAppeal,
    CaseChangeResult,
    CaseDeadline,
    CaseDetails,
    CaseEvent,
    CaseEventDetail,
    CaseFilter,
    CaseMember,
    CaseMissing,
    CaseOpinion,
    CaseOutcomeCount,
    CaseParticipant,
    CaseStateCount,
    CaseStatistics,
    CaseSuspicion,
    CaseVerification,
    Certificate,
    CertificateCheck,
    ChannelUnit,
    ClaimNextCaseRequest,
    ClaimNextCaseResponse,
    ClearedRelation,
    CluePrecision,
    ContactAttempt,
    CreateCaseRequest,
    CreateCaseResponse,
    DecideAppealRequest,
    DecideAppealResponse,
    DecideCommissionRequest,
    DecideCommissionResponse,
    Delivery,
    DirectoryRowProblem,
    Evidence,
    ExplainCertificateRequest,
    ExplainCertificateResponse,
    ExportSuspicionListRequest,
    ExportSuspicionListResponse,
    ExtendCaseRequest,
    ExtendCaseResponse,
    Finding,
    GetAgencyRequest,
    GetAgencyResponse,
    GetBranchRequest,
    GetBranchResponse,
    GetCalendarRequest,
    GetCalendarResponse,
    GetCallBackClearanceRequest,
    GetCallBackClearanceResponse,
    GetCaseRequest,
    GetCaseResponse,
    GetCaseStatisticsRequest,
    GetCaseStatisticsResponse,
    GetChannelUnitRequest,
    GetChannelUnitResponse,
    GetConfirmationFormRequest,
    GetConfirmationFormResponse,
    GetEvidenceRequest,
    GetEvidenceResponse,
    GetSellerRequest,
    GetSellerResponse,
    GetStaffMemberRequest,
    GetStaffMemberResponse,
    GetSubmissionRequest,
    GetSubmissionResponse,
    GetSuspicionListRequest,
    GetSuspicionListResponse,
    HoldCaseRequest,
    HoldCaseResponse,
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
    ListCaseEventsRequest,
    ListCaseEventsResponse,
    ListCasesRequest,
    ListCasesResponse,
    ListChannelUnitsRequest,
    ListChannelUnitsResponse,
    ListClearedRelationsRequest,
    ListClearedRelationsResponse,
    ListDeliveriesRequest,
    ListDeliveriesResponse,
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
    MergeCasesRequest,
    MergeCasesResponse,
    MissingItem,
    PauseCaseRequest,
    PauseCaseResponse,
    Person,
    PolicyEvent,
    PolicyName,
    Product,
    RecordContactAttemptRequest,
    RecordContactAttemptResponse,
    RecordOpinionRequest,
    RecordOpinionResponse,
    RecordPolicyEventRequest,
    RecordPolicyEventResponse,
    ReleaseCasesRequest,
    ReleaseCasesResponse,
    ReopenCaseRequest,
    ReopenCaseResponse,
    ReplyToOpinionRequest,
    ReplyToOpinionResponse,
    ReportAgencyRefusalRequest,
    ReportAgencyRefusalResponse,
    RequestCallBackRequest,
    RequestCallBackResponse,
    ResumeCaseRequest,
    ResumeCaseResponse,
    ReturnCaseRequest,
    ReturnCaseResponse,
    RedeliverEventsRequest,
    RedeliverEventsResponse,
    RunSuspicionListRequest,
    RunSuspicionListResponse,
    Seller,
    StaffMember,
    StartInvestigationRequest,
    StartInvestigationResponse,
    Submission,
    SubmitCaseRequest,
    SubmitCaseResponse,
    SuggestedRelation,
    Suspicion,
    SuspicionList,
    SuspicionListCases,
    SuspicionMember,
    SuspicionOutcome,
    SuspicionPriority,
    TakeOverCaseRequest,
    TakeOverCaseResponse,
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
    UrgeCasesRequest,
    UrgeCasesResponse,
    ValidateApplicationRequest,
    ValidateApplicationResponse,
    ValidateApplicationsRequest,
    ValidateApplicationsResponse,
    VerifyCaseRequest,
    VerifyCaseResponse,
    WatchCasesRequest,
    WatchCasesResponse,
    WithdrawCaseRequest,
    WithdrawCaseResponse,
);

const ERASURE: &[Shown] = messages!(
    DecideErasureRequest,
    DecideErasureResponse,
    Erasure,
    ErasureSubject,
    LiftErasureHoldRequest,
    LiftErasureHoldResponse,
    ListErasuresRequest,
    ListErasuresResponse,
    PlaceErasureHoldRequest,
    PlaceErasureHoldResponse,
    RequestErasureRequest,
    RequestErasureResponse,
);

const PRIVACY: &[Shown] = messages!(
    AccessAlert,
    AuditEntry,
    AuditFault,
    AccessGrant,
    AccessSubject,
    ClassifiedCustomer,
    ClassifyCustomerRequest,
    ClassifyCustomerResponse,
    CloseIncidentRequest,
    CloseIncidentResponse,
    ConfirmLoanEndRequest,
    ConfirmLoanEndResponse,
    DecideAccessRequest,
    DecideAccessResponse,
    DecideUnmaskedExportRequest,
    DecideUnmaskedExportResponse,
    DownloadUnmaskedExportRequest,
    DownloadUnmaskedExportResponse,
    EndAccessRequest,
    EndAccessResponse,
    ExportReceiver,
    GeneralManagerApproval,
    GetAccessGrantRequest,
    GetAccessGrantResponse,
    GetIncidentRequest,
    GetIncidentResponse,
    GetUnmaskedExportRequest,
    GetUnmaskedExportResponse,
    Incident,
    IncidentMeasure,
    ListAccessAlertsRequest,
    ListAccessAlertsResponse,
    ListAccessGrantsRequest,
    ListAccessGrantsResponse,
    ListAuditEntriesRequest,
    ListAuditEntriesResponse,
    ListClassifiedCustomersRequest,
    ListClassifiedCustomersResponse,
    ListIncidentsRequest,
    ListIncidentsResponse,
    ListLoansRequest,
    ListLoansResponse,
    ListUnmaskedExportsRequest,
    ListUnmaskedExportsResponse,
    Loan,
    Outsider,
    RecordIncidentMeasureRequest,
    RecordIncidentMeasureResponse,
    ReportLeakRequest,
    ReportLeakResponse,
    RequestAccessRequest,
    RequestAccessResponse,
    RequestUnmaskedExportRequest,
    RequestUnmaskedExportResponse,
    RevealFieldsRequest,
    RevealFieldsResponse,
    RevealedParty,
    SubjectAccess,
    VerifyAuditChainRequest,
    VerifyAuditChainResponse,
    UnmaskedExport,
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
            Kind::Double => Value::F64(NUMBER.into()),
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
    let listed: Vec<Shown> = OURS.iter().chain(PRIVACY).chain(ERASURE).copied().chain(GOOGLES).collect();
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
