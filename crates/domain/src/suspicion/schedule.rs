//! Which lists are due: one for every working day, missed ones caught up, oldest first.
//!
//! The list of a working day sees what was recorded before that day's midnight in Asia/Shanghai: Friday evening, Saturday
//! and Sunday fall into Monday's list.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    calendar::{Calendar, Certainty},
    shanghai,
};

/// A list that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueList {
    /// Its working day.
    pub date: NaiveDate,
    /// The notice of the year is not loaded: that it is a working day is presumed.
    pub provisional: bool,
}

/// The lists that are due on the day `today`, after the newest list `last`; the oldest first. Without any list yet, the
/// one of `today`, if it is a working day: what was recorded before falls into it.
pub fn due(calendar: &Calendar, last: Option<NaiveDate>, today: NaiveDate) -> Vec<DueList> {
    let first = last.and_then(|last| last.succ_opt()).unwrap_or(today);
    first
        .iter_days()
        .take_while(|date| *date <= today)
        .filter_map(|date| {
            let working = calendar.provisional_is_working_day(date);
            let provisional = working.certainty != Certainty::Settled;
            working.value.then_some(DueList { date, provisional })
        })
        .collect()
}

/// The cut of the list of `date`: its midnight in Asia/Shanghai.
pub fn cut(date: NaiveDate) -> DateTime<Utc> {
    shanghai::midnight(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn dates(last: Option<&str>, today: &str) -> Vec<String> {
        let calendar = Calendar::shipped().unwrap();
        due(&calendar, last.map(day), day(today)).iter().map(|list| list.date.to_string()).collect()
    }

    #[test]
    fn weekends_and_holidays_have_no_list_and_make_up_days_do() {
        // Friday's list is there; on Saturday and Sunday nothing is due.
        assert_eq!(dates(Some("2026-11-20"), "2026-11-22"), [""; 0]);
        assert_eq!(dates(Some("2026-11-20"), "2026-11-23"), ["2026-11-23"]);
        // National Day 2026: 1 to 7 October off, 20 September and 10 October worked.
        assert_eq!(dates(Some("2026-09-30"), "2026-10-10"), ["2026-10-08", "2026-10-09", "2026-10-10"]);
        assert_eq!(dates(Some("2026-09-18"), "2026-09-20"), ["2026-09-20"]);
    }

    #[test]
    fn missed_days_are_caught_up_oldest_first_and_the_first_list_is_todays() {
        assert_eq!(dates(Some("2026-11-17"), "2026-11-20"), ["2026-11-18", "2026-11-19", "2026-11-20"]);
        assert_eq!(dates(None, "2026-11-23"), ["2026-11-23"]);
        assert_eq!(dates(None, "2026-11-22"), [""; 0]);
        assert_eq!(dates(Some("2026-11-23"), "2026-11-23"), [""; 0]);
    }

    #[test]
    fn a_year_without_notice_is_provisional_and_still_has_its_lists() {
        let calendar = Calendar::shipped().unwrap();
        let lists = due(&calendar, Some(day("2028-03-03")), day("2028-03-06"));
        assert_eq!(lists, [DueList { date: day("2028-03-06"), provisional: true }]);
    }

    #[test]
    fn the_cut_is_midnight_in_shanghai() {
        assert_eq!(cut(day("2026-11-23")).to_rfc3339(), "2026-11-22T16:00:00+00:00");
    }
}
