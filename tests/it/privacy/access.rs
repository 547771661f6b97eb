//! Requests and decisions: three people, three days, and the database's own hold on both.

use chrono::TimeDelta;
use tonic::Code;
use zhenshi_proto::zhenshi::v1 as proto;

use super::Vault;
use crate::support::{
    calls::{fields, metadata, reason},
    desk::in_clear,
};

#[tokio::test]
async fn a_request_goes_through_two_hands_and_ends_by_itself() {
    let vault = Vault::open().await;
    // Tuesday 2026-11-24 09:00: the third calendar day is Thursday.
    let asked = vault.ask("B1", proto::RequestAccessRequest { days: 3, ..vault.request() }).await.unwrap();
    assert_eq!(asked.state(), proto::AccessState::AwaitingHead);
    assert_eq!((asked.requester_code.as_str(), asked.in_force), ("B1", false));
    assert!(asked.reason.is_empty() && asked.end_time.is_none());

    let signed = vault.decide("BL", &asked.grant_id, true).await.unwrap();
    assert_eq!(signed.state(), proto::AccessState::AwaitingCustomerService);
    assert_eq!(signed.head_code, "BL");
    let granted = vault.decide("IS", &asked.grant_id, true).await.unwrap();
    assert_eq!((granted.state(), granted.in_force), (proto::AccessState::Granted, true));
    // The end of Thursday in Shanghai.
    assert_eq!(granted.end_time.unwrap().seconds, 1_795_708_800);

    let office = &vault.desk.office;
    let list = async |staff: &str, message: proto::ListAccessGrantsRequest| {
        vault.client.clone().list_access_grants(office.by(staff, message)).await.unwrap().into_inner().grants
    };
    let in_force = proto::ListAccessGrantsRequest { in_force_only: true, ..Default::default() };
    assert_eq!(list("B1", in_force.clone()).await.len(), 1);
    assert_eq!(list("BL", in_force.clone()).await.len(), 1, "of his people");
    assert_eq!(list("AL", in_force.clone()).await.len(), 0, "another channel");
    assert_eq!(list("B2", in_force.clone()).await.len(), 0, "somebody else's");
    office.at("2026-11-27 00:00");
    assert_eq!(list("B1", in_force).await.len(), 0);
    assert_eq!(list("IS", proto::ListAccessGrantsRequest::default()).await.len(), 1);

    for (action, count) in [("REQUEST_ACCESS", 1), ("AGREE_TO_ACCESS", 2)] {
        assert_eq!(vault.audited(action).await.len(), count, "{action}");
    }
    assert_eq!(in_clear(vault.admin(), &["核对证件"]).await, [] as [String; 0]);
}

#[tokio::test]
async fn nobody_decides_on_his_own_nor_twice_nor_out_of_turn() {
    let vault = Vault::open().await;
    let asked = vault.ask("IS", vault.request()).await.unwrap();
    let own = vault.decide("IS", &asked.grant_id, true).await.unwrap_err();
    assert_eq!((own.code(), reason(&own)), (Code::PermissionDenied, "SECOND_PERSON_REQUIRED".into()));
    // Who heads himself: compliance signs; then the manager, not the supervisor himself.
    let early = vault.decide("CSM", &asked.grant_id, true).await.unwrap_err();
    assert_eq!(
        (reason(&early), metadata(&early, "why")),
        ("ACCESS_STATE_MISMATCH".into(), "AWAITS_HEAD".into())
    );
    vault.decide("CO1", &asked.grant_id, true).await.unwrap();
    assert_eq!(
        reason(&vault.decide("IS", &asked.grant_id, true).await.unwrap_err()),
        "SECOND_PERSON_REQUIRED"
    );
    vault.decide("CSM", &asked.grant_id, true).await.unwrap();
    let late = vault.decide("CSM", &asked.grant_id, true).await.unwrap_err();
    assert_eq!(metadata(&late, "why"), "NOT_WAITING");

    // The manager signs for his people, and may not decide as well.
    let asked = vault.ask("CS1", vault.request()).await.unwrap();
    vault.decide("CSM", &asked.grant_id, true).await.unwrap();
    assert_eq!(
        reason(&vault.decide("CSM", &asked.grant_id, true).await.unwrap_err()),
        "SECOND_PERSON_REQUIRED"
    );
    let refused = vault.decide("IS", &asked.grant_id, false).await.unwrap();
    assert_eq!(refused.state(), proto::AccessState::Refused);

    // Beyond the extent there is no such request.
    let asked = vault.ask("B1", vault.request()).await.unwrap();
    assert_eq!(
        reason(&vault.decide("AL", &asked.grant_id, true).await.unwrap_err()),
        "ACCESS_REQUEST_NOT_FOUND"
    );
    assert_eq!(vault.audited("DECIDE_ACCESS_REFUSED").await.len(), 5);
}

