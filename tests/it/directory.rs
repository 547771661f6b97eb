//! The directory through real gRPC: writing, looking up, and what is refused.

use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::date,
    database::count,
    directory::{Client, client, reason, request_id, seller, upsert, with},
    service::{CHANNELS, TestService},
};

async fn get(client: &Client, token: &str, code: &str) -> Result<proto::Seller, Status> {
    let message = proto::GetSellerRequest { code: code.into(), language_code: String::new() };
    Ok(client.clone().get_seller(with(token, message)).await?.into_inner().seller.unwrap())
}

#[tokio::test]
async fn a_seller_is_written_masked_listed_and_changed() {
    let service = TestService::start().await;
    let (client, token) = (client(&service).await, service.token("core", &["*"], &CHANNELS).await);
    let written = upsert(&client, &token, 1, seller("S001", 1)).await.unwrap();
    assert_eq!((written.etag.as_str(), written.name.as_str(), written.phones.len()), ("1", "", 0));

    let shown = get(&client, &token, "S001").await.unwrap();
    assert_eq!((shown.name.as_str(), shown.phones[0].as_str()), ("测**", "139****0001"));
    assert!(
        shown.certificate_number.starts_with("1*") && shown.address.starts_with("广东省广州市"),
        "masked"
    );
    assert!(!shown.address.contains("示范路"));

    // A repeat answers as the entry stands; other content under the same id does not.
    let again = upsert(&client, &token, 1, seller("S001", 1)).await.unwrap();
    assert_eq!(again.etag, "1");
    let reused = upsert(&client, &token, 1, seller("S001", 2)).await.unwrap_err();
    assert_eq!((reused.code(), reason(&reused)), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
    // The same content under another id changes nothing.
    assert_eq!(upsert(&client, &token, 2, seller("S001", 1)).await.unwrap().etag, "1");
    let newer = proto::Seller { etag: "1".into(), ..seller("S001", 2) };
    assert_eq!(upsert(&client, &token, 3, newer).await.unwrap().etag, "2");
    let stale = proto::Seller { etag: "1".into(), ..seller("S001", 3) };
    let stale = upsert(&client, &token, 4, stale).await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale)), (Code::Aborted, "ETAG_MISMATCH".into()));

    for n in 2..=4_u32 {
        upsert(&client, &token, 10 + u128::from(n), seller(&format!("S00{n}"), n)).await.unwrap();
    }
    let mut listing = proto::ListSellersRequest { page_size: 3, ..proto::ListSellersRequest::default() };
    let first = client.clone().list_sellers(with(&token, listing.clone())).await.unwrap().into_inner();
    listing.page_token = first.next_page_token.clone();
    let second = client.clone().list_sellers(with(&token, listing.clone())).await.unwrap().into_inner();
    let mut codes: Vec<&str> =
        first.sellers.iter().chain(&second.sellers).map(|seller| seller.code.as_str()).collect();
    // Recorded within one tick of the fixed clock: in any order, each once.
    codes.sort_unstable();
    assert_eq!((codes, second.next_page_token.as_str()), (vec!["S001", "S002", "S003", "S004"], ""));
    assert!(first.sellers.iter().all(|seller| seller.name.is_empty() && seller.phones.is_empty()));
    listing.branch_code = "9999".into();
    let foreign = client.clone().list_sellers(with(&token, listing)).await.unwrap_err();
    assert_eq!(reason(&foreign), "PAGE_TOKEN_INVALID", "a page token is good only for its filters");

    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM directory_entry").await, 4);
    let ended = "SELECT count(*) FROM directory_contact WHERE ended_time IS NOT NULL";
    assert_eq!(count(&admin, ended).await, 2, "the changed phone and address ended and were not deleted");
    let open = "SELECT count(*) FROM directory_contact WHERE ended_time IS NULL";
    assert_eq!(count(&admin, open).await, 8);
    let audited =
        "SELECT count(*) FROM (SELECT action FROM audit_pending UNION ALL SELECT action FROM audit_entry) a
         WHERE action = 'UPSERT_DIRECTORY'";
    assert_eq!(count(&admin, audited).await, 5, "five changes, and no entry for what changed nothing");
    let viewed = "SELECT count(*) FROM (SELECT action, subject_kind FROM audit_pending
         UNION ALL SELECT action, subject_kind FROM audit_entry) a
         WHERE action = 'VIEW_MASKED' AND subject_kind = 'directory_entry'";
    assert_eq!(count(&admin, viewed).await, 1);
    let told =
        "SELECT count(*) FROM (SELECT kind FROM outbox_pending UNION ALL SELECT kind FROM outbox_event) e
         WHERE kind = 'directory.changed'";
    assert_eq!(count(&admin, told).await, 5);
    let version = "SELECT version FROM version_counter WHERE name = 'directory'";
    assert_eq!(count(&admin, version).await, 6);
}

