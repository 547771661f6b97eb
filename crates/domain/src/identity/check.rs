//! Reads the number of a certificate by its kind: what it holds, and every check in its order.
//!
//! To add a kind: a file with a function that fills a [`Reading`], and its line in [`check`].

use chrono::NaiveDate;

use super::{
    birth_certificate, codes, foreigner, passport, permit, residence_permit,
    resident_id::{self, ResidentId, ResidentIdError},
};
use crate::{
    application::{CertificateKind, Sex},
    contact::placeholder,
    finding::{Arg, Code},
    personal::Personal,
    reading::{Check, Reading},
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::{fold_number, is_blank, is_han},
};

/// Reads `number` as that of a certificate of `kind`, as it is plausible on the day `as_of` (Asia/Shanghai).
///
/// A text that stands for no number fails as `FIELD_MISSING` or `FIELD_PLACEHOLDER`, and nothing else is checked. Else
/// the checks stop at the first one that fails; birth date and sex are told only of a number that is right in itself.
pub fn check(kind: CertificateKind, number: &str, as_of: NaiveDate) -> Reading {
    read(kind, number, as_of, Reading::default())
}

fn read(kind: CertificateKind, number: &str, as_of: NaiveDate, mut reading: Reading) -> Reading {
    if is_blank(number) {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    }
    if !has_number(kind, number) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    let folded = fold_number(number);
    match kind {
        CertificateKind::ResidentId | CertificateKind::HouseholdRegister => {
            resident_id::fill(&mut reading, number, as_of);
            return reading;
        }
        CertificateKind::HkMacauResidencePermit => {
            residence_permit::fill_hk_macau(&mut reading, &folded, as_of);
        }
        CertificateKind::TaiwanResidencePermit => {
            residence_permit::fill_taiwan(&mut reading, &folded, as_of);
        }
        CertificateKind::ForeignerPermanentResidence => foreigner::fill(&mut reading, &folded, as_of),
        CertificateKind::HkMacauTravelPermit => permit::fill_hk_macau(&mut reading, &folded),
        CertificateKind::TaiwanTravelPermit => permit::fill_taiwan(&mut reading, &folded),
        CertificateKind::PrcPassport => passport::fill_prc(&mut reading, &folded, as_of),
        CertificateKind::ForeignPassport => passport::fill_foreign(&mut reading, &folded, as_of),
        CertificateKind::OfficerCertificate | CertificateKind::SoldierCertificate => {
            fill_military(&mut reading, &folded);
        }
        CertificateKind::BirthCertificate => birth_certificate::fill(&mut reading, &folded, as_of),
        CertificateKind::Other => {}
    }
    reading.normalized = Some(Personal::new(folded.into_owned()));
    reading
}

/// The failed checks of [`check`], for judging, where nobody is told what passed: several times as fast.
pub fn faults(kind: CertificateKind, number: &str, as_of: NaiveDate) -> Vec<Check> {
    let resident = matches!(kind, CertificateKind::ResidentId | CertificateKind::HouseholdRegister);
    if !resident || !has_number(kind, number) {
        return read(kind, number, as_of, Reading::of_faults()).checks;
    }
    resident_faults(&resident_id::parse(number, as_of))
}

/// As [`faults`], of a resident ID number that was read before.
pub(crate) fn resident_faults(read: &Result<ResidentId, ResidentIdError>) -> Vec<Check> {
    let fault = resident_id::fault(read);
    fault.into_iter().map(|(code, args)| Check { code, failure: Some(args) }).collect()
}

/// Birth date and sex that the number holds, as [`check`] tells them, for judging.
pub fn holds(kind: CertificateKind, number: &str, as_of: NaiveDate) -> (Option<NaiveDate>, Option<Sex>) {
    let resident = matches!(kind, CertificateKind::ResidentId | CertificateKind::HouseholdRegister);
    if !resident || !has_number(kind, number) {
        let reading = check(kind, number, as_of);
        return (reading.birth_date.map(|birth| *birth.expose()), reading.sex);
    }
    match resident_id::parse(number, as_of) {
        Ok(id) => (Some(id.birth_date()), Some(id.sex())),
        Err(_) => (None, None),
    }
}

/// Whether a number is given: neither blank nor a placeholder.
fn has_number(kind: CertificateKind, number: &str) -> bool {
    !placeholder::is_no_certificate_number(Some(kind), number)
}

/// Officers' and soldiers' certificates: one or two Han characters (the service or unit), 字第, four to ten digits or
/// letters, 号 or not. The numbering is not public, so another form is only unusual.
fn fill_military(reading: &mut Reading, number: &str) {
    outcome(reading, codes::CERTIFICATE_NUMBER_UNUSUAL, is_military(number), Vec::new);
}

fn is_military(number: &str) -> bool {
    let Some((unit, rest)) = number.split_once("字第") else { return false };
    let serial = rest.strip_suffix(['号', '號']).unwrap_or(rest);
    (1..=2).contains(&unit.chars().count())
        && unit.chars().all(is_han)
        && (4..=10).contains(&serial.len())
        && serial.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Notes the outcome of a check, and tells it.
pub(super) fn outcome(
    reading: &mut Reading,
    code: Code,
    passed: bool,
    args: impl FnOnce() -> Vec<(&'static str, Arg)>,
) -> bool {
    if passed {
        reading.pass(code);
    } else {
        reading.fail(code, args());
    }
    passed
}

/// Notes whether the number has the form of its kind.
pub(super) fn form(reading: &mut Reading, kind: &'static str, passed: bool) -> bool {
    outcome(reading, codes::CERTIFICATE_NUMBER_FORMAT, passed, || vec![("kind", Arg::Key(kind))])
}

/// Whether every byte is a digit.
pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}
