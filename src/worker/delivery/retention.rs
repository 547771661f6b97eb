//! Job: forgets deliveries that are done or were given up long ago.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    clock::SharedClock,
    store::{
        Store, StoreError,
        delivery::retention::{Forget, Forgotten},
    },
    worker::Next,
};

/// Pause between two looks when nothing is left to forget.
pub const PAUSE: Duration = Duration::from_hours(1);

/// Forgets what is old.
pub struct Retention {
    /// The database.
    pub store: Store,
    /// Tells the time.
    pub clock: SharedClock,
    /// Days for which what was delivered is kept.
    pub keep_delivered_days: u16,
    /// Days for which what was given up is kept.
    pub keep_dead_days: u16,
}

impl Retention {
    /// One step.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let now = self.clock.now();
        let forget = Forget {
            delivered_before: now - TimeDelta::days(self.keep_delivered_days.into()),
            dead_before: now - TimeDelta::days(self.keep_dead_days.into()),
        };
        let Forgotten { deliveries, requests, more } = self.store.forget_deliveries(forget).await?;
        if deliveries + requests > 0 {
            tracing::info!(deliveries, requests, "old deliveries are forgotten");
        }
        Ok(if more { Next::AtOnce } else { Next::AfterPause })
    }
}
