//! Civil dates of Asia/Shanghai, and ages counted on them.
//!
//! The zone is UTC+8 without daylight saving since 1992. Instants here are those of decisions, never of births, so the
//! summers of 1986 to 1991 do not matter and no time-zone table is needed.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::application::DateInput;

/// Asia/Shanghai is so far ahead of UTC.
const OFFSET: TimeDelta = TimeDelta::hours(8);

/// Age at which a person is of full age (Civil Code, article 17), in years.
pub const FULL_AGE: i32 = 18;

/// The date in Asia/Shanghai at `instant`.
pub fn date(instant: DateTime<Utc>) -> NaiveDate {
    local(instant).date()
}

/// The time of day in Asia/Shanghai at `instant`.
pub fn time(instant: DateTime<Utc>) -> NaiveTime {
    local(instant).time()
}

fn local(instant: DateTime<Utc>) -> NaiveDateTime {
    let utc = instant.naive_utc();
    // Only an instant within eight hours of the calendar's end has no local time; its UTC time is near enough.
    utc.checked_add_signed(OFFSET).unwrap_or(utc)
}

/// The instant at which `day` begins in Asia/Shanghai.
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    at(day, NaiveTime::MIN)
}

/// The instant at which `day` ends in Asia/Shanghai: 24:00.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    // The calendar's last day is nobody's deadline.
    midnight(day.succ_opt().unwrap_or(day))
}

/// The instant at which it is `time` on `day` in Asia/Shanghai.
pub fn at(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = day.and_time(time);
    // Only the calendar's very first day begins before there are instants.
    local.checked_sub_signed(OFFSET).unwrap_or(local).and_utc()
}

/// Whole years lived on the day `on` by somebody born on `birth`; negative before the birth.
///
/// A year is complete on the birthday itself. Somebody born on 29 February completes a year of a common year on
/// 1 March: the day after 28 February is the first that is not before the birthday.
pub fn age(birth: NaiveDate, on: NaiveDate) -> i32 {
    let not_yet = (on.month(), on.day()) < (birth.month(), birth.day());
    on.year() - birth.year() - i32::from(not_yet)
}

/// Whether somebody born on `birth` is a minor (未成年人) on the day `on`.
///
/// An unknown birth date is nobody's youth: without a day that is not after `on`, the answer is no.
pub fn is_minor(birth: DateInput, on: NaiveDate) -> bool {
    birth.day().is_some_and(|birth| birth <= on && age(birth, on) < FULL_AGE)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_date_turns_at_sixteen_hours_utc() {
        let at = |hour, minute| date(Utc.with_ymd_and_hms(2026, 11, 22, hour, minute, 59).unwrap());
        assert_eq!(at(15, 59), day(2026, 11, 22));
        assert_eq!(at(16, 0), day(2026, 11, 23));
        assert_eq!(date(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC.date_naive());
    }

    #[test]
    fn instants_and_local_times_are_there_and_back() {
        let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
        let instant = at(day(2026, 11, 23), nine);
        assert_eq!(instant, Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).unwrap());
        assert_eq!((date(instant), time(instant)), (day(2026, 11, 23), nine));
        assert_eq!(end_of(day(2026, 11, 23)), Utc.with_ymd_and_hms(2026, 11, 23, 16, 0, 0).unwrap());
    }

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        let born = day(2008, 11, 23);
        assert_eq!(age(born, day(2026, 11, 22)), 17);
        assert_eq!(age(born, day(2026, 11, 23)), 18);
        assert_eq!(age(born, born), 0);
        assert_eq!(age(born, day(2008, 11, 22)), -1);
    }

    #[test]
    fn born_on_a_leap_day_one_is_of_age_on_the_first_of_march() {
        let born = day(2008, 2, 29);
        assert!(is_minor(DateInput::Day(born), day(2026, 2, 28)));
        assert!(!is_minor(DateInput::Day(born), day(2026, 3, 1)));
        // Twenty years later there is such a day.
        assert_eq!(age(born, day(2028, 2, 28)), 19);
        assert_eq!(age(born, day(2028, 2, 29)), 20);
    }

    #[test]
    fn an_unknown_or_future_birth_makes_no_minor() {
        let on = day(2026, 11, 23);
        assert!(!is_minor(DateInput::Unset, on) && !is_minor(DateInput::Impossible, on));
        assert!(!is_minor(DateInput::Day(day(2026, 11, 24)), on));
        assert!(is_minor(DateInput::Day(on), on));
    }
}
