//! Numbers of certificates: every kind, the twins of 15 and 18 characters, and the quick way of judging beside the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::{
    application::CertificateKind::{self, *},
    identity::{check, faults, fingerprint_form, holds, resident_id},
};
use zhenshi_fuzz::{assert_settled, choice_and_text, failed, today};

const KINDS: [CertificateKind; 13] = [
    ResidentId,
    HkMacauResidencePermit,
    TaiwanResidencePermit,
    ForeignerPermanentResidence,
    HkMacauTravelPermit,
    TaiwanTravelPermit,
    PrcPassport,
    ForeignPassport,
    OfficerCertificate,
    SoldierCertificate,
    HouseholdRegister,
    BirthCertificate,
    Other,
];

fuzz_target!(|data: &[u8]| {
    let (choice, text) = choice_and_text(data);
    let kind = KINDS[choice % KINDS.len()];
    let reading = check(kind, &text, today());
    assert_settled(&reading, |again| check(kind, again, today()));

    let quick: Vec<_> = faults(kind, &text, today()).iter().map(|check| check.code.name).collect();
    // A blank or placeholder is `completeness`'s to tell, so that only numbers are compared.
    if !failed(&reading).iter().any(|code| code.starts_with("FIELD_")) {
        assert_eq!(quick, failed(&reading), "judging and explaining differ");
        let born = reading.birth_date.as_ref().map(|day| *day.expose());
        assert_eq!(holds(kind, &text, today()), (born, reading.sex));
    }
    for kind in [Some(kind), None] {
        if let Some(form) = fingerprint_form(kind, &text) {
            let again = fingerprint_form(kind, &form.number);
            assert!(again.is_none_or(|again| again == form), "the form has another form");
        }
    }
    if let Ok(id) = resident_id::parse(&text, today()) {
        let twin = resident_id::parse(id.number(), today()).expect("the form of 18 characters is right");
        assert_eq!((twin.birth_date(), twin.sex(), twin.area()), (id.birth_date(), id.sex(), id.area()));
        assert_eq!(
            fingerprint_form(Some(ResidentId), &text),
            fingerprint_form(Some(ResidentId), id.number())
        );
        if id.number().get(6..8) == Some("19") {
            let old = format!("{}{}", &id.number()[..6], &id.number()[8..17]);
            let old = resident_id::canonical(&old);
            assert_eq!(old.as_deref(), Some(id.number()), "the twin of 15 digits is another person");
        }
    }
});
