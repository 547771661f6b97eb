//! Job: the suspicion list of every working day, at its set time; missed days at once.

use std::{sync::Weak, time::Duration};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use zhenshi_domain::shanghai;

use super::Next;
use crate::app::{
    App, AppError,
    run_suspicion_list::{Step, advance},
};

/// Pause between two looks at whether a list is due.
pub const PAUSE: Duration = Duration::from_secs(10);

/// The day up to which lists are due at `now`: before the set time it is still yesterday.
pub fn due_until(now: DateTime<Utc>, at: NaiveTime) -> NaiveDate {
    shanghai::date(now - at.signed_duration_since(NaiveTime::MIN).max(TimeDelta::zero()))
}

/// The list job of one process. Any number may run.
pub struct SuspicionLists {
    /// What the steps need; not kept alive between them, because the recorder ends only when nobody can reach it.
    pub app: Weak<App>,
    /// Time of day, in Asia/Shanghai, from which the day's list is made.
    pub at: NaiveTime,
}

impl SuspicionLists {
    /// One step.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn once(&self) -> Result<Next, AppError> {
        // The service is ending.
        let Some(app) = self.app.upgrade() else { return Ok(Next::AfterPause) };
        Ok(match advance(&app, due_until(app.clock.now(), self.at), false).await? {
            Step::Worked => Next::AtOnce,
            Step::Busy | Step::Done => Next::AfterPause,
        })
    }
}
