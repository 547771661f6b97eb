//! The evidence matrix: for each outcome everything that is needed, and each piece taken away again.

use chrono::{DateTime, NaiveDate, Utc};
use zhenshi_domain::case::{
    Outcome,
    evidence::{
        Attached, ContactAttempt, ContactMeans, ContactResult, DayPeriod, EvidenceFacts, EvidenceKind,
        Missing, SubmissionFacts, missing,
    },
};

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-{text}+08:00").parse().unwrap()
}

/// Attached after everything else that happens here.
fn piece(kind: EvidenceKind) -> Attached {
    let facts = EvidenceFacts {
        kind,
        signer_is_policyholder: false,
        signed_on: None,
        collector: "C001".to_owned(),
        original_seen: true,
        electronic: false,
    };
    Attached { time: at("27T10:00:00"), facts }
}

fn signed(kind: EvidenceKind, signer_is_policyholder: bool) -> Attached {
    signed_on(kind, signer_is_policyholder, 23)
}

fn signed_on(kind: EvidenceKind, signer_is_policyholder: bool, day: u32) -> Attached {
    let mut signed = piece(kind);
    signed.facts.signer_is_policyholder = signer_is_policyholder;
    signed.facts.signed_on = NaiveDate::from_ymd_opt(2026, 11, day);
    signed
}

fn call(time: &str) -> ContactAttempt {
    ContactAttempt { time: at(time), means: ContactMeans::Phone, result: ContactResult::NoAnswer }
}

fn letter(time: &str) -> ContactAttempt {
    ContactAttempt { time: at(time), means: ContactMeans::Letter, result: ContactResult::Sent }
}

/// Everything that `outcome` needs.
fn complete(outcome: Outcome) -> SubmissionFacts {
    let proof = || vec![piece(EvidenceKind::CustomerProof), signed(EvidenceKind::ConfirmationForm, true)];
    match outcome {
        Outcome::Corrected => SubmissionFacts {
            evidence: proof(),
            servicing_no: true,
            accepted_revision: true,
            ..SubmissionFacts::default()
        },
        Outcome::Cleared => {
            SubmissionFacts { evidence: proof(), cleared_kind: true, ..SubmissionFacts::default() }
        }
        Outcome::ConfirmedFalse => SubmissionFacts {
            evidence: vec![
                signed(EvidenceKind::InvestigationReport, false),
                piece(EvidenceKind::SellerStatement),
            ],
            ..SubmissionFacts::default()
        },
        Outcome::Unreachable => SubmissionFacts {
            attempts: vec![
                call("23T09:00:00"),
                call("24T14:00:00"),
                call("25T19:00:00"),
                letter("26T10:00:00"),
            ],
            ..SubmissionFacts::default()
        },
    }
}

fn lacks(outcome: Outcome, change: impl FnOnce(&mut SubmissionFacts)) -> Vec<Missing> {
    let mut facts = complete(outcome);
    change(&mut facts);
    missing(outcome, &facts)
}

fn without(kind: EvidenceKind) -> impl FnOnce(&mut SubmissionFacts) {
    move |facts| facts.evidence.retain(|piece| piece.facts.kind != kind)
}

#[test]
fn everything_there_is_nothing_missing_and_nothing_there_is_all_of_it() {
    for outcome in Outcome::ALL {
        assert_eq!(missing(outcome, &complete(outcome)), [], "{outcome:?}");
    }
    let nothing = |outcome| missing(outcome, &SubmissionFacts::default());
    assert_eq!(
        nothing(Outcome::Corrected),
        [Missing::CustomerProof, Missing::Signature, Missing::ServicingNo, Missing::AcceptedRevision]
    );
    assert_eq!(nothing(Outcome::Cleared), [Missing::CustomerProof, Missing::Signature, Missing::ClearedKind]);
    assert_eq!(nothing(Outcome::ConfirmedFalse), [Missing::InvestigationReport, Missing::Statement]);
    assert_eq!(
        nothing(Outcome::Unreachable),
        [
            Missing::ContactAttempts { count: 3 },
            Missing::ContactDays { count: 3 },
            Missing::ContactPeriods { count: 3 },
            Missing::LetterOrVisit,
        ]
    );
}

