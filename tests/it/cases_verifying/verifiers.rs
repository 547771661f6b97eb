//! Who verifies, who may not, and what a return does.

use tonic::Code;
use zhenshi_proto::zhenshi::v1::{CaseOutcome, CaseState};

use super::desk::{Desk, change};
use crate::support::{
    calls::{metadata, reason},
    cases::{BANK, DAY},
    database::count,
};

#[tokio::test]
async fn nobody_who_handled_a_case_verifies_it() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let taken =
        change!(desk, "CS1", take_over_case, TakeOverCaseRequest { reason: "亲自排查".into() }).unwrap();
    assert_eq!((taken.taken_over, taken.assignee_code.as_str()), (true, "CS1"));
    let clerk = desk.submit(CaseOutcome::Cleared).await.unwrap_err();
    assert_eq!(clerk.code(), Code::NotFound, "it is not his any more, and he does not see it");
    let desk = Desk { clerk: "CS1".into(), ..desk };
    desk.submit_cleared().await;
    let own = desk.verify("CS1").await.unwrap_err();
    assert_eq!((own.code(), reason(&own).as_str()), (Code::PermissionDenied, "SECOND_PERSON_REQUIRED"));
    let colleague = desk.verify("CS2").await.unwrap_err();
    assert_eq!(reason(&colleague), "MOVE_NOT_ALLOWED", "compliance verifies what customer service did");
    assert_eq!(desk.verify("CO1").await.unwrap().state(), CaseState::Closed);
}

#[tokio::test]
async fn a_clerk_may_not_verify_whatever_the_case_is() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    for who in ["B2", "BL", "BH", "AU", "AD", "IS"] {
        let status = desk.verify(who).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::PermissionDenied, "ACTION_NOT_PERMITTED"),
            "{who}"
        );
    }
}

#[tokio::test]
async fn a_returned_case_is_its_assignee_s_again_and_can_be_submitted_again() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    let stopped = "SELECT count(*) FROM case_stop WHERE kind = 2 AND until_time IS NULL";
    assert_eq!(count(&desk.office.admin, stopped).await, 1);
    let case = change!(desk, "CS1", return_case, ReturnCaseRequest { reason: "签名不清".into() }).unwrap();
    assert_eq!((case.state(), case.returned_count), (CaseState::Investigating, 1));
    assert_eq!(case.assignee_code, desk.clerk);
    assert_eq!(count(&desk.office.admin, stopped).await, 0);
    let again = desk.submit(CaseOutcome::Cleared).await.unwrap();
    assert_eq!((again.state(), again.round), (CaseState::Submitted, 2));
    assert_eq!(desk.verify("CS1").await.unwrap().state(), CaseState::Closed);
}

#[tokio::test]
async fn a_move_that_the_state_does_not_allow_says_which_ones_it_does() {
    let desk = Desk::assigned([BANK, BANK]).await;
    let status = desk.submit(CaseOutcome::Cleared).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "MOVE_NOT_ALLOWED"));
    assert_eq!(metadata(&status, "state"), "ASSIGNED");
    assert!(metadata(&status, "allowed_moves").split(',').any(|action| action == "START"));
}

#[tokio::test]
async fn a_stale_copy_a_repeat_and_a_reused_key_are_told_apart() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.prove_relation().await;
    let case = desk.case().await;
    let message = zhenshi_proto::zhenshi::v1::SubmitCaseRequest {
        request_id: desk.office.request_id(),
        case_id: case.id.to_string(),
        etag: case.version.to_string(),
        outcome: CaseOutcome::Cleared.into(),
        cleared_kind: 1,
        summary: "查明".into(),
        ..Default::default()
    };
    let mut client = desk.office.client().await;
    let stale = zhenshi_proto::zhenshi::v1::SubmitCaseRequest {
        request_id: desk.office.request_id(),
        etag: (case.version - 1).to_string(),
        ..message.clone()
    };
    let status = client.submit_case(desk.office.by(&desk.clerk, stale)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    let first = client.submit_case(desk.office.by(&desk.clerk, message.clone())).await.unwrap().into_inner();
    let again = client.submit_case(desk.office.by(&desk.clerk, message.clone())).await.unwrap().into_inner();
    assert_eq!(first.case, again.case);
    let other = zhenshi_proto::zhenshi::v1::SubmitCaseRequest { summary: "另有说明".into(), ..message };
    let status = client.submit_case(desk.office.by(&desk.clerk, other)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn a_withdrawal_takes_two() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let asked = change!(desk, "CS1", withdraw_case, WithdrawCaseRequest { reason: "重复".into() }).unwrap();
    assert_eq!(asked.state(), CaseState::Investigating);
    let alone =
        change!(desk, "CS1", withdraw_case, WithdrawCaseRequest { reason: "重复".into() }).unwrap_err();
    assert_eq!(reason(&alone), "SECOND_PERSON_REQUIRED");
    let done = change!(desk, "CS2", withdraw_case, WithdrawCaseRequest { reason: "同意".into() }).unwrap();
    assert_eq!(done.state(), CaseState::Withdrawn);
    // People withdrew it: a policy event does not bring it back.
    desk.policy_event("P-1", zhenshi_proto::zhenshi::v1::PolicyEventKind::Reinstated).await;
    assert_eq!(desk.case().await.state, 7);
}

#[tokio::test]
async fn a_case_is_not_reopened_while_another_of_its_value_is_open() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    desk.verify("CS1").await.unwrap();
    // A third man with the same phone: the cleared pair says nothing of him.
    let shared = crate::support::applications::man(10).phones;
    let with_phone = |application: &mut zhenshi_proto::zhenshi::v1::Application| {
        application.policyholder.as_mut().unwrap().phones.clone_from(&shared);
        application.insureds[0].person.as_mut().unwrap().phones.clone_from(&shared);
    };
    desk.office.apply("P-3", 13, BANK, with_phone).await;
    desk.office.sort_and_distribute("2026-11-25").await;
    let newer = desk.office.case_of("P-3").await;
    assert_ne!(newer.id, desk.case_id);
    let status = change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "再查".into() }).unwrap_err();
    assert_eq!(reason(&status), "VALUE_HAS_OPEN_CASE");
    assert_eq!(metadata(&status, "case_no"), newer.case_no);
    assert!(newer.case_no.starts_with("20261125") && DAY < "2026-11-25");
}

