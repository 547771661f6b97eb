//! A case that is taken up again, and what was left open when it ended: nothing of before decides what comes after.

use zhenshi_proto::zhenshi::v1::{CaseOutcome, CaseState, EvidenceKind, PolicyEventKind};

use super::desk::{Desk, change};
use crate::support::{
    calls::{metadata, reason},
    cases::BANK,
    database::count,
};

/// Customer service takes the case up again on the first of December, and a clerk investigates it.
async fn reopened(desk: Desk) -> Desk {
    desk.office.at("2026-12-01 10:00");
    change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "资料有误".into() }).unwrap();
    desk.office.distribute().await;
    let clerk = desk.case().await.assignee.expect("a clerk has it");
    change!(desk, &clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    Desk { clerk, ..desk }
}

/// Verified by `who` of customer service, and by compliance where the case is in its share.
async fn closed(desk: &Desk, who: &str) -> zhenshi_proto::zhenshi::v1::Case {
    let case = desk.verify(who).await.unwrap();
    let case = if case.state() == CaseState::Submitted { desk.verify("CO1").await.unwrap() } else { case };
    assert_eq!(case.state(), CaseState::Closed);
    case
}

async fn closed_as_cleared() -> Desk {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    closed(&desk, "CS1").await;
    desk
}

#[tokio::test]
async fn who_asked_to_withdraw_a_case_before_it_was_reopened_is_no_first_person() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let withdraw =
        async |who: &str| change!(desk, who, withdraw_case, WithdrawCaseRequest { reason: "重复".into() });
    // Both ask once, each in a life of the case; the first is never answered.
    assert_eq!(withdraw("CS1").await.unwrap().state(), CaseState::Investigating);
    desk.submit_cleared().await;
    closed(&desk, "CSM").await;
    desk.office.at("2026-12-01 10:00");
    change!(desk, "CS2", reopen_case, ReopenCaseRequest { reason: "资料有误".into() }).unwrap();
    desk.office.at("2026-12-01 11:00");
    assert_eq!(withdraw("CS2").await.unwrap().state(), CaseState::Open, "he is the first to ask");
    assert_eq!(reason(&withdraw("CS2").await.unwrap_err()), "SECOND_PERSON_REQUIRED");
    assert_eq!(withdraw("CS1").await.unwrap().state(), CaseState::Withdrawn);
    let answered =
        "SELECT count(*) FROM case_withdrawal WHERE confirmed_by = 'staff:CS1' AND asked_by = 'staff:CS2'";
    assert_eq!(count(&desk.office.admin, answered).await, 1);
    assert_eq!(count(&desk.office.admin, "SELECT count(*) FROM case_withdrawal").await, 2);
}

#[tokio::test]
async fn what_a_verified_end_rested_on_proves_nothing_after_it_was_reopened() {
    let desk = reopened(closed_as_cleared().await).await;
    let status = desk.submit(CaseOutcome::Cleared).await.unwrap_err();
    assert_eq!(metadata(&status, "missing"), "CUSTOMER_PROOF,SIGNATURE");
    desk.prove_relation().await;
    desk.submit(CaseOutcome::Cleared).await.unwrap();
    // A return within the same life takes nothing away.
    desk.office.at("2026-12-02 10:00");
    change!(desk, "CS1", return_case, ReturnCaseRequest { reason: "再核".into() }).unwrap();
    assert_eq!(desk.submit(CaseOutcome::Cleared).await.unwrap().state(), CaseState::Submitted);
}

#[tokio::test]
async fn a_correction_of_before_is_none_after_and_one_since_the_submission_is() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let prove = async |desk: &Desk| {
        desk.attach(EvidenceKind::CustomerProof).await;
        desk.attach(EvidenceKind::ConfirmationForm).await;
    };
    prove(&desk).await;
    desk.office.apply("P-1", 11, BANK, |_| ()).await;
    desk.submit(CaseOutcome::Corrected).await.unwrap();
    closed(&desk, "CS1").await;
    let desk = reopened(desk).await;
    prove(&desk).await;
    let status = desk.submit(CaseOutcome::Corrected).await.unwrap_err();
    assert_eq!(metadata(&status, "missing"), "ACCEPTED_REVISION", "that is what turned out to be wrong");
    desk.office
        .apply("P-1", 11, BANK, |application| {
            application.policyholder.as_mut().unwrap().email = "new@example.com".into();
        })
        .await;
    desk.submit(CaseOutcome::Corrected).await.unwrap();
    closed(&desk, "CS1").await;

    // The customer mends his data after the end, and the case is reopened to say so.
    desk.office.at("2026-12-03 10:00");
    desk.office.apply("P-2", 12, BANK, |_| ()).await;
    desk.office.at("2026-12-03 11:00");
    change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "客户再次更正".into() }).unwrap();
    desk.office.distribute().await;
    let clerk = desk.case().await.assignee.unwrap();
    change!(desk, &clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    let desk = Desk { clerk, ..desk };
    prove(&desk).await;
    assert_eq!(desk.submit(CaseOutcome::Corrected).await.unwrap().state(), CaseState::Submitted);
}