#[test]
fn each_piece_of_a_correction_is_needed() {
    let lacks = |change: fn(&mut SubmissionFacts)| lacks(Outcome::Corrected, change);
    assert_eq!(lacks(|facts| without(EvidenceKind::CustomerProof)(facts)), [Missing::CustomerProof]);
    assert_eq!(lacks(|facts| without(EvidenceKind::ConfirmationForm)(facts)), [Missing::Signature]);
    assert_eq!(lacks(|facts| facts.servicing_no = false), [Missing::ServicingNo]);
    assert_eq!(lacks(|facts| facts.accepted_revision = false), [Missing::AcceptedRevision]);
    // A proof of a relation corrects nothing.
    assert_eq!(
        lacks(|facts| facts.evidence[0].facts.kind = EvidenceKind::RelationProof),
        [Missing::CustomerProof]
    );
}

#[test]
fn the_signature_is_the_policyholders_dated_and_by_hand_unless_configured() {
    for outcome in [Outcome::Corrected, Outcome::Cleared] {
        assert_eq!(
            lacks(outcome, |facts| facts.evidence[1].facts.signer_is_policyholder = false),
            [Missing::Signature]
        );
        assert_eq!(lacks(outcome, |facts| facts.evidence[1].facts.signed_on = None), [Missing::Signature]);
        assert_eq!(
            lacks(outcome, |facts| facts.evidence[1].facts.electronic = true),
            [Missing::HandwrittenSignature]
        );
        let configured = |facts: &mut SubmissionFacts| {
            facts.evidence[1].facts.electronic = true;
            facts.electronic_signatures = true;
        };
        assert_eq!(lacks(outcome, configured), []);
        // A second form by hand mends an electronic one.
        let both = |facts: &mut SubmissionFacts| {
            facts.evidence[1].facts.electronic = true;
            facts.evidence.push(signed(EvidenceKind::ConfirmationForm, true));
        };
        assert_eq!(lacks(outcome, both), []);
    }
}

#[test]
fn clearing_needs_the_kind_of_relation_and_confirming_a_signed_report_and_a_statement() {
    assert_eq!(lacks(Outcome::Cleared, |facts| facts.cleared_kind = false), [Missing::ClearedKind]);
    let relation = |facts: &mut SubmissionFacts| facts.evidence[0].facts.kind = EvidenceKind::RelationProof;
    assert_eq!(lacks(Outcome::Cleared, relation), []);
    let unsigned = |facts: &mut SubmissionFacts| facts.evidence[0].facts.signed_on = None;
    assert_eq!(lacks(Outcome::ConfirmedFalse, unsigned), [Missing::InvestigationReport]);
    let silent = without(EvidenceKind::SellerStatement);
    assert_eq!(lacks(Outcome::ConfirmedFalse, silent), [Missing::Statement]);
    // Neither the report nor the statement is the policyholder's.
    for (place, lacking) in [(0, Missing::InvestigationReport), (1, Missing::Statement)] {
        let by_him = |facts: &mut SubmissionFacts| facts.evidence[place].facts.signer_is_policyholder = true;
        assert_eq!(lacks(Outcome::ConfirmedFalse, by_him), [lacking]);
    }
    let agency = |facts: &mut SubmissionFacts| facts.evidence[1].facts.kind = EvidenceKind::AgencyStatement;
    assert_eq!(lacks(Outcome::ConfirmedFalse, agency), []);
}