#[tokio::test]
async fn the_commission_of_an_overdue_case_is_held_by_decision_and_released_at_its_good_end() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let early = change!(
        desk,
        "CO1",
        decide_commission,
        DecideCommissionRequest { hold: true, reason: "缓发".into() }
    );
    assert_eq!(metadata(&early.unwrap_err(), "missing"), "OVERDUE");
    desk.office.at("2026-12-07 10:00");
    let held = change!(
        desk,
        "CO1",
        decide_commission,
        DecideCommissionRequest { hold: true, reason: "缓发".into() }
    );
    let held = held.unwrap();
    assert!(held.commission_held && held.deadline.unwrap().overdue);
    desk.submit_cleared().await;
    let closed = desk.verify("CS1").await.unwrap();
    assert!(!closed.commission_held);
    let told = desk.told().await;
    assert!(told.contains(&"commission.hold".to_owned()) && told.contains(&"commission.release".to_owned()));
    let late = "SELECT count(*) FROM case_file WHERE NOT on_time";
    assert_eq!(count(&desk.office.admin, late).await, 1);
}

#[tokio::test]
async fn an_agency_s_refusal_is_told_to_compliance_at_once() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let refused = |agency: &str| zhenshi_proto::zhenshi::v1::ReportAgencyRefusalRequest {
        request_id: desk.office.request_id(),
        case_id: desk.case_id.to_string(),
        agency_code: agency.into(),
        reason: "拒绝说明".into(),
        ..Default::default()
    };
    let mut client = desk.office.client().await;
    let stranger =
        client.report_agency_refusal(desk.office.by(&desk.clerk, refused("G-NONE"))).await.unwrap_err();
    assert_eq!(stranger.code(), Code::NotFound);
    client.report_agency_refusal(desk.office.by(&desk.clerk, refused("G-BANK"))).await.unwrap();
    assert_eq!(desk.told().await.last().map(String::as_str), Some("case.reported_to_compliance"));
}

#[tokio::test]
async fn what_joins_a_submitted_case_is_told_and_shown_and_makes_it_go_back() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    // A third man with the same phone, after the submission: nobody has looked into him.
    let shared = crate::support::applications::man(10).phones;
    let with_phone = |application: &mut zhenshi_proto::zhenshi::v1::Application| {
        application.policyholder.as_mut().unwrap().phones.clone_from(&shared);
        application.insureds[0].person.as_mut().unwrap().phones.clone_from(&shared);
    };
    desk.office.apply("P-3", 13, BANK, with_phone).await;
    desk.office.sort("2026-11-25").await;
    assert_eq!(desk.office.case_of("P-3").await.id, desk.case_id, "it joins the case of its value");
    assert_eq!(desk.case().await.state, 5);
    let told = "SELECT count(*) FROM case_event WHERE kind = 2 AND data ->> 'after_submission' = '1'";
    assert_eq!(count(&desk.office.admin, told).await, 1);
    assert_eq!(desk.told().await.last().map(String::as_str), Some("case.reminder"), "the verifiers are told");

    let shown = zhenshi_proto::zhenshi::v1::GetCaseRequest {
        case_id: desk.case_id.to_string(),
        view: zhenshi_proto::zhenshi::v1::CaseView::Full.into(),
        ..Default::default()
    };
    let mut client = desk.office.client().await;
    let case = client.get_case(desk.office.by("CS1", shown)).await.unwrap().into_inner().case.unwrap();
    let (submitted, details) = (case.submitted_time.unwrap(), case.details.unwrap());
    let later =
        details.members.iter().filter(|member| member.joined_time.unwrap().seconds > submitted.seconds);
    let later: std::collections::BTreeSet<&str> =
        later.map(|member| member.application_no.as_str()).collect();
    assert_eq!(later.into_iter().collect::<Vec<_>>(), ["P-3"]);
    let moves: Vec<_> = details.allowed_moves().collect();
    let [verify, close, give_back] = [
        zhenshi_proto::zhenshi::v1::CaseMove::Verify,
        zhenshi_proto::zhenshi::v1::CaseMove::Close,
        zhenshi_proto::zhenshi::v1::CaseMove::Return,
    ];
    assert!(!moves.contains(&verify) && !moves.contains(&close) && moves.contains(&give_back), "{moves:?}");

    let refused = desk.verify("CS1").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "MOVE_NOT_ALLOWED"));
    assert!(metadata(&refused, "allowed_moves").split(',').any(|action| action == "RETURN"));
    change!(desk, "CS1", return_case, ReturnCaseRequest { reason: "新成员未排查".into() }).unwrap();
    desk.submit(CaseOutcome::Cleared).await.unwrap();
    assert_eq!(desk.verify("CS1").await.unwrap().state(), CaseState::Closed);
}
