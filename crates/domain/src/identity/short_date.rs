//! Birth dates of six digits, `YYMMDD`: cards and passports leave the century out.

use chrono::{Datelike as _, NaiveDate};

use super::resident_id::MAX_AGE;
use crate::shanghai;

/// Years of a century.
pub const CENTURY: i32 = 100;

/// The latest day with these six digits that is not after `as_of` and makes nobody older than [`MAX_AGE`]; `None` if
/// there is none. Between the age of 100 and the limit two days are possible, and the later one is told.
pub(super) fn birth_date(digits: &str, as_of: NaiveDate) -> Option<NaiveDate> {
    let part =
        |from: usize| digits.get(from..from + 2).filter(|two| super::check::is_digits(two))?.parse().ok();
    let (year, month, day): (u32, u32, u32) = (part(0)?, part(2)?, part(4)?);
    let year = i32::try_from(year).ok()? + as_of.year() / CENTURY * CENTURY;
    (0..=2)
        .filter_map(|centuries| NaiveDate::from_ymd_opt(year - centuries * CENTURY, month, day))
        .find(|birth| *birth <= as_of)
        .filter(|birth| shanghai::age(*birth, as_of) <= MAX_AGE)
}

/// Whether six digits are a day of this century: that of every expiry date.
pub(super) fn is_day(digits: &str) -> bool {
    let two = |from: usize| {
        digits.get(from..from + 2).filter(|two| super::check::is_digits(two))?.parse::<u32>().ok()
    };
    let day = || {
        let year = i32::try_from(two(0)?).ok()?;
        NaiveDate::from_ymd_opt(2000 + year, two(2)?, two(4)?)
    };
    digits.len() == 6 && day().is_some()
}

/// Whether `stated` is the day `read`, or the one a century before, which has the same six digits.
pub fn agrees(stated: NaiveDate, read: NaiveDate) -> bool {
    stated == read
        || (stated.month(), stated.day(), stated.year() + CENTURY) == (read.month(), read.day(), read.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_century_is_the_latest_that_can_be() {
        let as_of = day(2026, 11, 23);
        for (digits, expected) in [
            ("900123", Some(day(1990, 1, 23))),
            ("261123", Some(day(2026, 11, 23))),
            ("261124", Some(day(1926, 11, 24))),
            ("000229", Some(day(2000, 2, 29))),
            ("900231", None),
            ("901301", None),
            ("9001", None),
            ("90<<01", None),
            ("9é0101", None),
        ] {
            assert_eq!(birth_date(digits, as_of), expected, "{digits}");
        }
        assert!(agrees(day(1920, 1, 2), day(2020, 1, 2)) && !agrees(day(1919, 1, 2), day(2020, 1, 2)));
        assert!(is_day("330415") && !is_day("331315") && !is_day("3304150"));
    }
}
