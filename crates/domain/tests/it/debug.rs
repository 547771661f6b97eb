//! No `{:?}` of anything that holds a person shows one.

use std::fmt::Debug;

use zhenshi_domain::{
    application::{
        Account, AccountKind, AccountPurpose, Address, Approval, ApprovalKind, Certificate, CertificateKind,
        DateInput, Insured, Person, Relation, Sex,
    },
    clue::contact_keys,
    contact::{bank_account, email, person_name, phone},
    identity,
    party::parties,
    personal::Personal,
    profile::Profile,
    rule::judge,
};

use crate::sample::{application, date, day, id_number, now};

/// What must not be seen: every text below, and the forms into which they are folded.
const SECRETS: [&str; 16] = [
    "测试金丝雀",
    "1980-05-06",
    "19800506",
    "2031-02-03",
    "13827359461",
    "canary@example.com",
    "440103",
    "示例省",
    "示例市",
    "示例区",
    "金丝雀路1号101室",
    "金丝雀整段地址",
    "CHN",
    "6222020650662277328",
    "ICBC",
    "APPROVED-BY-7",
];

/// A person with something in every field; written out, so that a new field is an error here.
fn person() -> Person {
    Person {
        name: SECRETS[0].into(),
        sex: Personal::new(Some(Sex::Female)),
        birth_date: Personal::new(DateInput::Day(day(1980, 5, 6))),
        certificate: Certificate {
            kind: Some(CertificateKind::ResidentId),
            number: Personal::new(id_number("440103", "19800506", "352")),
            valid_until: date(2031, 2, 3),
        },
        phones: vec![SECRETS[4].into()],
        email: SECRETS[5].into(),
        address: Address {
            region_code: SECRETS[6].into(),
            province: SECRETS[7].into(),
            city: SECRETS[8].into(),
            district: SECRETS[9].into(),
            detail: SECRETS[10].into(),
            text: SECRETS[11].into(),
        },
        nationality: SECRETS[12].into(),
    }
}

#[track_caller]
fn shows_nothing(what: &impl Debug) {
    let shown = format!("{what:?} {what:#?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn debug_shows_nobody() {
    let mut sent = application();
    sent.policyholder = person();
    sent.insureds = vec![Insured { person: person(), relation: Some(Relation::Oneself) }];
    sent.accounts = vec![Account {
        purpose: Some(AccountPurpose::Premium),
        number: SECRETS[13].into(),
        kind: Some(AccountKind::Card),
        bank_code: SECRETS[14].into(),
        holder_name: SECRETS[0].into(),
    }];
    sent.approvals = vec![Approval {
        kind: Some(ApprovalKind::ThirdPartyPayer),
        reference: SECRETS[15].into(),
        approver: SECRETS[15].into(),
        approved_on: date(2031, 2, 3),
        account: SECRETS[13].into(),
        valid_until: date(2031, 2, 3),
    }];
    shows_nothing(&sent);
    let parties = parties(&sent, day(2026, 11, 23));
    shows_nothing(&parties);
    let keys = contact_keys(&sent, &parties);
    assert!(keys.len() >= 4, "there are keys to be shown");
    shows_nothing(&keys);
    shows_nothing(&judge(&sent, &Profile::default(), now()));
}

#[test]
fn debug_of_forms_and_readings_shows_no_value() {
    let person = person();
    let number = person.certificate.number.expose();
    let as_of = day(2026, 11, 23);
    shows_nothing(&identity::fingerprint_form(Some(CertificateKind::ResidentId), number).unwrap());
    shows_nothing(&phone::fingerprint_form(SECRETS[4]).unwrap());
    let mut reading = identity::check(CertificateKind::ResidentId, number, as_of);
    assert!(reading.region.take().is_some(), "the region is said by its public code");
    shows_nothing(&reading);
    shows_nothing(&phone::check(SECRETS[4]));
    shows_nothing(&bank_account::check(Some(AccountKind::Card), SECRETS[13]));
    shows_nothing(&person_name::check(SECRETS[0]));
    shows_nothing(&email::check(SECRETS[5]));
}