#[tokio::test]
async fn the_database_itself_holds_three_people_and_three_days() {
    let vault = Vault::open().await;
    let granted = vault.granted(vault.request()).await;
    let id: uuid::Uuid = granted.grant_id.parse().unwrap();
    for (change, constraint) in [
        ("head_code = requester_code", "access_grant_three_people"),
        ("decider_code = requester_code", "access_grant_three_people"),
        ("decider_code = head_code", "access_grant_three_people"),
        ("end_time = decided_time + interval '72 hours 1 second'", "access_grant_at_most_three_days"),
        ("head_code = NULL", "access_grant_agreed"),
    ] {
        let sql = format!("UPDATE access_grant SET {change} WHERE id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id);
        let refused = query.execute(vault.admin()).await.unwrap_err();
        assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some(constraint));
    }
    // Four days are refused at the door.
    let long = proto::RequestAccessRequest { days: 4, ..vault.request() };
    assert_eq!(fields(&vault.ask("B1", long).await.unwrap_err()), ["days"]);
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_record_and_a_grant_can_be_ended() {
    let vault = Vault::open().await;
    let message = vault.request();
    let first = vault.ask("B1", message.clone()).await.unwrap();
    assert_eq!(vault.ask("B1", message.clone()).await.unwrap().grant_id, first.grant_id);
    let other = proto::RequestAccessRequest { days: 2, ..message };
    assert_eq!(reason(&vault.ask("B1", other).await.unwrap_err()), "REQUEST_ID_REUSED");

    let granted = vault.granted(vault.request()).await;
    vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    let end = |request_id: String| proto::EndAccessRequest {
        request_id,
        grant_id: granted.grant_id.clone(),
        language_code: "en".into(),
    };
    let office = &vault.desk.office;
    let ended = vault
        .client
        .clone()
        .end_access(office.by("B1", end(office.request_id())))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(ended.grant.unwrap().ended_by, "B1");
    let denied = vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap_err();
    assert_eq!(metadata(&denied, "why"), "NOT_IN_FORCE");
    let again = vault.client.clone().end_access(office.by("B1", end(office.request_id()))).await.unwrap_err();
    assert_eq!(metadata(&again, "why"), "NOT_WAITING");
}

#[tokio::test]
async fn an_outsider_is_registered_and_only_who_decides_reads_of_him() {
    let vault = Vault::open().await;
    let outsider = proto::Outsider {
        name: "访客甲".into(),
        organisation: "示例律师事务所".into(),
        document: proto::OutsiderDocument::Letter.into(),
        document_no: "介字001".into(),
    };
    let nameless = proto::Outsider { name: String::new(), document: 0, ..outsider.clone() };
    let wrong = proto::RequestAccessRequest { outsider: Some(nameless), ..vault.request() };
    assert_eq!(fields(&vault.ask("B1", wrong).await.unwrap_err()), ["outsider.name", "outsider.document"]);
    let message = proto::RequestAccessRequest { outsider: Some(outsider.clone()), ..vault.request() };
    let asked = vault.ask("B1", message).await.unwrap();
    assert!(asked.outsider_registered && asked.outsider.is_none());
    let get = proto::GetAccessGrantRequest { grant_id: asked.grant_id, language_code: "en".into() };
    let office = &vault.desk.office;
    let read = vault.client.clone().get_access_grant(office.by("BL", get.clone())).await.unwrap();
    let read = read.into_inner().grant.unwrap();
    assert_eq!((read.outsider, read.reason.as_str()), (Some(outsider), "核对证件"));
    let stranger = vault.client.clone().get_access_grant(office.by("AL", get)).await.unwrap_err();
    assert_eq!(reason(&stranger), "ACCESS_REQUEST_NOT_FOUND");
    assert_eq!(in_clear(vault.admin(), &["访客甲", "介字001"]).await, [] as [String; 0]);
    assert_eq!(vault.audited("READ_ACCESS").await.len(), 1);
}

#[tokio::test]
async fn nobody_asks_for_what_is_not_there() {
    let vault = Vault::open().await;
    let nobody =
        proto::AccessSubject { customer_id: uuid::Uuid::from_u128(5).to_string(), ..Default::default() };
    let message = proto::RequestAccessRequest { subject: Some(nobody), ..vault.request() };
    assert_eq!(reason(&vault.ask("B1", message).await.unwrap_err()), "ACCESS_SUBJECT_NOT_FOUND");
    // A case of somebody else's is not there either.
    let case = proto::RequestAccessRequest { subject: Some(vault.case()), ..vault.request() };
    assert_eq!(reason(&vault.ask("A1", case).await.unwrap_err()), "ACCESS_SUBJECT_NOT_FOUND");
    let empty =
        proto::RequestAccessRequest { request_id: vault.desk.office.request_id(), ..Default::default() };
    assert_eq!(
        fields(&vault.ask("B1", empty).await.unwrap_err()),
        ["subject", "fields", "purpose", "reason"]
    );
    vault.desk.office.service.clock.advance(TimeDelta::seconds(1));
}
