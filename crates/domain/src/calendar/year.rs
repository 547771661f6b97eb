//! One year of the calendar as a person reads it: the days that differ from the rule of weekdays.

use chrono::{Datelike as _, NaiveDate};

use super::{Calendar, Certainty, is_weekday};

/// How a day differs from its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// A weekday that a notice makes an off-day.
    Off,
    /// A weekend day that a notice makes a working day.
    MakeUp,
    /// A weekday that is a statutory holiday of a year without notice.
    Statutory,
}

/// One year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// The days that differ from their weekday, in order.
    pub days: Vec<(NaiveDate, DayKind)>,
    /// Its notice is not loaded.
    pub provisional: bool,
    /// First day that a notice still to come may change.
    pub open_since: Option<NaiveDate>,
}

impl Calendar {
    /// What differs from the rule of weekdays in `year`.
    pub fn year(&self, year: i32) -> CalendarYear {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let dates =
            first.into_iter().flat_map(|first| first.iter_days()).take_while(|date| date.year() == year);
        let mut found = CalendarYear {
            year,
            days: Vec::new(),
            provisional: !self.notices.contains_key(&year),
            open_since: None,
        };
        for date in dates {
            let day = self.provisional_is_working_day(date);
            if day.certainty != Certainty::Settled {
                found.open_since = found.open_since.or(Some(date));
            }
            if day.value != is_weekday(date) {
                let kind = match (day.value, day.certainty) {
                    (true, _) => DayKind::MakeUp,
                    (false, Certainty::Provisional) => DayKind::Statutory,
                    (false, _) => DayKind::Off,
                };
                found.days.push((date, kind));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_year_with_notice_has_its_off_and_make_up_days() {
        let year = Calendar::shipped().unwrap().year(2026);
        let count = |kind| year.days.iter().filter(|(_, own)| *own == kind).count();
        assert_eq!((count(DayKind::Off), count(DayKind::MakeUp), count(DayKind::Statutory)), (19, 6, 0));
        assert_eq!(year.days.first(), Some(&(day(2026, 1, 1), DayKind::Off)));
        assert!(year.days.contains(&(day(2026, 1, 4), DayKind::MakeUp)));
        // A Saturday that is off anyway is no difference.
        assert!(!year.days.iter().any(|(date, _)| *date == day(2026, 1, 3)));
        assert_eq!((year.provisional, year.open_since), (false, Some(day(2026, 12, 25))));
        let settled = Calendar::shipped().unwrap().year(2025);
        assert_eq!((settled.provisional, settled.open_since), (false, None));
    }

    #[test]
    fn a_year_without_notice_has_statutory_holidays_only() {
        let year = Calendar::shipped().unwrap().year(2027);
        assert_eq!((year.provisional, year.open_since), (true, Some(day(2027, 1, 1))));
        assert!(year.days.iter().all(|(_, kind)| *kind == DayKind::Statutory) && !year.days.is_empty());
        assert!(Calendar::shipped().unwrap().year(i32::MAX).days.is_empty());
    }
}