#[tokio::test]
async fn what_a_policy_s_end_had_withdrawn_goes_on_with_its_proof() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.prove_relation().await;
    desk.policy_event("P-2", PolicyEventKind::Surrendered).await;
    desk.office.at("2026-11-25 10:00");
    desk.policy_event("P-2", PolicyEventKind::Reinstated).await;
    desk.office.distribute().await;
    let clerk = desk.case().await.assignee.unwrap();
    change!(desk, &clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    let desk = Desk { clerk, ..desk };
    assert_eq!(desk.submit(CaseOutcome::Cleared).await.unwrap().state(), CaseState::Submitted);
}

#[tokio::test]
async fn an_appeal_that_waits_when_the_case_closes_still_gets_its_answer() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    let case = desk.case().await;
    let message = zhenshi_proto::zhenshi::v1::AppealCaseRequest {
        request_id: desk.office.request_id(),
        case_id: case.id.to_string(),
        etag: case.version.to_string(),
        reason: "误发".into(),
        ..Default::default()
    };
    let mut client = desk.office.client().await;
    let made = client.appeal_case(desk.office.by(&desk.clerk, message)).await.unwrap().into_inner();
    let case_appeal_id = made.case_appeal.unwrap().case_appeal_id;
    closed(&desk, "CS1").await;
    let decided = change!(
        desk,
        "CS2",
        decide_appeal,
        DecideAppealRequest {
            case_appeal_id: case_appeal_id.clone(),
            accept: true,
            reason: "确属误发".into()
        }
    );
    assert_eq!(decided.unwrap().state(), CaseState::Closed, "what was verified stands");
    let mistaken =
        "SELECT count(*) FROM case_appeal a JOIN case_suspicion s USING (case_id) WHERE a.accepted";
    assert_eq!(count(&desk.office.admin, mistaken).await, 1, "and the clue's precision knows");
    let again = change!(
        desk,
        "CO1",
        decide_appeal,
        DecideAppealRequest { case_appeal_id: case_appeal_id, accept: false, reason: "不予认可".into() }
    );
    assert_eq!(reason(&again.unwrap_err()), "ETAG_MISMATCH", "it was decided already");
}

#[tokio::test]
async fn a_commission_that_a_merged_case_had_held_is_released_at_the_end_of_the_other() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.prove_falsehood().await;
    desk.submit(CaseOutcome::ConfirmedFalse).await.unwrap();
    desk.verify("CS1").await.unwrap();
    assert!(desk.verify("CO1").await.unwrap().commission_held);
    desk.office.share_phone("Q", 2, &[BANK, BANK]).await;
    desk.office.sort("2026-11-25").await;
    change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "另有情况".into() }).unwrap();

    let merged = desk.case_id;
    let case_id = desk.office.case_of("Q-1").await.id;
    let desk = Desk { case_id, ..desk };
    let merged_case_ids = vec![merged.to_string()];
    change!(
        desk,
        "CS2",
        merge_cases,
        MergeCasesRequest { merged_case_ids: merged_case_ids, reason: "同一家庭".into() }
    )
    .unwrap();
    let held = "SELECT id FROM case_file WHERE commission_held";
    let held: Vec<uuid::Uuid> = sqlx::query_scalar(held).fetch_all(&desk.office.admin).await.unwrap();
    assert_eq!(held, [case_id], "it goes on with what it is held for");
    let events = "SELECT count(*) FROM outbox_pending WHERE kind = 'commission.release'";
    assert_eq!(count(&desk.office.admin, events).await, 0);

    desk.office.at("2026-11-25 09:00");
    desk.office.distribute().await;
    let clerk = desk.case().await.assignee.unwrap();
    change!(desk, &clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    let desk = Desk { clerk, ..desk };
    desk.submit_cleared().await;
    assert!(!closed(&desk, "CS1").await.commission_held);
    let released: Vec<String> = sqlx::query_scalar(
        "SELECT a.application_no FROM outbox_pending o JOIN application a ON a.id = ANY (o.subject_ids)
         WHERE o.kind = 'commission.release' ORDER BY 1",
    )
    .fetch_all(&desk.office.admin)
    .await
    .unwrap();
    assert_eq!(released, ["P-1", "P-2", "Q-1", "Q-2"]);
}
