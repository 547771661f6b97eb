//! What a profile may say, and how it is told what is wrong with it.

use super::*;
use crate::rules::{completeness::FIELD_MISSING, payer::PAYER_NOT_POLICYHOLDER};

const FULL: &str = r#"
    minor_insured_exemption = "all_fields"
    [rule.PAYER_NOT_POLICYHOLDER]
    severity = "advisory"
    [rule.FIELD_MISSING]
    severity = "blocking"
    [[override]]
    rule = "PAYER_NOT_POLICYHOLDER"
    channel = "bancassurance"
    severity = "blocking"
    [[override]]
    rule = "PAYER_NOT_POLICYHOLDER"
    product = "P\"1"
    severity = "off"
    [[required]]
    party = "policyholder"
    field = "email"
    channel = "direct"
    [[required]]
    party = "insured"
    field = "nationality"
"#;

/// A day of July 2026.
fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, day).unwrap()
}

#[test]
fn the_last_matching_override_decides() {
    let profile = Profile::parse(FULL).unwrap();
    let severity = |channel, product| profile.severity(&PAYER_NOT_POLICYHOLDER, channel, product, day(1));
    assert_eq!(severity(Channel::Direct, "P2"), Some(Severity::Advisory));
    assert_eq!(severity(Channel::Bancassurance, "P2"), Some(Severity::Blocking));
    assert_eq!(severity(Channel::Bancassurance, "P\"1"), None);
    assert_eq!(profile.severity(&FIELD_MISSING, Channel::Direct, "", day(1)), Some(Severity::Blocking));
    let default = Profile::default();
    assert_eq!(
        default.severity(&PAYER_NOT_POLICYHOLDER, Channel::Direct, "", day(1)),
        Some(Severity::Blocking)
    );
}

#[test]
fn fields_are_required_by_party_and_channel() {
    let profile = Profile::parse(FULL).unwrap();
    let required = |party, channel| profile.required(party, channel, day(1)).collect::<Vec<_>>();
    assert_eq!(required(RequiredParty::Policyholder, Channel::Direct), [RequiredField::Email]);
    assert_eq!(required(RequiredParty::Policyholder, Channel::Bancassurance), []);
    assert_eq!(required(RequiredParty::Insured, Channel::Bancassurance), [RequiredField::Nationality]);
    assert_eq!(profile.minor_insured_exemption(), MinorExemption::AllFields);
}

#[test]
fn settings_hold_on_their_days_only() {
    let text = "[rule.PAYER_NOT_POLICYHOLDER]\nseverity='advisory'\nfrom=2026-07-10\n\
        [[override]]\nrule='PAYER_NOT_POLICYHOLDER'\nproduct='P'\nseverity='off'\nfrom=2026-07-05\nuntil=2026-07-12\n\
        [[required]]\nparty='insured'\nfield='email'\nuntil=2026-07-03\n\
        [[required]]\nparty='insured'\nfield='email'\nchannel='direct'\n";
    let profile = Profile::parse(text).unwrap();
    let severity = |on, product| profile.severity(&PAYER_NOT_POLICYHOLDER, Channel::Direct, product, day(on));
    let expected = [(4, Some(Severity::Blocking)), (5, None), (12, None), (13, Some(Severity::Advisory))];
    assert_eq!(expected.map(|(on, _)| (on, severity(on, "P"))), expected);
    assert_eq!([9, 10].map(|on| severity(on, "Q")), [Some(Severity::Blocking), Some(Severity::Advisory)]);
    let required = |channel, on| profile.required(RequiredParty::Insured, channel, day(on)).count();
    // Required twice on 3 July in one channel, and asked for once.
    assert_eq!([3, 4].map(|on| required(Channel::Direct, on)), [1, 1]);
    assert_eq!([3, 4].map(|on| required(Channel::Bancassurance, on)), [1, 0]);
    assert_eq!(Profile::parse(&profile.canonical()), Ok(profile));
}

