//! Job: asks the database how the suspicion lists get on, for metrics. Runs in every process, as [`super::measures`] does.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::NaiveTime;
use uuid::Uuid;
use zhenshi_domain::suspicion::{Clue, schedule};

use super::{Next, suspicion_list};
use crate::{
    app::calendar::Calendars,
    clock::SharedClock,
    store::{Store, StoreError},
    telemetry::metrics::{ClueLabels, METRICS},
};

/// Pause between two looks: shorter than the time between two scrapes.
pub const PAUSE: Duration = Duration::from_secs(5);

/// The looks of one process.
pub struct ListFigures {
    /// Where the lists are.
    pub store: Store,
    /// Which days have one.
    pub calendars: Calendars,
    /// Tells which day it is.
    pub clock: SharedClock,
    /// Time of day, in Asia/Shanghai, from which the day's list is made.
    pub at: NaiveTime,
    /// The list whose suspicions were counted last: a sealed one never changes.
    pub counted: Mutex<Option<Uuid>>,
}

impl ListFigures {
    /// One look.
    ///
    /// # Errors
    /// When the database cannot be reached; the gauges keep what they last said.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let figures = self.store.measure_lists().await?;
        let now = self.clock.now();
        let until = suspicion_list::due_until(now, self.at);
        let not_closed = schedule::due(&self.calendars.current().calendar, figures.newest_date, until).len();
        let age = figures.oldest_unsealed.map_or(0, |oldest| (now - oldest).num_milliseconds().max(0));
        let lists = &METRICS.lists;
        lists.due.set(figures.unsealed.saturating_add(i64::try_from(not_closed).unwrap_or(i64::MAX)));
        lists.open_chunks.set(figures.open_chunks);
        // Milliseconds of an age fit a double exactly.
        lists.unsealed_age.set(Duration::from_millis(age.unsigned_abs()).as_secs_f64());
        self.count(figures.newest_sealed).await?;
        Ok(Next::AfterPause)
    }

    /// Counts the suspicions of `newest_sealed`, unless they are counted.
    async fn count(&self, newest_sealed: Option<Uuid>) -> Result<(), StoreError> {
        let counted = *self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if newest_sealed.is_some() && counted == newest_sealed {
            return Ok(());
        }
        let found = match newest_sealed {
            Some(list_id) => self.store.suspicions_by_clue(list_id).await?,
            None => Vec::new(),
        };
        for clue in Clue::ALL {
            let suspicions = found.iter().find(|(of, _)| *of == clue).map_or(0, |(_, count)| *count);
            METRICS.lists.suspicions.get_or_create(&ClueLabels { clue: clue.name() }).set(suspicions);
        }
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = newest_sealed;
        Ok(())
    }
}
