//! The medical certificate of birth (出生醫學證明), in both styles that insurers key: the printed number, a letter and
//! nine digits; or the birth date, `YYYYMMDD`, by which some systems know a child without a number.

use chrono::NaiveDate;

use super::{
    check::{form, is_digits, outcome},
    codes,
};
use crate::{personal::Personal, reading::Reading};

/// Characters of the printed number.
const PRINTED_LEN: usize = 10;
/// Digits of a birth date.
const DATE_LEN: usize = 8;

/// Reads the number of a birth certificate.
pub(super) fn fill(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let dated = is_date_style(number);
    let printed = number.len() == PRINTED_LEN
        && number.strip_prefix(|c: char| c.is_ascii_uppercase()).is_some_and(is_digits);
    form(reading, codes::BIRTH_CERTIFICATE, dated || printed);
    if dated {
        let birth = date(number);
        outcome(reading, codes::ID_NUMBER_DATE, birth.is_some(), Vec::new);
        let Some(birth) = birth else { return };
        if outcome(reading, codes::ID_NUMBER_FUTURE, birth <= as_of, Vec::new) {
            reading.birth_date = Some(Personal::new(birth));
        }
    }
}

/// Whether a folded number is only a birth date, which every child of that day has.
pub(super) fn is_date_style(number: &str) -> bool {
    number.len() == DATE_LEN && is_digits(number)
}

fn date(digits: &str) -> Option<NaiveDate> {
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    NaiveDate::from_ymd_opt(i32::try_from(part(0, 4)?).ok()?, part(4, 6)?, part(6, 8)?)
}