#[test]
fn every_error_is_told_at_once() {
    let text = "a = 1\nminor_insured_exemption = 2\n\
        [rule.NO_SUCH]\nseverity='high'\n[rule.FIELD_MISSING]\nseverity='off'\nfrom=2026-07-02\nuntil=2026-07-01\n\
        [[override]]\nrule='X'\nbranch=1\n[[required]]\nfield='email'\nfrom='2026-07-01'\nuntil=2026-07-01T10:00:00\n";
    let keys: Vec<String> = Profile::check(text).unwrap_err().into_iter().map(|error| error.key).collect();
    let expected = [
        "a",
        "minor_insured_exemption",
        "override[0].branch",
        "override[0].rule",
        "override[0].severity",
        "override[0]",
        "required[0].party",
        "required[0].from",
        "required[0].until",
        "rule.FIELD_MISSING.until",
        "rule.NO_SUCH",
        "rule.NO_SUCH.severity",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn the_canonical_form_is_a_profile_and_its_own_canonical_form() {
    let profile = Profile::parse(FULL).unwrap();
    let canonical = profile.canonical();
    assert_eq!(Profile::parse(&canonical).as_ref(), Ok(&profile), "{canonical}");
    let reordered = "# same\n".to_owned()
        + "[[required]]\nfield='nationality'\nparty='insured'\n"
        + "[[required]]\nfield='email'\nparty='policyholder'\nchannel='direct'\n"
        + "[[override]]\nrule='PAYER_NOT_POLICYHOLDER'\nseverity='blocking'\nchannel='bancassurance'\n"
        + "[[override]]\nrule='PAYER_NOT_POLICYHOLDER'\nseverity='off'\nproduct='P\"1'\n"
        + "[rule.PAYER_NOT_POLICYHOLDER]\nseverity='advisory'\n";
    let reordered = "minor_insured_exemption='all_fields'\n".to_owned() + &reordered;
    assert_eq!(Profile::parse(&reordered).unwrap().canonical(), canonical);
    assert_eq!(Profile::parse("").unwrap(), Profile::default());
    assert_ne!(Profile::default().canonical(), canonical);
}

#[test]
fn every_error_names_its_key() {
    for (text, key) in [
        ("a = ", "line 1"),
        ("\n[rule", "line 2"),
        ("rules = 1", "rules"),
        ("rule = 1", "rule"),
        ("[rule.NO_SUCH]\nseverity='off'", "rule.NO_SUCH"),
        ("[rule.REVISION_SUPERSEDED]\nseverity='off'", "rule.REVISION_SUPERSEDED"),
        ("[rule.FIELD_MISSING]\nseverity='high'", "rule.FIELD_MISSING.severity"),
        ("[rule.FIELD_MISSING]\nseverity=1", "rule.FIELD_MISSING.severity"),
        ("[rule.FIELD_MISSING]\nweight='off'", "rule.FIELD_MISSING.weight"),
        ("[rule.FIELD_MISSING]", "rule.FIELD_MISSING.severity"),
        ("[override]\nrule='FIELD_MISSING'", "override"),
        ("[[override]]\nrule='FIELD_MISSING'\nseverity='off'", "override[0]"),
        ("[[override]]\nrule='FIELD_MISSING'\nproduct='P'", "override[0].severity"),
        ("[[override]]\nseverity='off'\nproduct='P'", "override[0].rule"),
        ("[[override]]\nrule='X'\nproduct='P'", "override[0].rule"),
        ("[[override]]\nrule='FIELD_MISSING'\nchannel='bank'", "override[0].channel"),
        ("[[override]]\nbranch='1'", "override[0].branch"),
        ("[[required]]\nparty='payer'", "required[0].party"),
        ("[[required]]\nparty='insured'\nfield='shoe_size'", "required[0].field"),
        ("[[required]]\nparty='insured'", "required[0].field"),
        ("[[required]]\nfield='email'", "required[0].party"),
        ("minor_insured_exemption = 'none'", "minor_insured_exemption"),
    ] {
        assert_eq!(Profile::parse(text).map_err(|error| error.key), Err(key.to_owned()), "{text}");
    }
}

#[test]
fn the_shipped_profile_is_the_default() {
    let shipped = include_str!("../../../../rules.toml");
    assert_eq!(Profile::parse(shipped), Ok(Profile::default()));
    // Every example in its comments holds, too.
    let examples: String =
        shipped.lines().filter_map(|line| line.strip_prefix("#: ")).fold(String::new(), |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        });
    assert_ne!(Profile::parse(&examples).unwrap(), Profile::default());
}
