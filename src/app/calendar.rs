//! The working-day calendar in force, and the name under which verdicts carry it.
//!
//! A snapshot, as [`super::rule_set`] is one of the profile: whatever loads other notices makes a new one and puts it in the
//! place of this.

use zhenshi_domain::calendar::{Calendar, NoticeError};

/// A calendar with its version.
#[derive(Debug, Clone)]
pub struct CalendarSnapshot {
    /// The loaded notices.
    pub calendar: Calendar,
    /// Years and hash of the notices, such as `2019-2026-5f2c0a9b7d315f2c`.
    pub version: String,
}

impl CalendarSnapshot {
    /// The snapshot of `calendar`.
    pub fn new(calendar: Calendar) -> Self {
        Self { version: calendar.version(), calendar }
    }

    /// The calendar that is part of the program.
    ///
    /// # Errors
    /// When a shipped notice is not right, which a test rules out.
    pub fn shipped() -> Result<Self, NoticeError> {
        Calendar::shipped().map(Self::new)
    }
}
