//! Whole applications: whatever is in one, it is judged, in the same way each time, and its parties are found.
#![no_main]

use arbitrary::{Result, Unstructured};
use chrono::{DateTime, NaiveDate};
use libfuzzer_sys::fuzz_target;
use zhenshi_domain::{
    application::{
        Account, AccountKind, AccountPurpose, Address, Application, ApplicationKey, ApplicationKind,
        Approval, ApprovalKind, Certificate, CertificateKind as Kind, Channel, DateInput, Insured, Person,
        Product, ProductClass, Relation, Sex, Term,
    },
    clue::contact_keys,
    finding::Severity,
    party::parties,
    personal::Personal,
    profile::Profile,
    rule::{age_date, judge},
    verdict::Verdict,
};

/// Days from 1900 on that dates are chosen from.
const DAYS: u64 = 60_000;
/// Noon of 2026-11-23 in Shanghai.
const NOW: i64 = 1_795_406_400;

/// Texts that the rules know; the rest comes from the fuzzer.
const TEXTS: [&str; 16] = [
    "测试甲",
    "示例乙",
    "11010519491231002X",
    "110105491231002",
    "13827359461",
    "010-65529988转123",
    "6222020650662277328",
    "6.22E+18",
    "北京市朝阳区示例路1号",
    "a@example.com",
    "CHN",
    "无",
    "H1234567801",
    "E12345678",
    "20260105",
    "",
];

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 3)? {
        return Ok(u.choose(&TEXTS)?.to_string());
    }
    let length = u.int_in_range(0..=40)?;
    let bytes = u.bytes(length.min(u.len()))?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn personal(u: &mut Unstructured<'_>) -> Result<Personal<String>> {
    text(u).map(Personal::new)
}

fn maybe<T: Copy>(u: &mut Unstructured<'_>, values: &[T]) -> Result<Option<T>> {
    Ok(if u.ratio(1, 8)? { None } else { Some(*u.choose(values)?) })
}

fn date(u: &mut Unstructured<'_>) -> Result<DateInput> {
    Ok(match u.int_in_range(0..=9)? {
        0 => DateInput::Unset,
        1 => DateInput::Impossible,
        _ => NaiveDate::from_ymd_opt(1900, 1, 1)
            .and_then(|first| first.checked_add_days(chrono::Days::new(u.int_in_range(0..=DAYS).ok()?)))
            .map_or(DateInput::Unset, DateInput::Day),
    })
}

fn many<T>(u: &mut Unstructured<'_>, make: impl Fn(&mut Unstructured<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=3)?).map(|_| make(u)).collect()
}

fn person(u: &mut Unstructured<'_>) -> Result<Person> {
    let kinds = [
        Kind::ResidentId,
        Kind::HkMacauResidencePermit,
        Kind::TaiwanResidencePermit,
        Kind::ForeignerPermanentResidence,
        Kind::HkMacauTravelPermit,
        Kind::TaiwanTravelPermit,
        Kind::PrcPassport,
        Kind::ForeignPassport,
        Kind::OfficerCertificate,
        Kind::SoldierCertificate,
        Kind::HouseholdRegister,
        Kind::BirthCertificate,
        Kind::Other,
    ];
    Ok(Person {
        name: personal(u)?,
        sex: Personal::new(maybe(u, &[Sex::Male, Sex::Female])?),
        birth_date: Personal::new(date(u)?),
        certificate: Certificate { kind: maybe(u, &kinds)?, number: personal(u)?, valid_until: date(u)? },
        phones: many(u, personal)?,
        email: personal(u)?,
        address: Address {
            region_code: text(u)?,
            province: text(u)?,
            city: text(u)?,
            district: text(u)?,
            detail: personal(u)?,
            text: personal(u)?,
        },
        nationality: text(u)?,
    })
}

fn insured(u: &mut Unstructured<'_>) -> Result<Insured> {
    let relations = [Relation::Oneself, Relation::Spouse, Relation::Parent, Relation::Child, Relation::Other];
    Ok(Insured { person: person(u)?, relation: maybe(u, &relations)? })
}

fn account(u: &mut Unstructured<'_>) -> Result<Account> {
    Ok(Account {
        purpose: maybe(u, &[AccountPurpose::Premium, AccountPurpose::Benefit, AccountPurpose::Claim])?,
        number: personal(u)?,
        kind: maybe(u, &[AccountKind::Card, AccountKind::Passbook, AccountKind::Corporate])?,
        bank_code: text(u)?,
        holder_name: personal(u)?,
    })
}

fn approval(u: &mut Unstructured<'_>) -> Result<Approval> {
    Ok(Approval {
        kind: maybe(u, &[ApprovalKind::ThirdPartyPayer])?,
        reference: text(u)?,
        approver: text(u)?,
        approved_on: date(u)?,
        account: personal(u)?,
        valid_until: date(u)?,
    })
}

fn product(u: &mut Unstructured<'_>) -> Result<Product> {
    let length: u32 = u.arbitrary()?;
    let terms =
        [Term::Years(length), Term::Months(length), Term::Days(length), Term::ToAge(length), Term::WholeLife];
    let classes = [ProductClass::OrdinaryLife, ProductClass::Accident, ProductClass::Health];
    Ok(Product {
        code: text(u)?,
        name: text(u)?,
        class: maybe(u, &classes)?,
        term: maybe(u, &terms)?,
        group: u.ratio(1, 20)?,
    })
}

fn application(u: &mut Unstructured<'_>) -> Result<Application> {
    let kinds = [ApplicationKind::NewBusiness, ApplicationKind::ServicingChange, ApplicationKind::Claim];
    Ok(Application {
        key: ApplicationKey { source: "core".into(), kind: *u.choose(&kinds)?, application_no: text(u)? },
        source_revision: u.arbitrary()?,
        policy_no: text(u)?,
        original_application_no: text(u)?,
        channel: *u.choose(&[
            Channel::IndividualAgents,
            Channel::Bancassurance,
            Channel::Intermediaries,
            Channel::Direct,
        ])?,
        branch_code: text(u)?,
        seller_code: text(u)?,
        agency_code: text(u)?,
        product: product(u)?,
        applied_on: date(u)?,
        policyholder: person(u)?,
        insureds: many(u, insured)?,
        accounts: many(u, account)?,
        approvals: many(u, approval)?,
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(application) = application(&mut Unstructured::new(data)) else { return };
    let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
    let profile = Profile::default();
    let judgement = judge(&application, &profile, now);
    let blocked = judgement.findings.iter().any(|finding| finding.severity == Severity::Blocking);
    match judgement.verdict {
        Verdict::Accepted => assert!(!blocked, "accepted with a blocking finding"),
        Verdict::Rejected => assert!(blocked, "rejected for no reason"),
        Verdict::NotApplicable => assert!(judgement.findings.is_empty(), "judged outside of the scope"),
    }
    assert_eq!(judge(&application, &profile, now), judgement, "judged otherwise the second time");
    let parties = parties(&application, age_date(&application, now));
    let _ = contact_keys(&application, &parties);
});
