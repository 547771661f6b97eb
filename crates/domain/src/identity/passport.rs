//! Passports: the series of Chinese ones, the loose form of all others, and the machine-readable zone of both.
//!
//! China's series are known from public descriptions: ordinary `E` + 8 digits, since April 2017 `E` + a letter without I
//! and O + 7 digits; `G`, `14`, `15` before; `P`, `S`, `D`, `PE`, `SE`, `DE` for service, public affairs and diplomats;
//! Hong Kong `H`, `K`, `HJ`, `KJ`; Macau `MA`, `MB`. Foreign numbers have five to fifteen letters and digits, at least
//! one of them a digit.

use chrono::NaiveDate;

use super::{
    check::{form, is_digits},
    codes, mrz,
};
use crate::reading::Reading;

/// Beginnings with the number of digits that follow.
const SERIES: [(&str, usize); 21] = [
    ("E", 8),
    ("G", 8),
    ("14", 7),
    ("15", 7),
    ("PE", 7),
    ("SE", 7),
    ("DE", 7),
    ("P", 7),
    ("P.", 7),
    ("S", 7),
    ("S", 8),
    ("S.", 7),
    ("S.", 8),
    ("D", 7),
    ("H", 8),
    ("K", 8),
    ("HA", 7),
    ("HJ", 7),
    ("KJ", 7),
    ("MA", 7),
    ("MB", 7),
];
/// Digits behind `E` and a letter.
const LETTERED_LEN: usize = 7;
/// Fewest and most characters of a foreign passport.
const FOREIGN_LEN: std::ops::RangeInclusive<usize> = 5..=15;

/// Reads the number, or the machine-readable zone, of a Chinese passport.
pub(super) fn fill_prc(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    if mrz::looks_like(number) {
        mrz::fill(reading, number, as_of);
    } else {
        form(reading, codes::PRC_PASSPORT, is_prc(number));
    }
}

/// Reads the number, or the machine-readable zone, of a foreign passport.
pub(super) fn fill_foreign(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    if mrz::looks_like(number) {
        mrz::fill(reading, number, as_of);
    } else {
        form(reading, codes::FOREIGN_PASSPORT, is_foreign(number));
    }
}

fn is_prc(number: &str) -> bool {
    let digits = |prefix: &str, count| {
        number.strip_prefix(prefix).is_some_and(|rest| rest.len() == count && is_digits(rest))
    };
    let lettered = || {
        let rest = number.strip_prefix('E')?;
        let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))?;
        Some(rest.len() == LETTERED_LEN && is_digits(rest))
    };
    SERIES.iter().any(|(prefix, count)| digits(prefix, *count)) || lettered() == Some(true)
}

fn is_foreign(number: &str) -> bool {
    FOREIGN_LEN.contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && number.bytes().any(|b| b.is_ascii_digit())
}
