//! Article 6: 「確保其身份證號碼符合身份證編碼規則」. Resident identity cards and household registers carry the number of
//! GB 11643, 18 or 15 digits; numbers of other certificates have rules of their own.

use crate::{
    application::{Certificate, CertificateKind},
    contact::placeholder,
    finding::{Arg, ArgSpec, Code, Severity},
    identity::resident_id::{self, MAX_AGE, ResidentId, ResidentIdError},
    rule::{Context, Findings, Rule},
};

const fn of_article_6(name: &'static str, args: &'static [ArgSpec]) -> Code {
    Code { name, article: Some(6), severity: Severity::Blocking, args }
}

/// Neither 18 nor 15 characters.
pub const ID_NUMBER_LENGTH: Code = of_article_6("ID_NUMBER_LENGTH", &[ArgSpec::Number("length")]);
/// A character that cannot stand at its place.
pub const ID_NUMBER_CHARACTER: Code = of_article_6("ID_NUMBER_CHARACTER", &[ArgSpec::Number("position")]);
/// The first two digits are those of no province.
pub const ID_NUMBER_PROVINCE: Code = of_article_6("ID_NUMBER_PROVINCE", &[]);
/// The birth date in it is no day of the calendar.
pub const ID_NUMBER_DATE: Code = of_article_6("ID_NUMBER_DATE", &[]);
/// The birth date in it lies after the application.
pub const ID_NUMBER_FUTURE: Code = of_article_6("ID_NUMBER_FUTURE", &[]);
/// By the birth date in it the person is too old to be believed.
pub const ID_NUMBER_AGE: Code = of_article_6("ID_NUMBER_AGE", &[ArgSpec::Number("limit")]);
/// The check character does not belong to the other seventeen.
pub const ID_NUMBER_CHECK_CHARACTER: Code = of_article_6("ID_NUMBER_CHECK_CHARACTER", &[]);

/// Asks whether resident ID numbers are built as the standard says.
#[derive(Debug)]
pub struct ResidentIdNumber;

impl Rule for ResidentIdNumber {
    fn codes(&self) -> &'static [Code] {
        &[
            ID_NUMBER_LENGTH,
            ID_NUMBER_CHARACTER,
            ID_NUMBER_PROVINCE,
            ID_NUMBER_DATE,
            ID_NUMBER_FUTURE,
            ID_NUMBER_AGE,
            ID_NUMBER_CHECK_CHARACTER,
        ]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            if let Some(Err(error)) = read(&person.certificate, cx) {
                let (code, args) = finding(error);
                out.add_with(code, place.field("certificate.number"), args);
            }
        }
    }
}

/// The resident ID number of `certificate`; `None` if its kind has none, or none is given.
pub(super) fn read(
    certificate: &Certificate,
    cx: &Context<'_>,
) -> Option<Result<ResidentId, ResidentIdError>> {
    let number = certificate.number.expose();
    let carries =
        matches!(certificate.kind, Some(CertificateKind::ResidentId | CertificateKind::HouseholdRegister));
    // A placeholder is a missing number, not a wrong one.
    let given = carries && !placeholder::is_no_certificate_number(certificate.kind, number);
    given.then(|| resident_id::parse(number, cx.as_of))
}

fn finding(error: ResidentIdError) -> (Code, Vec<(&'static str, Arg)>) {
    let number = |count: usize| Arg::Number(u32::try_from(count).unwrap_or(u32::MAX));
    match error {
        ResidentIdError::Length { actual } => (ID_NUMBER_LENGTH, vec![("length", number(actual))]),
        ResidentIdError::Character { position } => {
            (ID_NUMBER_CHARACTER, vec![("position", number(position))])
        }
        ResidentIdError::Province => (ID_NUMBER_PROVINCE, Vec::new()),
        ResidentIdError::Date => (ID_NUMBER_DATE, Vec::new()),
        ResidentIdError::Future => (ID_NUMBER_FUTURE, Vec::new()),
        ResidentIdError::Age => (ID_NUMBER_AGE, vec![("limit", Arg::Number(MAX_AGE.unsigned_abs()))]),
        ResidentIdError::CheckCharacter => (ID_NUMBER_CHECK_CHARACTER, Vec::new()),
    }
}
