//! What the end of a policy, and its return, do to a case; and what the call-back hears of it.

use zhenshi_proto::zhenshi::v1::{
    CallBackClearance, CaseState, GetCallBackClearanceRequest, PolicyEventKind, PolicyName,
    policy_event_service_client::PolicyEventServiceClient,
};

use super::desk::{Desk, change};
use crate::support::{
    applications::man,
    calls::{connect, with_token},
    cases::{AGENT, BANK, DAY, Office},
    database::count,
    service::CHANNELS,
};

async fn clearance(desk: &Desk, application_no: &str) -> CallBackClearance {
    let token = desk.office.service.token("core", &["*"], &CHANNELS).await;
    let message = GetCallBackClearanceRequest {
        policy: Some(PolicyName {
            source: "core".into(),
            application_kind: zhenshi_proto::zhenshi::v1::ApplicationKind::NewBusiness.into(),
            application_no: application_no.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut client = PolicyEventServiceClient::new(connect(&desk.office.service).await);
    client.get_call_back_clearance(with_token(&token, message)).await.unwrap().into_inner().clearance()
}

#[tokio::test]
async fn a_surrendered_policy_withdraws_the_case_and_a_reinstated_one_takes_it_up() {
    let desk = Desk::investigating([BANK, BANK]).await;
    assert_eq!(clearance(&desk, "P-1").await, CallBackClearance::WaitUntil);
    desk.policy_event("P-2", PolicyEventKind::Surrendered).await;
    assert_eq!(desk.case().await.state, 7, "one customer alone shares with nobody");
    assert_eq!(clearance(&desk, "P-1").await, CallBackClearance::Clear);
    desk.office.at("2026-11-24 15:00");
    desk.policy_event("P-2", PolicyEventKind::Reinstated).await;
    let case = desk.case().await;
    assert_eq!((case.state, case.assignee), (2, None));
    desk.office.distribute().await;
    assert_eq!(desk.case().await.state, 3);
}

#[tokio::test]
async fn the_core_is_told_when_what_was_said_of_a_call_holds_no_longer() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    let desk = Desk { office, case_id: uuid::Uuid::nil(), clerk: String::new() };
    desk.policy_event("P-1", PolicyEventKind::Issued).await;
    desk.policy_event("P-2", PolicyEventKind::Issued).await;
    desk.office.sort_and_distribute(DAY).await;
    let case = desk.office.case_of("P-1").await;
    let desk = Desk { case_id: case.id, clerk: case.assignee.unwrap(), ..desk };
    change!(desk, &desk.clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    let told = async || -> Vec<(String, Option<String>, i32)> {
        sqlx::query_as(
            "SELECT data ->> 'clearance', data ->> 'wait_until_time', cardinality(subject_ids) FROM outbox_pending
             WHERE kind = 'call_back.clearance' ORDER BY seq",
        )
        .fetch_all(&desk.office.admin)
        .await
        .unwrap()
    };
    let wait = |until: &str| ("wait_until".to_owned(), Some(until.to_owned()), 2);
    // It was CLEAR until the case was made; three working days after its list. Being given to a clerk changes nothing.
    let mut expected = vec![wait("2026-11-27T16:00:00Z")];
    assert_eq!(told().await, expected);
    // With the verifiers it is known sooner.
    desk.submit_cleared().await;
    expected.push(wait("2026-11-25T16:00:00Z"));
    assert_eq!(told().await, expected);
    // A return within the day: the channel's time is what it was.
    change!(desk, "CS1", return_case, ReturnCaseRequest { reason: "签名不清".into() }).unwrap();
    expected.push(wait("2026-11-27T16:00:00Z"));
    assert_eq!(told().await, expected);
    desk.submit(zhenshi_proto::zhenshi::v1::CaseOutcome::Cleared).await.unwrap();
    if desk.verify("CS1").await.unwrap().state() == CaseState::Submitted {
        desk.verify("CO1").await.unwrap();
    }
    expected.extend([wait("2026-11-25T16:00:00Z"), ("clear".to_owned(), None, 2)]);
    assert_eq!(told().await, expected);
}

#[tokio::test]
async fn the_call_back_is_clear_when_the_case_has_explained_everything() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    assert_eq!(clearance(&desk, "P-1").await, CallBackClearance::WaitUntil);
    assert_eq!(desk.verify("CS1").await.unwrap().state(), CaseState::Closed);
    assert_eq!(clearance(&desk, "P-1").await, CallBackClearance::Clear);
    assert!(desk.told().await.contains(&"call_back.clearance".to_owned()));
}

#[tokio::test]
async fn the_call_back_is_made_with_points_to_verify_where_the_data_were_confirmed_false() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.prove_falsehood().await;
    desk.submit(zhenshi_proto::zhenshi::v1::CaseOutcome::ConfirmedFalse).await.unwrap();
    desk.verify("CS1").await.unwrap();
    desk.verify("CO1").await.unwrap();
    assert_eq!(clearance(&desk, "P-1").await, CallBackClearance::CallAnyway);
}

#[tokio::test]
async fn what_a_seller_did_stays_open_with_compliance_when_the_policies_end() {
    let office = Office::open().await;
    // The telephone of the seller himself.
    let phones = man(431).phones;
    office
        .apply("S-1", 31, BANK, |application| {
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
            application.insureds[0].person.as_mut().unwrap().phones.clone_from(&phones);
        })
        .await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("S-1").await;
    let desk = Desk { case_id: case.id, clerk: case.assignee.clone().unwrap_or_default(), office };
    desk.policy_event("S-1", PolicyEventKind::Surrendered).await;
    let case = desk.case().await;
    assert_eq!((case.state, case.with_compliance, case.assignee), (3, true, None));
    assert_eq!(desk.told().await.last().map(String::as_str), Some("case.assigned"), "compliance is told");
}

/// Two men of two channels who both gave the phone of the seller S-BANK, before their case is released.
async fn seller_s_phone_in_two_channels() -> Desk {
    let office = Office::open().await;
    let phones = man(431).phones;
    for (no, n, sale) in [("S-1", 31, AGENT), ("S-2", 32, BANK)] {
        let with_phone = |application: &mut zhenshi_proto::zhenshi::v1::Application| {
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
            application.insureds[0].person.as_mut().unwrap().phones.clone_from(&phones);
        };
        office.apply(no, n, sale, with_phone).await;
    }
    office.sort(DAY).await;
    let case_id = office.case_of("S-1").await.id;
    Desk { case_id, clerk: String::new(), office }
}

#[tokio::test]
async fn compliance_waits_for_no_other_channel_when_only_the_seller_s_conduct_is_left() {
    let desk = seller_s_phone_in_two_channels().await;
    desk.office.at(&format!("{DAY} 09:00"));
    desk.office.distribute().await;
    let open = "SELECT count(*) FROM case_participant WHERE kind = 2 AND answered_time IS NULL";
    assert_eq!(count(&desk.office.admin, open).await, 1, "the agents' channel assists");
    desk.policy_event("S-1", PolicyEventKind::Surrendered).await;
    desk.policy_event("S-2", PolicyEventKind::Surrendered).await;
    let case = desk.case().await;
    assert_eq!((case.state, case.with_compliance, case.assignee), (3, true, None));
    assert_eq!(count(&desk.office.admin, open).await, 0);
    let told = "SELECT count(*) FROM case_event WHERE kind = 9 AND data ->> 'overridden' = '1' AND data ->> 'by' = 'POLICY'";
    assert_eq!(count(&desk.office.admin, told).await, 1);
    let planned = "SELECT count(*) FROM case_timer WHERE clock = 3 AND state = 1";
    assert_eq!(count(&desk.office.admin, planned).await, 0, "and nobody is reminded of it");
    change!(desk, "CO1", start_investigation, StartInvestigationRequest {}).unwrap();
    let desk = Desk { clerk: "CO1".into(), ..desk };
    desk.prove_falsehood().await;
    let submitted = desk.submit(zhenshi_proto::zhenshi::v1::CaseOutcome::ConfirmedFalse).await.unwrap();
    assert_eq!(submitted.state(), CaseState::Submitted);
}

#[tokio::test]
async fn a_held_case_whose_policies_end_is_compliance_s_and_held_no_longer() {
    let desk = seller_s_phone_in_two_channels().await;
    change!(desk, "CS1", hold_case, HoldCaseRequest { hold: true, reason: "先核对".into() }).unwrap();
    desk.policy_event("S-1", PolicyEventKind::Surrendered).await;
    desk.policy_event("S-2", PolicyEventKind::Surrendered).await;
    let case = desk.case().await;
    assert_eq!((case.state, case.held, case.with_compliance), (3, false, true));
    let timeline = desk.office.timeline(desk.case_id).await;
    assert!(timeline.ends_with(&[38, 5, 6, 8]), "released, given, and its leader copied: {timeline:?}");
    let mut told = desk.told().await;
    told.retain(|kind| kind != "call_back.clearance");
    assert_eq!(told, ["case.assigned"]);
    assert_eq!(count(&desk.office.admin, "SELECT count(*) FROM case_participant WHERE kind = 2").await, 0);
}
