//! One notice (國務院辦公廳關於……部分節假日安排的通知): which days are off and which weekend days are worked instead.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::Deserialize;
use thiserror::Error;

use super::REACH_FIRST_DAY;

/// Why a notice cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoticeError {
    /// Not TOML, a key too many or too few, or no date.
    #[error("holiday notice: {0}")]
    Read(String),
    /// A day that is neither in the year nor in the last days of December before.
    #[error("holiday notice of {year}: {date} is out of its reach")]
    OutOfReach {
        /// Year of the notice.
        year: i32,
        /// The day.
        date: NaiveDate,
    },
    /// A day that is off and worked at once.
    #[error("holiday notice of {year}: {date} is both off and a make-up day")]
    Both {
        /// Year of the notice.
        year: i32,
        /// The day.
        date: NaiveDate,
    },
    /// A make-up day that would be worked anyway.
    #[error("holiday notice of {year}: the make-up day {date} is no weekend day")]
    NoWeekend {
        /// Year of the notice.
        year: i32,
        /// The day.
        date: NaiveDate,
    },
    /// No off-days: the file of a year whose notice is not out yet, which must not pass for a year without holidays.
    #[error("holiday notice of {year}: it names no off-days")]
    Empty {
        /// Year of the notice.
        year: i32,
    },
}

/// The notice for one year, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    year: i32,
    sources: Vec<String>,
    off_days: BTreeSet<NaiveDate>,
    make_up_days: BTreeSet<NaiveDate>,
}

/// A notice as a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i32,
    notices: Vec<String>,
    off_days: Vec<NaiveDate>,
    make_up_days: Vec<NaiveDate>,
}

impl Notice {
    /// Reads a notice from TOML: `year`, `notices` (where it was published), `off_days`, `make_up_days`.
    ///
    /// # Errors
    /// [`NoticeError`], as [`Self::new`] too.
    pub fn parse(text: &str) -> Result<Self, NoticeError> {
        let file: File =
            toml::from_str(text).map_err(|error| NoticeError::Read(error.message().to_owned()))?;
        Self::new(file.year, file.notices, file.off_days, file.make_up_days)
    }

    /// The notice for `year`, published at `sources`.
    ///
    /// # Errors
    /// [`NoticeError`] if it names a day out of its reach, a make-up day that is no weekend day or is off, or no off-day.
    pub fn new(
        year: i32,
        sources: Vec<String>,
        off_days: impl IntoIterator<Item = NaiveDate>,
        make_up_days: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, NoticeError> {
        let off_days: BTreeSet<_> = off_days.into_iter().collect();
        let make_up_days: BTreeSet<_> = make_up_days.into_iter().collect();
        if off_days.is_empty() {
            return Err(NoticeError::Empty { year });
        }
        let reaches = |date: &&NaiveDate| {
            date.year() == year
                || (date.year() == year - 1 && date.month() == 12 && date.day() >= REACH_FIRST_DAY)
        };
        if let Some(date) = off_days.union(&make_up_days).find(|date| !reaches(date)) {
            return Err(NoticeError::OutOfReach { year, date: *date });
        }
        if let Some(date) = off_days.intersection(&make_up_days).next() {
            return Err(NoticeError::Both { year, date: *date });
        }
        let weekend = |date: &&NaiveDate| matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        if let Some(date) = make_up_days.iter().find(|date| !weekend(date)) {
            return Err(NoticeError::NoWeekend { year, date: *date });
        }
        Ok(Self { year, sources, off_days, make_up_days })
    }

    /// The year that it is for.
    pub const fn year(&self) -> i32 {
        self.year
    }

    /// Where it was published.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Its off-days, in order; some are weekend days anyway.
    pub fn off_days(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.off_days.iter().copied()
    }

    /// Its make-up days, in order.
    pub fn make_up_days(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.make_up_days.iter().copied()
    }

    /// Whether `date` is a working day, if the notice names it.
    pub fn says(&self, date: NaiveDate) -> Option<bool> {
        if self.make_up_days.contains(&date) {
            Some(true)
        } else {
            self.off_days.contains(&date).then_some(false)
        }
    }
}
