//! What each outcome needs, and what follows from it.

use tonic::Code;
use zhenshi_proto::zhenshi::v1::{CaseOutcome, CaseState, EvidenceKind};

use super::desk::{Desk, change};
use crate::support::{
    calls::{metadata, reason},
    cases::{AGENT, BANK, DAY, Office},
    database::count,
};

#[tokio::test]
async fn everything_that_an_outcome_lacks_is_told_at_once() {
    let desk = Desk::investigating([BANK, BANK]).await;
    let lacking = [
        (CaseOutcome::Corrected, "CUSTOMER_PROOF,SIGNATURE,ACCEPTED_REVISION"),
        (CaseOutcome::Cleared, "CUSTOMER_PROOF,SIGNATURE"),
        (CaseOutcome::ConfirmedFalse, "INVESTIGATION_REPORT,STATEMENT"),
        (CaseOutcome::Unreachable, "CONTACT_ATTEMPTS,CONTACT_DAYS,CONTACT_PERIODS,LETTER_OR_VISIT"),
    ];
    let before = desk.case().await;
    for (outcome, missing) in lacking {
        let status = desk.submit(outcome).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "EVIDENCE_MISSING"));
        assert_eq!(metadata(&status, "missing"), missing, "{outcome:?}");
    }
    assert_eq!(desk.case().await, before, "a refusal leaves nothing");
}

#[tokio::test]
async fn a_correction_needs_an_accepted_revision_without_the_shared_value() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.attach(EvidenceKind::CustomerProof).await;
    desk.attach(EvidenceKind::ConfirmationForm).await;
    let status = desk.submit(CaseOutcome::Corrected).await.unwrap_err();
    assert_eq!(metadata(&status, "missing"), "ACCEPTED_REVISION");

    // A new revision that still has the phone of the other one is judged again, and found wanting.
    let shared = crate::support::applications::man(10).phones;
    let keep = |application: &mut zhenshi_proto::zhenshi::v1::Application| {
        application.policyholder.as_mut().unwrap().phones.clone_from(&shared);
        application.insureds[0].person.as_mut().unwrap().phones.clone_from(&shared);
        application.policyholder.as_mut().unwrap().email = "new@example.com".into();
    };
    desk.office.apply("P-1", 11, BANK, keep).await;
    let status = desk.submit(CaseOutcome::Corrected).await.unwrap_err();
    assert_eq!(metadata(&status, "missing"), "ACCEPTED_REVISION");

    // His own phone: `application` gives every man one.
    desk.office.apply("P-1", 11, BANK, |_| ()).await;
    let case = desk.submit(CaseOutcome::Corrected).await.unwrap();
    assert_eq!(
        (case.state(), case.outcome(), case.servicing_no.as_str()),
        (CaseState::Submitted, CaseOutcome::Corrected, "S-1")
    );
}

#[tokio::test]
async fn a_verified_clearing_excuses_its_pair_until_the_case_is_reopened() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.submit_cleared().await;
    let pairs =
        "SELECT count(*) FROM cleared_relation WHERE ended_time IS NULL AND case_id IS NOT NULL AND kind = 1";
    assert_eq!(count(&desk.office.admin, pairs).await, 0, "not before it is verified");
    let case = desk.verify("CS1").await.unwrap();
    assert_eq!((case.state(), case.closed_time.is_some()), (CaseState::Closed, true));
    assert_eq!(count(&desk.office.admin, pairs).await, 1);
    let open = "SELECT count(*) FROM case_value WHERE open";
    assert_eq!(count(&desk.office.admin, open).await, 0);

    let case = change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "资料有误".into() }).unwrap();
    assert_eq!((case.state(), case.assignee_code.as_str()), (CaseState::Open, ""));
    assert_eq!(count(&desk.office.admin, pairs).await, 0);
    assert_eq!(count(&desk.office.admin, open).await, 1);
}

#[tokio::test]
async fn confirmed_false_is_told_to_compliance_at_once_and_holds_the_commission_when_both_have_verified() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.prove_falsehood().await;
    desk.submit(CaseOutcome::ConfirmedFalse).await.unwrap();
    assert!(desk.told().await.contains(&"case.reported_to_compliance".to_owned()));
    let case = desk.verify("CS1").await.unwrap();
    assert_eq!((case.state(), case.commission_held), (CaseState::Submitted, false));
    let case = desk.verify("CO1").await.unwrap();
    assert_eq!((case.state(), case.commission_held), (CaseState::Closed, true));
    let told = desk.told().await;
    let end: Vec<&str> = told.iter().rev().take(3).map(String::as_str).rev().collect();
    assert_eq!(end, ["commission.hold", "case.closed", "call_back.clearance"]);
}

