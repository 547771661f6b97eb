//! Working days of mainland China (工作日), by the yearly notices of the State Council's General Office.
//!
//! A day is a working day if a notice names it a make-up day (調休上班), or if it is a weekday that no notice names an
//! off-day (放假). The notice for a year comes out late in the year before, and it can reach into the December before:
//! that for 2019 made 29 December 2018 a working Saturday. So a day from [`REACH_FIRST_DAY`] December on is settled only
//! when the notices of both years are loaded, and every other day when that of its own year is.
//!
//! The exact functions refuse to guess: a day that is not settled is [`YearNotLoaded`], never "a weekday, so it works".
//! Deadlines need a date even so; the `provisional_` functions give one together with its [`Certainty`], and it must be
//! computed again when a notice is loaded. What they assume:
//!
//! - 25 to 31 December whose own notice is loaded and the next one is not: what the loaded one says. That is right in
//!   most years, and `zhenshi check` answers so ([`Certainty::NextNoticeOpen`]).
//! - A year without notice: weekdays less the statutory holidays of [`statutory`] ([`Certainty::Provisional`]).
//!
//! To add a year: `data/holidays/<year>.toml` from the notice, its line in [`SHIPPED`], and [`SHIPPED_YEARS`]; compare it
//! with two public sets. A running service gets it with [`Calendar::load`].

mod notice;
pub mod statutory;
mod year;

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};
pub use notice::{Notice, NoticeError};
use thiserror::Error;
pub use year::{CalendarYear, DayKind};

use crate::shanghai;

/// First day of December that the notice for the next year has ever been known to reach, with some days to spare: the
/// furthest reach on record is 29 December.
pub const REACH_FIRST_DAY: u32 = 25;

/// Years whose notices are part of the program.
pub const SHIPPED_YEARS: RangeInclusive<i32> = 2019..=2026;

/// The notices of [`SHIPPED_YEARS`].
const SHIPPED: [&str; 8] = [
    include_str!("../data/holidays/2019.toml"),
    include_str!("../data/holidays/2020.toml"),
    include_str!("../data/holidays/2021.toml"),
    include_str!("../data/holidays/2022.toml"),
    include_str!("../data/holidays/2023.toml"),
    include_str!("../data/holidays/2024.toml"),
    include_str!("../data/holidays/2025.toml"),
    include_str!("../data/holidays/2026.toml"),
];

/// A day was asked for that needs the notice of a year that is not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the working days of {year} are not known: its notice is not loaded")]
pub struct YearNotLoaded {
    /// The year whose notice is needed.
    pub year: i32,
}

/// How far an answer can be relied on. The greater the less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// By notices, all of which are loaded.
    Settled,
    /// By the notice of the year, into whose last days the next year's, not loaded yet, may still reach.
    NextNoticeOpen,
    /// Some day that counts lies in a year without notice: weekdays less statutory holidays.
    Provisional,
}

/// An answer that a notice may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate<T> {
    /// The answer.
    pub value: T,
    /// How far it can be relied on; everything but [`Certainty::Settled`] is shown as provisional.
    pub certainty: Certainty,
    /// The first notice that is missing; `None` when settled.
    pub missing: Option<YearNotLoaded>,
}

/// The loaded notices. Years that are not loaded are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    notices: BTreeMap<i32, Notice>,
}

impl Calendar {
    /// The calendar of [`SHIPPED_YEARS`].
    ///
    /// # Errors
    /// [`NoticeError`] if a shipped file is not right, which a test rules out.
    pub fn shipped() -> Result<Self, NoticeError> {
        let mut calendar = Self::default();
        for text in SHIPPED {
            calendar.load(Notice::parse(text)?);
        }
        Ok(calendar)
    }

    /// Takes in the notice of a year, in place of what was loaded for that year: a later notice can change an earlier one.
    pub fn load(&mut self, notice: Notice) {
        self.notices.insert(notice.year(), notice);
    }

    /// The loaded notices, by year.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.values()
    }

    /// Whether `date` is a working day.
    ///
    /// # Errors
    /// [`YearNotLoaded`] if its year's notice is not loaded, or, from 25 December on, the next year's.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, YearNotLoaded> {
        exact(self.provisional_is_working_day(date))
    }

    /// The `n`th working day strictly after the Shanghai date of `start`; that date itself for 0, working day or not.
    ///
    /// # Errors
    /// [`YearNotLoaded`] if a day on the way is not settled.
    pub fn add_working_days(&self, start: DateTime<Utc>, n: u16) -> Result<NaiveDate, YearNotLoaded> {
        exact(self.provisional_add_working_days(start, n))
    }

    /// Whether `date` is a working day as far as can be said now.
    pub fn provisional_is_working_day(&self, date: NaiveDate) -> Estimate<bool> {
        let year = date.year();
        let next = self.notices.get(&(year + 1));
        let reachable = date.month() == 12 && date.day() >= REACH_FIRST_DAY;
        let Some(own) = self.notices.get(&year) else {
            // What a later notice says of a day holds even so.
            return match next.filter(|_| reachable).and_then(|next| next.says(date)) {
                Some(value) => Estimate { value, certainty: Certainty::Settled, missing: None },
                None => Estimate {
                    value: is_weekday(date) && !statutory::is_holiday(date),
                    certainty: Certainty::Provisional,
                    missing: Some(YearNotLoaded { year }),
                },
            };
        };
        let (certainty, missing) = if reachable && next.is_none() {
            (Certainty::NextNoticeOpen, Some(YearNotLoaded { year: year + 1 }))
        } else {
            (Certainty::Settled, None)
        };
        // The later notice has the last word about a day that both name.
        let said = next.and_then(|next| next.says(date)).or_else(|| own.says(date));
        Estimate { value: said.unwrap_or_else(|| is_weekday(date)), certainty, missing }
    }

    /// As [`Self::add_working_days`], as far as can be said now. As uncertain as the least certain day on the way.
    pub fn provisional_add_working_days(&self, start: DateTime<Utc>, n: u16) -> Estimate<NaiveDate> {
        let mut due = Estimate { value: shanghai::date(start), certainty: Certainty::Settled, missing: None };
        let mut left = n;
        while left > 0 {
            // The end of chrono's calendar, some 260,000 years away, is nobody's deadline.
            let Some(date) = due.value.succ_opt() else { break };
            let day = self.provisional_is_working_day(date);
            due.value = date;
            due.certainty = due.certainty.max(day.certainty);
            due.missing = due.missing.or(day.missing);
            left -= u16::from(day.value);
        }
        due
    }
}

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn exact<T>(estimate: Estimate<T>) -> Result<T, YearNotLoaded> {
    match estimate.missing {
        Some(missing) => Err(missing),
        None => Ok(estimate.value),
    }
}