#[tokio::test]
async fn every_kind_is_written_and_read_back() {
    let service = TestService::start().await;
    let (mut client, token) = (client(&service).await, service.token("core", &["*"], &CHANNELS).await);
    let unit = proto::ChannelUnit {
        code: "bank".into(),
        name: "示例银保部".into(),
        channel: proto::Channel::Bancassurance.into(),
        ..proto::ChannelUnit::default()
    };
    let message = proto::UpsertChannelUnitRequest {
        request_id: request_id(1),
        channel_unit: Some(unit),
        language_code: String::new(),
    };
    client.upsert_channel_unit(with(&token, message)).await.unwrap();
    let message = proto::GetChannelUnitRequest { code: "bank".into(), ..Default::default() };
    let unit =
        client.get_channel_unit(with(&token, message)).await.unwrap().into_inner().channel_unit.unwrap();
    assert_eq!((unit.name.as_str(), unit.channel()), ("示例银保部", proto::Channel::Bancassurance));

    let branch = proto::Branch { code: "4401".into(), name: "示例分公司".into(), ..Default::default() };
    let message =
        proto::UpsertBranchRequest { request_id: request_id(2), branch: Some(branch), ..Default::default() };
    client.upsert_branch(with(&token, message)).await.unwrap();
    let branches = client
        .list_branches(with(&token, proto::ListBranchesRequest::default()))
        .await
        .unwrap()
        .into_inner()
        .branches;
    assert_eq!(branches[0].name, "示例分公司");

    let agency = proto::Agency {
        code: "A001".into(),
        name: "示例保险代理公司".into(),
        kind: proto::AgencyKind::Concurrent.into(),
        phones: vec!["020-65529988".into()],
        qualified_from: Some(date(2020, 1, 1)),
        qualified_until: Some(date(2026, 12, 31)),
        ..Default::default()
    };
    let message =
        proto::UpsertAgencyRequest { request_id: request_id(3), agency: Some(agency), ..Default::default() };
    client.upsert_agency(with(&token, message)).await.unwrap();
    let message = proto::GetAgencyRequest { code: "A001".into(), ..Default::default() };
    let agency = client.get_agency(with(&token, message)).await.unwrap().into_inner().agency.unwrap();
    assert_eq!((agency.name.as_str(), agency.kind()), ("示例保险代理公司", proto::AgencyKind::Concurrent));
    assert!(agency.phones[0].ends_with("9988") && agency.phones[0].contains('*'));

    let member = proto::StaffMember {
        code: "E001".into(),
        name: "测试戊".into(),
        role: proto::StaffRole::InformationSupervisor.into(),
        capacity: Some(0),
        leaves: vec![proto::LeavePeriod {
            first_day: Some(date(2026, 12, 1)),
            last_day: Some(date(2026, 12, 5)),
        }],
        ..Default::default()
    };
    let message = proto::UpsertStaffMemberRequest {
        request_id: request_id(4),
        staff_member: Some(member),
        ..Default::default()
    };
    client.upsert_staff_member(with(&token, message)).await.unwrap();
    let message = proto::GetStaffMemberRequest { code: "E001".into(), ..Default::default() };
    let member =
        client.get_staff_member(with(&token, message)).await.unwrap().into_inner().staff_member.unwrap();
    assert_eq!((member.role(), member.capacity), (proto::StaffRole::InformationSupervisor, Some(0)));
    assert_eq!(member.leaves[0].last_day, Some(date(2026, 12, 5)));
}

#[tokio::test]
async fn what_may_not_be_done_is_refused_by_its_reason() {
    let service = TestService::start().await;
    let client = client(&service).await;
    let token = service.token("core", &["*"], &CHANNELS).await;
    let narrow = service.token("bank", &["*"], &[SalesChannel::Direct]).await;
    let source = service.token("one", &["core"], &CHANNELS).await;

    let anonymous = client.clone().get_seller(proto::GetSellerRequest::default()).await.unwrap_err();
    assert_eq!(anonymous.code(), Code::Unauthenticated);
    for token in [&narrow, &source] {
        let refused = upsert(&client, token, 1, seller("S001", 1)).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused)),
            (Code::PermissionDenied, "ADMINISTRATION_ONLY".into())
        );
    }
    upsert(&client, &token, 1, seller("S001", 1)).await.unwrap();
    for (token, code) in [(&narrow, "S001"), (&token, "S999")] {
        let hidden = get(&client, token, code).await.unwrap_err();
        assert_eq!(
            (hidden.code(), reason(&hidden)),
            (Code::NotFound, "DIRECTORY_ENTRY_NOT_FOUND".into()),
            "whether it exists elsewhere is not said"
        );
    }
    let wrong = proto::Seller {
        phones: vec!["138****5678".into()],
        channel: 0,
        qualified_from: Some(date(2026, 2, 30)),
        ..seller("S 2", 2)
    };
    let unread = upsert(&client, &token, 2, wrong.clone()).await.unwrap_err();
    let fields = |status: &Status| -> Vec<String> {
        let request = status.get_details_bad_request().unwrap();
        request.field_violations.into_iter().map(|violation| violation.field).collect()
    };
    assert_eq!(fields(&unread), ["seller.qualified_from"]);
    let wrong = proto::Seller { qualified_from: None, ..wrong };
    let invalid = upsert(&client, &token, 2, wrong).await.unwrap_err();
    assert_eq!((invalid.code(), reason(&invalid)), (Code::InvalidArgument, "INVALID_REQUEST".into()));
    assert_eq!(fields(&invalid), ["seller.code", "seller.channel", "seller.qualified_from", "seller.phones"]);
    let mut quoted = invalid.details().to_vec();
    quoted.extend_from_slice(invalid.message().as_bytes());
    assert!(!String::from_utf8_lossy(&quoted).contains("5678"), "a refusal quotes no value");
    let message = proto::UpsertSellerRequest { request_id: "1".into(), ..Default::default() };
    let missing = client.clone().upsert_seller(with(&token, message)).await.unwrap_err();
    assert_eq!(fields(&missing), ["request_id", "seller"]);
}

#[test]
fn a_message_of_the_directory_shows_nothing_of_a_person() {
    let message = seller("S001", 1);
    assert!(!message.encode_to_vec().is_empty());
    assert!(!format!("{message:?}").contains("139"));
}
