//! Cases of articles 10 and 11 that the directory decides.

use zhenshi_domain::{
    directory::{ContactOwner, DirectoryFacts, Standing, UsedContact},
    profile::Profile,
    rule::{Place, judge_with},
    verdict::Verdict,
};

use crate::sample::{application, now};

/// What the directory says, and the findings that follow.
type Case = (&'static str, fn() -> DirectoryFacts, &'static [&'static str]);

fn used(place: Place, phone: Option<usize>, owner: ContactOwner) -> DirectoryFacts {
    DirectoryFacts { used: vec![UsedContact { place, phone, owner }], ..DirectoryFacts::default() }
}

pub(super) const CASES: &[Case] = &[
    ("no directory says nothing", DirectoryFacts::default, &[]),
    (
        "both are qualified",
        || DirectoryFacts {
            seller: Some(Standing::Qualified),
            agency: Some(Standing::Qualified),
            used: Vec::new(),
        },
        &[],
    ),
    (
        "a seller that nobody knows, an agency that may no longer sell",
        || DirectoryFacts {
            seller: Some(Standing::Unknown),
            agency: Some(Standing::Ended),
            used: Vec::new(),
        },
        &["SELLER_NOT_QUALIFIED seller_code unknown", "SELLER_NOT_QUALIFIED agency_code ended"],
    ),
    (
        "a seller before his first day",
        || DirectoryFacts { seller: Some(Standing::NotYet), ..DirectoryFacts::default() },
        &["SELLER_NOT_QUALIFIED seller_code not-yet"],
    ),
    (
        "the second phone of the policyholder is a seller's",
        || used(Place::Policyholder, Some(1), ContactOwner::Seller),
        &["SELLER_CONTACT_USED policyholder.phones[1] seller"],
    ),
    (
        "the address of the insured is an agency's",
        || used(Place::Insured(0), None, ContactOwner::Agency),
        &["SELLER_CONTACT_USED insureds[0].person.address agency"],
    ),
    (
        "the phone of the insured is that of a member of staff",
        || used(Place::Insured(0), Some(0), ContactOwner::Staff),
        &["SELLER_CONTACT_USED insureds[0].person.phones[0] staff"],
    ),
];

#[test]
fn every_answer_of_the_directory_has_its_findings_and_none_rejects() {
    for (name, facts, expected) in CASES {
        let judgement = judge_with(&application(), &Profile::default(), &facts(), now());
        let found: Vec<String> = judgement.findings.iter().map(crate::sample::written).collect();
        assert_eq!(found, *expected, "{name}");
        assert_eq!(judgement.verdict, Verdict::Accepted, "{name}");
    }
}
