//! Job: asks the database for what metrics tell of it. Runs in every process, because each has its own way to the database.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Next;
use crate::{
    clock::SharedClock,
    store::{Store, StoreError},
    telemetry::metrics::METRICS,
};

/// Pause between two looks: shorter than the time between two scrapes.
pub const PAUSE: Duration = Duration::from_secs(5);

/// One look. While the database is away the other gauges keep what they last said, and `zhenshi_database_up` is 0.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(store: &Store, clock: &SharedClock) -> Result<Next, StoreError> {
    let at = clock.now();
    let looked = store.measure(at).await;
    METRICS.database.up.set(i64::from(looked.is_ok()));
    let figures = looked?;
    // Milliseconds of an age fit a double exactly.
    let seconds = |since: Option<DateTime<Utc>>| {
        let age = since.map_or(0, |since| (at - since).num_milliseconds().max(0));
        Duration::from_millis(age.unsigned_abs()).as_secs_f64()
    };
    METRICS.audit.chain_position.set(figures.chain_position);
    METRICS.audit.unchained.set(figures.unchained);
    METRICS.audit.unchained_age.set(seconds(figures.oldest_unchained));
    METRICS.cases.timers_late.set(seconds(figures.oldest_timer));
    METRICS.audit.outbox_position.set(figures.outbox_position);
    METRICS.audit.outbox_waiting.set(figures.outbox_waiting);
    METRICS.partitions.default_rows.set(figures.default_rows);
    METRICS.partitions.months_ahead.set(figures.months_ahead);
    Ok(Next::AfterPause)
}
