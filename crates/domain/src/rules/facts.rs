//! Birth date and sex of a person, as far as the application agrees with itself. Where the stated value and a right
//! resident ID number differ, [`super::id_agreement`] says so, and nothing else is concluded from either.

use chrono::NaiveDate;

use crate::{
    application::{CertificateKind, Person, Sex},
    contact::placeholder,
    identity::resident_id::{self, ResidentId},
};

/// The birth date, if it is known, undisputed and not after `as_of`.
pub(super) fn birth_date(person: &Person, as_of: NaiveDate) -> Option<NaiveDate> {
    let of_id = resident(person, as_of).map(|id| id.birth_date());
    agreed(person.birth_date.expose().day(), of_id).filter(|birth| *birth <= as_of)
}

/// The sex, if it is known and undisputed.
pub(super) fn sex(person: &Person, as_of: NaiveDate) -> Option<Sex> {
    agreed(*person.sex.expose(), resident(person, as_of).map(|id| id.sex()))
}

fn agreed<T: PartialEq>(stated: Option<T>, of_id: Option<T>) -> Option<T> {
    match (stated, of_id) {
        (Some(stated), Some(of_id)) => (stated == of_id).then_some(stated),
        (stated, of_id) => stated.or(of_id),
    }
}

fn resident(person: &Person, as_of: NaiveDate) -> Option<ResidentId> {
    let certificate = &person.certificate;
    let number = certificate.number.expose();
    let carries =
        matches!(certificate.kind, Some(CertificateKind::ResidentId | CertificateKind::HouseholdRegister));
    let given = carries && !placeholder::is_no_certificate_number(certificate.kind, number);
    given.then(|| resident_id::parse(number, as_of).ok()).flatten()
}
