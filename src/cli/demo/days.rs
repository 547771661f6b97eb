//! Which days the demo plays: chosen by the working-day calendar, so that it tells the same story whenever it is run.

use chrono::{Days, NaiveDate};
use zhenshi_domain::calendar::{Calendar, Certainty};

use crate::gendata::story::DAYS;

/// How far back a fitting day is looked for: no holiday is longer.
const LOOK_BACK_DAYS: u64 = 60;
/// How far ahead the next working day is looked for.
const LOOK_AHEAD_DAYS: u64 = 30;

/// The days of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoryDays {
    /// Days on which something arrives: two working days, a day off right after them, two more working days.
    pub days: [NaiveDate; DAYS],
    /// The working day after them, on which the last lists are made.
    pub last: NaiveDate,
    /// The working days on which cases are worked on: that one and the two after it.
    pub worked: [NaiveDate; 3],
    /// Some of them are working days or not by presumption only: the notice of their year is not loaded.
    pub provisional: bool,
}

impl StoryDays {
    /// The days of the most recent story that begins on `today` or before, on a day like a Thursday: it and the next day
    /// are worked, the one after is not. None if there is none, which no calendar of real holidays has.
    pub fn choose(calendar: &Calendar, today: NaiveDate) -> Option<Self> {
        (0..LOOK_BACK_DAYS).find_map(|back| Self::from(calendar, today.checked_sub_days(Days::new(back))?))
    }

    fn from(calendar: &Calendar, first: NaiveDate) -> Option<Self> {
        let works = |day: NaiveDate| calendar.provisional_is_working_day(day);
        let second = first.succ_opt()?;
        let off = second.succ_opt()?;
        if !works(first).value || !works(second).value || works(off).value {
            return None;
        }
        let next = |after: NaiveDate| {
            let mut days =
                after.iter_days().skip(1).take(usize::try_from(LOOK_AHEAD_DAYS).unwrap_or_default());
            days.find(|day| works(*day).value)
        };
        let fourth = next(off)?;
        let fifth = next(fourth)?;
        let last = next(fifth)?;
        let seventh = next(last)?;
        let worked = [last, seventh, next(seventh)?];
        let provisional = first
            .iter_days()
            .take_while(|day| *day <= worked[2])
            .any(|day| works(day).certainty != Certainty::Settled);
        Some(Self { days: [first, second, off, fourth, fifth], last, worked, provisional })
    }

    /// The working days whose lists the story makes, in order: the last two are made on [`Self::last`].
    pub const fn lists(&self) -> [NaiveDate; 4] {
        [self.days[1], self.days[3], self.days[4], self.last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(today: &str) -> StoryDays {
        StoryDays::choose(&Calendar::shipped().unwrap(), today.parse().unwrap()).unwrap()
    }

    fn texts(days: &StoryDays) -> Vec<String> {
        days.days.iter().chain([&days.last]).map(ToString::to_string).collect()
    }

    #[test]
    fn a_weekend_falls_inside_whatever_today_is() {
        let usual = ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-23", "2026-11-24", "2026-11-25"];
        for today in ["2026-11-19", "2026-11-20", "2026-11-22", "2026-11-23", "2026-11-25"] {
            assert_eq!(texts(&chosen(today)), usual, "{today}");
        }
        assert_eq!(texts(&chosen("2026-11-26"))[0], "2026-11-26");
        assert!(!chosen("2026-11-24").provisional);
        let worked = chosen("2026-11-24").worked.map(|day| day.to_string());
        assert_eq!(worked, ["2026-11-25", "2026-11-26", "2026-11-27"]);
    }

    #[test]
    fn holidays_and_make_up_days_are_those_of_the_calendar() {
        // 1 to 7 October are off; Saturday the 10th is worked, so that Friday the 9th and it come before a Sunday.
        let october = ["2026-10-09", "2026-10-10", "2026-10-11", "2026-10-12", "2026-10-13", "2026-10-14"];
        assert_eq!(texts(&chosen("2026-10-11")), october);
        let eve = ["2026-09-29", "2026-09-30", "2026-10-01", "2026-10-08", "2026-10-09", "2026-10-10"];
        assert_eq!(texts(&chosen("2026-10-05")), eve);
    }

    #[test]
    fn a_year_without_notice_is_said_to_be_provisional() {
        let days = chosen("2028-03-06");
        assert!(days.provisional);
        assert_eq!(texts(&days)[0], "2028-03-02");
    }
}
