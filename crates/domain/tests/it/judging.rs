//! Verdicts: scope, severities, and the whole in one pass.

use proptest::prelude::*;
use zhenshi_domain::{
    application::{Application, CertificateKind, DateInput, Insured, Person, Term},
    finding::Severity,
    personal::Personal,
    profile::Profile,
    rule::{age_date, judge},
    verdict::Verdict,
};

use crate::sample::{application, date, day, findings, now};

fn verdict(application: &Application, profile: &str) -> Verdict {
    judge(application, &Profile::parse(profile).unwrap(), now()).verdict
}

#[test]
fn only_a_stated_short_term_or_group_business_is_out_of_scope() {
    let mut application = application();
    application.policyholder = Person::default();
    for (term, group, expected) in [
        (Some(Term::WholeLife), true, Verdict::NotApplicable),
        (None, true, Verdict::NotApplicable),
        (Some(Term::Months(11)), false, Verdict::NotApplicable),
        (Some(Term::Days(364)), false, Verdict::NotApplicable),
        (Some(Term::Months(0)), false, Verdict::Rejected),
        (Some(Term::Years(0)), false, Verdict::Rejected),
        (None, false, Verdict::Rejected),
        (Some(Term::ToAge(60)), false, Verdict::Rejected),
    ] {
        application.product.term = term;
        application.product.group = group;
        let judgement = judge(&application, &Profile::default(), now());
        assert_eq!(judgement.verdict, expected, "{term:?} {group}");
        assert_eq!(judgement.findings.is_empty(), expected == Verdict::NotApplicable);
    }
}

#[test]
fn the_profile_weighs_findings() {
    let mut application = application();
    assert_eq!(verdict(&application, ""), Verdict::Accepted);
    application.policyholder.phones.clear();
    assert_eq!(verdict(&application, ""), Verdict::Rejected);
    let advisory = "[rule.FIELD_MISSING]\nseverity = 'advisory'";
    let judgement = judge(&application, &Profile::parse(advisory).unwrap(), now());
    assert_eq!((judgement.verdict, judgement.findings.len()), (Verdict::Accepted, 1));
    assert_eq!(judgement.findings[0].severity, Severity::Advisory);
    let off = Profile::parse("[rule.FIELD_MISSING]\nseverity = 'off'").unwrap();
    assert_eq!(findings(&application, &off), [] as [&str; 0]);
    let here =
        "[[override]]\nrule = 'FIELD_MISSING'\nchannel = 'bancassurance'\nproduct = 'P1'\nseverity = 'off'";
    assert_eq!(verdict(&application, here), Verdict::Accepted);
    application.product.code = "P2".into();
    assert_eq!(verdict(&application, here), Verdict::Rejected);
}

#[test]
fn ages_are_counted_on_the_application_date_or_else_on_the_day_of_the_decision() {
    let mut application = application();
    // Half an hour after midnight of 23 November in Shanghai.
    let decided = day(2026, 11, 22).and_hms_opt(16, 30, 0).unwrap().and_utc();
    for (applied_on, expected) in [
        (date(2026, 1, 2), day(2026, 1, 2)),
        (date(2026, 11, 23), day(2026, 11, 23)),
        (date(2026, 11, 24), day(2026, 11, 23)),
        (DateInput::Unset, day(2026, 11, 23)),
        (DateInput::Impossible, day(2026, 11, 23)),
    ] {
        application.applied_on = applied_on;
        assert_eq!(age_date(&application, decided), expected, "{applied_on:?}");
    }
}

#[test]
fn everything_wrong_is_said_at_once_and_in_order() {
    let mut application = application();
    application.product.class = None;
    application.applied_on = DateInput::Unset;
    application.policyholder.name = "无".into();
    application.policyholder.certificate.number = "440103".into();
    application.insureds[0].person.birth_date = Personal::new(DateInput::Impossible);
    assert_eq!(
        findings(&application, &Profile::default()),
        [
            "PRODUCT_CLASS_MISSING product.class",
            "APPLICATION_DATE_INVALID applied_on unset",
            "FIELD_PLACEHOLDER policyholder.name",
            "BIRTH_DATE_IMPOSSIBLE insureds[0].person.birth_date no-day",
            "ID_NUMBER_LENGTH policyholder.certificate.number 6",
        ]
    );
}

proptest! {
    /// Whatever stands in the fields: no panic, the same judgement twice, and nothing of it in what is said.
    #[test]
    fn no_text_panics_or_shows(texts in prop::collection::vec("\\PC{0,24}", 8), secret in "[a-z]{12}") {
        let mut application = application();
        let text = |index: usize| Personal::new(format!("{}{secret}", texts[index]));
        let person = Person {
            name: text(0),
            certificate: zhenshi_domain::application::Certificate {
                kind: Some(CertificateKind::ResidentId),
                number: text(1),
                ..Default::default()
            },
            phones: vec![text(2), text(3)],
            email: text(4),
            ..Person::default()
        };
        application.policyholder = person.clone();
        application.policyholder.address.text = text(5);
        application.insureds.push(Insured { person, relation: None });
        application.accounts[0].holder_name = text(6);
        application.accounts[0].number = text(7);
        let first = judge(&application, &Profile::default(), now());
        prop_assert_eq!(&first, &judge(&application, &Profile::default(), now()));
        let shown = format!("{first:?}{application:?}");
        prop_assert!(!shown.contains(&secret));
    }
}
