//! What the end of a policy, and its return, do to a case; and what the call-back hears of it.

use zhenshi_proto::zhenshi::v1::{
    CallBackClearance, CaseState, GetCallBackClearanceRequest, PolicyEventKind, PolicyName,
    policy_event_service_client::PolicyEventServiceClient,
};

use super::desk::Desk;
use crate::support::{
    applications::man,
    calls::{connect, with_token},
    cases::{BANK, DAY, Office},
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
}