/// Two pairs of men, each with a phone of its own, in one case that the clerk investigates.
async fn two_suspicions() -> Desk {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.share_phone("Q", 2, &[BANK, BANK]).await;
    office.sort(DAY).await;
    let (taker, other) = (office.case_of("P-1").await, office.case_of("Q-1").await);
    let desk = Desk { case_id: taker.id, clerk: String::new(), office };
    let merged_case_ids = vec![other.id.to_string()];
    change!(
        desk,
        "CS2",
        merge_cases,
        MergeCasesRequest { merged_case_ids: merged_case_ids, reason: "同一家庭".into() }
    )
    .unwrap();
    desk.office.at(&format!("{DAY} 09:00"));
    desk.office.distribute().await;
    let clerk = desk.case().await.assignee.unwrap();
    change!(desk, &clerk, start_investigation, StartInvestigationRequest {}).unwrap();
    Desk { clerk, ..desk }
}

#[tokio::test]
async fn what_one_suspicion_comes_to_weighs_as_what_the_case_does() {
    let desk = two_suspicions().await;
    desk.prove_relation().await;
    desk.prove_falsehood().await;
    let suspicion_id: uuid::Uuid = sqlx::query_scalar(
        "SELECT DISTINCT m.suspicion_id FROM suspicion_member m JOIN application a ON a.id = m.application_id
         WHERE a.application_no = 'Q-1'",
    )
    .fetch_one(&desk.office.admin)
    .await
    .unwrap();
    let single = zhenshi_proto::zhenshi::v1::SuspicionOutcome {
        suspicion_id: suspicion_id.to_string(),
        outcome: CaseOutcome::ConfirmedFalse.into(),
        cleared_kind: 0,
    };
    change!(
        desk,
        &desk.clerk,
        submit_case,
        SubmitCaseRequest {
            outcome: CaseOutcome::Cleared.into(),
            cleared_kind: 1,
            summary: "查明".into(),
            suspicion_outcomes: vec![single],
        }
    )
    .unwrap();
    assert!(desk.told().await.contains(&"case.reported_to_compliance".to_owned()));
    let shown = zhenshi_proto::zhenshi::v1::GetCaseRequest {
        case_id: desk.case_id.to_string(),
        view: zhenshi_proto::zhenshi::v1::CaseView::Full.into(),
        ..Default::default()
    };
    let mut client = desk.office.client().await;
    let shown = client.get_case(desk.office.by("CS1", shown)).await.unwrap().into_inner().case.unwrap();
    let details = shown.details.unwrap();
    assert_eq!(details.awaited_departments().count(), 2, "compliance too");
    let moves: Vec<_> = details.allowed_moves().collect();
    let close = zhenshi_proto::zhenshi::v1::CaseMove::Close;
    assert!(!moves.contains(&close), "customer service alone closes nothing: {moves:?}");

    let case = desk.verify("CS1").await.unwrap();
    assert_eq!((case.state(), case.commission_held), (CaseState::Submitted, false));
    let case = desk.verify("CO1").await.unwrap();
    assert_eq!((case.state(), case.commission_held), (CaseState::Closed, true));
    let held: Vec<String> = sqlx::query_scalar(
        "SELECT a.application_no FROM outbox_pending o JOIN application a ON a.id = ANY (o.subject_ids)
         WHERE o.kind = 'commission.hold' ORDER BY 1",
    )
    .fetch_all(&desk.office.admin)
    .await
    .unwrap();
    assert_eq!(held, ["Q-1", "Q-2"], "what was cleared holds nothing");
}

#[tokio::test]
async fn single_suspicions_keep_ends_of_their_own_and_strangers_are_not_found() {
    let desk = Desk::investigating([BANK, AGENT]).await;
    desk.prove_relation().await;
    let stranger = zhenshi_proto::zhenshi::v1::SuspicionOutcome {
        suspicion_id: uuid::Uuid::from_u128(7).to_string(),
        outcome: CaseOutcome::ConfirmedFalse.into(),
        cleared_kind: 0,
    };
    desk.prove_falsehood().await;
    let refused = change!(
        desk,
        "CS1",
        answer_assist,
        AnswerAssistRequest {
            channel: zhenshi_proto::zhenshi::v1::Channel::IndividualAgents.into(),
            answer: "不再等待".into(),
            r#override: true,
        }
    );
    // Whichever channel leads, the other one's assist is answered or overridden first.
    if refused.is_err() {
        change!(
            desk,
            "CS1",
            answer_assist,
            AnswerAssistRequest {
                channel: zhenshi_proto::zhenshi::v1::Channel::Bancassurance.into(),
                answer: "不再等待".into(),
                r#override: true,
            }
        )
        .unwrap();
    }
    let status = change!(
        desk,
        &desk.clerk,
        submit_case,
        SubmitCaseRequest {
            outcome: CaseOutcome::Cleared.into(),
            cleared_kind: 1,
            summary: "查明".into(),
            suspicion_outcomes: vec![stranger],
        }
    )
    .unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "CASE_NOT_FOUND"));
}

#[tokio::test]
async fn another_channel_s_answer_is_awaited() {
    let desk = Desk::investigating([AGENT, BANK]).await;
    desk.prove_relation().await;
    let status = desk.submit(CaseOutcome::Cleared).await.unwrap_err();
    assert_eq!(metadata(&status, "missing"), "ASSIST_ANSWERS");
}