#[test]
fn unreachable_is_who_was_tried_on_three_days_at_three_times_and_then_by_letter_or_visit() {
    let lacks = |attempts: Vec<ContactAttempt>| {
        missing(Outcome::Unreachable, &SubmissionFacts { attempts, ..SubmissionFacts::default() })
    };
    let calls = || vec![call("23T09:00:00"), call("24T14:00:00"), call("25T19:00:00")];
    let and = |last: ContactAttempt| calls().into_iter().chain([last]).collect::<Vec<_>>();
    assert_eq!(lacks(calls()), [Missing::LetterOrVisit]);
    assert_eq!(lacks(and(letter("25T19:00:01"))), []);
    let visit = ContactAttempt { means: ContactMeans::Visit, ..call("26T09:00:00") };
    assert_eq!(lacks(and(visit)), []);
    // Then: not before the third.
    assert_eq!(lacks(and(letter("25T18:59:59"))), [Missing::LetterOrVisit]);
    // A receipt of the letter among the evidence says the same.
    for kind in [EvidenceKind::LetterReceipt, EvidenceKind::VisitRecord] {
        let facts =
            SubmissionFacts { attempts: calls(), evidence: vec![piece(kind)], ..SubmissionFacts::default() };
        assert_eq!(missing(Outcome::Unreachable, &facts), []);
        // But not one from before the third attempt, by the day that it bears or by when it came.
        let with = |piece: Attached| {
            let evidence = vec![piece];
            missing(
                Outcome::Unreachable,
                &SubmissionFacts { attempts: calls(), evidence, ..Default::default() },
            )
        };
        assert_eq!(with(signed_on(kind, false, 25)), []);
        assert_eq!(with(signed_on(kind, false, 24)), [Missing::LetterOrVisit]);
        assert_eq!(with(Attached { time: at("25T19:00:00"), ..piece(kind) }), []);
        assert_eq!(with(Attached { time: at("25T18:59:59"), ..piece(kind) }), [Missing::LetterOrVisit]);
    }
    // Without three days of attempts nothing comes after them.
    let evidence = vec![piece(EvidenceKind::VisitRecord)];
    let early =
        SubmissionFacts { attempts: vec![call("23T09:00:00")], evidence, ..SubmissionFacts::default() };
    assert!(missing(Outcome::Unreachable, &early).contains(&Missing::LetterOrVisit));
    // Three on one day, at three times.
    let one_day = vec![call("23T09:00:00"), call("23T14:00:00"), call("23T19:00:00"), letter("26T09:00:00")];
    assert_eq!(lacks(one_day), [Missing::ContactDays { count: 2 }, Missing::LetterOrVisit]);
    // On three days, always in the morning.
    let mornings = vec![call("23T09:00:00"), call("24T11:59:59"), call("25T00:00:00"), letter("26T09:00:00")];
    assert_eq!(lacks(mornings), [Missing::ContactPeriods { count: 2 }]);
    // Two only.
    let two = vec![call("23T09:00:00"), call("24T14:00:00")];
    let one = 1;
    assert_eq!(
        lacks(two),
        [
            Missing::ContactAttempts { count: one },
            Missing::ContactDays { count: one },
            Missing::ContactPeriods { count: one },
            Missing::LetterOrVisit
        ]
    );
    // Whoever was reached is not unreachable, and not who refused to speak either.
    for result in [ContactResult::Reached, ContactResult::Refused] {
        let reached = ContactAttempt { result, ..call("26T09:00:00") };
        let attempts = and(letter("26T10:00:00")).into_iter().chain([reached]).collect();
        assert_eq!(lacks(attempts), [Missing::WasReached]);
    }
}

#[test]
fn days_and_their_periods_are_those_of_shanghai() {
    for (time, period) in [
        ("23T00:00:00", DayPeriod::Morning),
        ("23T11:59:59", DayPeriod::Morning),
        ("23T12:00:00", DayPeriod::Afternoon),
        ("23T17:59:59", DayPeriod::Afternoon),
        ("23T18:00:00", DayPeriod::Evening),
        ("23T23:59:59", DayPeriod::Evening),
    ] {
        assert_eq!(DayPeriod::of(at(time)), period, "{time}");
    }
    // 23 November 23:00 and 24 November 00:30 in Shanghai are one day in UTC and two here.
    let attempts = vec![call("23T23:00:00"), call("24T00:30:00"), call("25T13:00:00"), letter("26T09:00:00")];
    let facts = SubmissionFacts { attempts, ..SubmissionFacts::default() };
    assert_eq!(missing(Outcome::Unreachable, &facts), []);
}

#[test]
fn another_channels_answer_is_needed_whatever_the_outcome() {
    for outcome in Outcome::ALL {
        assert_eq!(lacks(outcome, |facts| facts.open_assists = 2), [Missing::AssistAnswers { count: 2 }]);
    }
}

#[test]
fn numbers_are_one_to_one_from_one() {
    for (place, kind) in (1..).zip(EvidenceKind::ALL) {
        assert_eq!((kind.code(), EvidenceKind::from_code(place)), (place, Some(kind)));
    }
    for (place, means) in (1..).zip(ContactMeans::ALL) {
        assert_eq!((means.code(), ContactMeans::from_code(place)), (place, Some(means)));
    }
    for (place, result) in (1..).zip(ContactResult::ALL) {
        assert_eq!((result.code(), ContactResult::from_code(place)), (place, Some(result)));
    }
    assert_eq!(
        (EvidenceKind::from_code(0), ContactMeans::from_code(0), ContactResult::from_code(99)),
        (None, None, None)
    );
}
