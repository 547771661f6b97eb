//! Birth date and sex of a person, as far as the application agrees with itself. Where the stated value and a right
//! resident ID number differ, [`super::id_agreement`] says so, and nothing else is concluded from either.

use chrono::NaiveDate;

use super::Known;
use crate::{
    application::{Person, Sex},
    identity::resident_id::ResidentId,
};

/// The birth date, if it is known, undisputed and not after `as_of`.
pub(super) fn birth_date(person: &Person, known: &Known<'_>, as_of: NaiveDate) -> Option<NaiveDate> {
    let of_id = known.resident_id().map(ResidentId::birth_date);
    agreed(person.birth_date.expose().day(), of_id).filter(|birth| *birth <= as_of)
}

/// The sex, if it is known and undisputed.
pub(super) fn sex(person: &Person, known: &Known<'_>) -> Option<Sex> {
    agreed(*person.sex.expose(), known.resident_id().map(ResidentId::sex))
}

fn agreed<T: PartialEq>(stated: Option<T>, of_id: Option<T>) -> Option<T> {
    match (stated, of_id) {
        (Some(stated), Some(of_id)) => (stated == of_id).then_some(stated),
        (stated, of_id) => stated.or(of_id),
    }
}
