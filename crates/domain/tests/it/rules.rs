//! Every code: what hits it, and what nearly does. One file of cases per matter; to add one, add its name to [`ALL`].

mod accounts;
mod certificates;
mod contacts;
mod directory;
mod family;
mod identity;
mod whole;

use std::collections::BTreeSet;

use zhenshi_domain::{
    application::{Application, DateInput, Person, Sex},
    personal::Personal,
    profile::Profile,
    rules,
};

use crate::sample::{application, date, day, findings, person};

type Change = fn(&mut Application);

/// A name, a change of the sample application, and the findings that follow.
struct Case(&'static str, Change, &'static [&'static str]);

fn check(cases: &[Case]) {
    for Case(name, change, expected) in cases {
        let mut application = application();
        change(&mut application);
        assert_eq!(findings(&application, &Profile::default()), *expected, "{name}");
    }
}

fn insured(application: &mut Application) -> &mut Person {
    &mut application.insureds[0].person
}

/// The insured becomes a child without a certificate number.
fn minor(application: &mut Application, born: DateInput) -> &mut Person {
    let person = insured(application);
    person.birth_date = Personal::new(born);
    person.certificate.number = Personal::default();
    person.certificate.kind = None;
    person
}

fn set_number(person: &mut Person, number: impl Into<String>) {
    person.certificate.number = Personal::new(number.into());
}

const ALL: [&[Case]; 18] = [
    whole::APPLICABILITY,
    whole::APPLICATION_DATE,
    whole::COMPLETENESS,
    whole::MINORS,
    whole::BIRTH_DATES,
    identity::RESIDENT_IDS,
    identity::AGREEMENT,
    certificates::NUMBERS,
    certificates::VALIDITY,
    certificates::HOLDERS,
    contacts::PHONES,
    contacts::ACCOUNTS,
    contacts::NAMES,
    contacts::ADDRESSES,
    family::RELATIONS,
    family::PARTIES,
    accounts::PAYER,
    accounts::READABLE,
];

#[test]
fn every_case_has_exactly_its_findings() {
    for cases in ALL {
        check(cases);
    }
}

#[test]
fn every_code_of_every_rule_is_hit() {
    let hit: BTreeSet<&str> = ALL
        .iter()
        .flat_map(|cases| cases.iter())
        .flat_map(|Case(_, _, expected)| expected.iter())
        .chain(directory::CASES.iter().flat_map(|(_, _, expected)| expected.iter()))
        .filter_map(|finding| finding.split(' ').next())
        .collect();
    let codes: BTreeSet<&str> =
        rules::ALL.iter().flat_map(|rule| rule.codes()).map(|code| code.name).collect();
    assert_eq!(hit, codes);
}

#[test]
fn the_wider_exemption_covers_all_four_fields() {
    let wide = Profile::parse("minor_insured_exemption = 'all_fields'").unwrap();
    let mut application = application();
    let child = minor(&mut application, date(2020, 1, 1));
    child.sex = Personal::default();
    child.name = Personal::default();
    assert_eq!(findings(&application, &wide), [] as [&str; 0]);
    // An adult of the same form is not exempt, nor is somebody of unknown age.
    minor(&mut application, date(2000, 1, 1));
    assert_eq!(findings(&application, &wide).len(), 3);
    minor(&mut application, DateInput::Unset);
    assert_eq!(findings(&application, &wide).len(), 4);
}

#[test]
fn the_profile_can_require_more() {
    let profile = "[[required]]\nparty = 'policyholder'\nfield = 'email'\nchannel = 'bancassurance'\n\
                   [[required]]\nparty = 'insured'\nfield = 'phones'\n\
                   [[required]]\nparty = 'policyholder'\nfield = 'certificate.valid_until'\nchannel = 'direct'\n\
                   [[required]]\nparty = 'policyholder'\nfield = 'name'";
    let profile = Profile::parse(profile).unwrap();
    let mut application = application();
    insured(&mut application).phones.clear();
    assert_eq!(
        findings(&application, &profile),
        ["FIELD_MISSING policyholder.email", "FIELD_MISSING insureds[0].person.phones"]
    );
    application.policyholder = person("", day(1980, 5, 6), Sex::Male);
    application.policyholder.email = "none".into();
    application.accounts.clear();
    assert_eq!(
        findings(&application, &profile),
        [
            "FIELD_MISSING policyholder.name",
            "FIELD_PLACEHOLDER policyholder.email",
            "FIELD_MISSING insureds[0].person.phones"
        ]
    );
}
