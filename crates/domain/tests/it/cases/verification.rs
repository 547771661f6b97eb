//! Who must verify, who may not, and the share of compliance.

use proptest::prelude::*;
use zhenshi_domain::{
    case::{
        Outcome,
        verification::{
            DEFAULT_SAMPLED_PER_MILLE, Department, RefusedVerifier, VerificationFacts, Verified, Verifier,
            WHOLE, may_decide, required, sampled, verify,
        },
    },
    suspicion::Clue,
};

use Department::{Compliance, CustomerService};

fn facts(outcome: Outcome, clues: &[Clue], sampled: bool, taken_over: bool) -> VerificationFacts {
    VerificationFacts { outcomes: vec![outcome], clues: clues.to_vec(), sampled, taken_over }
}

fn verifier(code: &str, department: Department) -> Verifier<'_> {
    Verifier { code, department }
}

fn by(code: &str, department: Department) -> Verified {
    Verified { verifier: code.to_owned(), department }
}

#[test]
fn compliance_verifies_what_weighs_most_a_share_and_what_customer_service_did_itself() {
    let phone = [Clue::SamePhone];
    for (outcome, clues, sampled, taken_over, expected) in [
        (Outcome::Corrected, &phone[..], false, false, &[CustomerService][..]),
        (Outcome::Cleared, &phone, false, false, &[CustomerService]),
        (Outcome::Corrected, &[], false, false, &[CustomerService]),
        (Outcome::ConfirmedFalse, &phone, false, false, &[CustomerService, Compliance]),
        (Outcome::Unreachable, &phone, false, false, &[CustomerService, Compliance]),
        (Outcome::Corrected, &[Clue::SellerContact], false, false, &[CustomerService, Compliance]),
        (
            Outcome::Cleared,
            &[Clue::SamePhone, Clue::SellerContact],
            false,
            false,
            &[CustomerService, Compliance],
        ),
        (Outcome::Corrected, &phone, true, false, &[CustomerService, Compliance]),
        (Outcome::Corrected, &phone, false, true, &[Compliance]),
        (Outcome::ConfirmedFalse, &phone, true, true, &[Compliance]),
    ] {
        let facts = facts(outcome, clues, sampled, taken_over);
        assert_eq!(required(&facts), expected, "{facts:?}");
    }
}

#[test]
fn a_single_suspicion_s_end_weighs_as_the_case_s() {
    for case in Outcome::ALL {
        for single in Outcome::ALL {
            let facts = VerificationFacts {
                outcomes: vec![case, single],
                ..facts(Outcome::Cleared, &[Clue::SamePhone], false, false)
            };
            let grave = [case, single]
                .iter()
                .any(|one| matches!(one, Outcome::ConfirmedFalse | Outcome::Unreachable));
            assert_eq!(required(&facts).contains(&Compliance), grave, "{case:?} {single:?}");
        }
    }
}

#[test]
fn a_case_stays_until_every_verifier_has_verified() {
    let both = facts(Outcome::ConfirmedFalse, &[], false, false);
    let verify = |so_far: &[Verified], who| verify(&both, &[], so_far, who);
    assert_eq!(verify(&[], verifier("K1", CustomerService)), Ok(vec![Compliance]));
    assert_eq!(verify(&[], verifier("R1", Compliance)), Ok(vec![CustomerService]));
    assert_eq!(verify(&[by("K1", CustomerService)], verifier("R1", Compliance)), Ok(vec![]));
    let again = verify(&[by("K1", CustomerService)], verifier("K2", CustomerService));
    assert_eq!(again, Err(RefusedVerifier::AlreadyVerified));
    // Two pairs of eyes are two people's.
    let same = verify(&[by("K1", CustomerService)], verifier("K1", Compliance));
    assert_eq!(same, Err(RefusedVerifier::VerifiedForOther));
}

#[test]
fn nobody_who_handled_the_case_verifies_or_returns_it() {
    let simple = facts(Outcome::Corrected, &[Clue::SamePhone], false, false);
    let handlers = ["C1".to_owned(), "K1".to_owned()];
    let may = |who| may_decide(&simple, &handlers, &[], who);
    assert_eq!(may(verifier("K1", CustomerService)), Err(RefusedVerifier::HandledIt));
    assert_eq!(may(verifier("K2", CustomerService)), Ok(()));
    assert_eq!(may(verifier("R1", Compliance)), Err(RefusedVerifier::NotRequired));
    let taken_over = facts(Outcome::Corrected, &[], false, true);
    let may = |who| may_decide(&taken_over, &handlers, &[], who);
    assert_eq!(may(verifier("K2", CustomerService)), Err(RefusedVerifier::NotRequired));
    assert_eq!(may(verifier("R1", Compliance)), Ok(()));
    assert_eq!(verify(&taken_over, &handlers, &[], verifier("R1", Compliance)), Ok(vec![]));
}

#[test]
fn the_share_is_about_its_share_of_consecutive_and_of_random_ids() {
    // UUIDv7 of one millisecond: the same upper half.
    let upper = 0x0193_5A00_0000_7000_u128 << 64;
    for (share, least, most) in [
        (0, 0, 0),
        (DEFAULT_SAMPLED_PER_MILLE, 4_500, 5_500),
        (500, 49_000, 51_000),
        (WHOLE, 100_000, 100_000),
    ] {
        let consecutive = (0..100_000_u128).filter(|low| sampled(upper | low, share)).count();
        assert!((least..=most).contains(&consecutive), "{share} {consecutive}");
        let spread = (0..100_000_u128)
            .filter(|low| {
                sampled(upper | (low.wrapping_mul(0x9FB2_1C65_1E98_DF25) & u128::from(u64::MAX)), share)
            })
            .count();
        assert!((least..=most).contains(&spread), "{share} {spread}");
    }
}

#[test]
fn numbers_are_one_to_one_from_one() {
    for (place, department) in (1..).zip(Department::ALL) {
        assert_eq!((department.code(), Department::from_code(place)), (place, Some(department)));
    }
    assert_eq!(Department::from_code(3), None);
}

proptest! {
    #[test]
    fn a_greater_share_takes_everything_of_a_smaller_one(id in any::<u128>(), a in 0..=WHOLE, b in 0..=WHOLE) {
        let (small, great) = (a.min(b), a.max(b));
        prop_assert!(!sampled(id, small) || sampled(id, great));
        prop_assert_eq!(sampled(id, a), sampled(id, a));
    }

    #[test]
    fn verifying_ends_with_every_required_department_once(
        outcome in prop::sample::select(&Outcome::ALL[..]),
        clue in prop::sample::select(&Clue::ALL[..]),
        sampled in any::<bool>(),
        taken_over in any::<bool>(),
        tries in prop::collection::vec((0u8..4, prop::sample::select(&Department::ALL[..])), 0..20),
    ) {
        let facts = facts(outcome, &[clue], sampled, taken_over);
        let handlers = ["P0".to_owned()];
        let mut so_far: Vec<Verified> = Vec::new();
        for (person, department) in tries {
            let code = format!("P{person}");
            if let Ok(left) = verify(&facts, &handlers, &so_far, verifier(&code, department)) {
                so_far.push(by(&code, department));
                prop_assert!(so_far.iter().all(|one| one.verifier != "P0"));
                let people: std::collections::BTreeSet<_> = so_far.iter().map(|one| &one.verifier).collect();
                prop_assert_eq!(people.len(), so_far.len());
                prop_assert_eq!(left.len() + so_far.len(), required(&facts).len());
            }
        }
    }
}
