//! The audit log over gRPC: read by filter and page, verified, by those whom the policy lets.

use sqlx::Executor as _;
use tonic::Code;
use zhenshi_proto::zhenshi::v1::{self as proto, privacy_service_client::PrivacyServiceClient};

use crate::support::{
    applications::{application, request},
    cases::Office,
};

async fn office() -> (Office, String) {
    let office = Office::open().await;
    let client = office.service.client("core2").await;
    let sent = request(9_000, application("A-1", 1));
    let id = client.validate(sent).await.unwrap().submission_id;
    while office.app().store.relay(office.app().audit_keys.get()).await.unwrap().moved > 0 {}
    (office, id)
}

#[tokio::test]
async fn entries_are_listed_by_who_what_which_and_when_and_a_page_at_a_time() {
    let (office, submission_id) = office().await;
    let mut client = PrivacyServiceClient::new(office.service.channel().await);
    let mut list = async |request: proto::ListAuditEntriesRequest| {
        client.list_audit_entries(office.by("AU", request)).await.map(tonic::Response::into_inner)
    };
    let all =
        list(proto::ListAuditEntriesRequest { page_size: 200, ..Default::default() }).await.unwrap().entries;
    assert!(all.len() > 20, "{}", all.len());
    assert!(
        all.windows(2).all(|pair| pair[0].position == pair[1].position + 1),
        "newest first, without gaps"
    );

    let mut paged = Vec::new();
    let mut page_token = String::new();
    loop {
        let page = list(proto::ListAuditEntriesRequest { page_size: 7, page_token, ..Default::default() })
            .await
            .unwrap();
        paged.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(paged.len(), all.len());
    assert!(paged.iter().zip(&all).all(|(one, other)| one.position == other.position));

    let of = proto::ListAuditEntriesRequest { subject_id: submission_id.clone(), ..Default::default() };
    let found = list(of.clone()).await.unwrap().entries;
    assert_eq!(found.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["RECORD_SUBMISSIONS"]);
    assert_eq!(found[0].subject_ids, [submission_id]);
    let by = |actor: &str, action: &str| proto::ListAuditEntriesRequest {
        actor: actor.into(),
        action: action.into(),
        ..Default::default()
    };
    let starts = list(by("service", "START_SERVICE")).await.unwrap().entries;
    assert_eq!(starts.len(), 1);
    assert!(list(by("nobody", "")).await.unwrap().entries.is_empty());
    let time = starts[0].recorded_time;
    let since = proto::ListAuditEntriesRequest { start_time: time, page_size: 200, ..Default::default() };
    let before = proto::ListAuditEntriesRequest { end_time: time, page_size: 200, ..Default::default() };
    let (since, before) =
        (list(since).await.unwrap().entries.len(), list(before).await.unwrap().entries.len());
    assert_eq!(since + before, all.len());

    let wrong = list(proto::ListAuditEntriesRequest { subject_id: "x".into(), ..Default::default() }).await;
    assert_eq!(wrong.unwrap_err().code(), Code::InvalidArgument);
    let other = proto::ListAuditEntriesRequest { page_token: "x".into(), ..Default::default() };
    assert_eq!(list(other).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_chain_is_verified_and_that_is_in_it() {
    let (office, _) = office().await;
    let mut client = PrivacyServiceClient::new(office.service.channel().await);
    let ask = || office.by("AU", proto::VerifyAuditChainRequest::default());
    let whole = client.verify_audit_chain(ask()).await.unwrap().into_inner();
    assert!(whole.entries > 20 && whole.faults.is_empty(), "{:?}", whole.faults.len());
    assert_eq!(whole.submissions, 1);
    office.admin.execute("UPDATE audit_entry SET actor = 'else' WHERE position = 5").await.unwrap();
    let changed = client.verify_audit_chain(ask()).await.unwrap().into_inner();
    assert_eq!(changed.faults.len(), 1);
    assert_eq!(changed.faults[0].kind(), proto::AuditFaultKind::EntryChanged);
    assert_eq!(changed.faults[0].position, 5);
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_pending WHERE action = 'VERIFY_AUDIT_CHAIN' AND actor = 'staff:AU'",
    )
    .fetch_one(&office.admin)
    .await
    .unwrap();
    assert_eq!(told, 2);
    let clerk = client.verify_audit_chain(office.by("B1", proto::VerifyAuditChainRequest::default())).await;
    assert_eq!(clerk.unwrap_err().code(), Code::PermissionDenied);
}
