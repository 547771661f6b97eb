//! Job: lets time work on persons whose relation has ended, destroys what two persons decided, and says what waits.

use std::{sync::Weak, time::Duration};

use chrono::TimeDelta;

use super::Next;
use crate::{
    app::{
        App,
        erasure::shred::{ACTOR, MAX_PER_PASS, ShredError, shred_approved},
    },
    store::retention::Tools,
    telemetry::metrics::METRICS,
};

/// Pause between two passes: a decision is carried out within it.
pub const PAUSE: Duration = Duration::from_secs(5);
/// After so long the next inspection is due (fifth text, 14: every half year).
const INSPECTION: TimeDelta = TimeDelta::days(182);

/// One pass.
///
/// # Errors
/// When the database cannot be reached or the ledger cannot be written.
pub async fn once(app: &Weak<App>) -> Result<Next, ShredError> {
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    let done = shred_approved(&app).await?;
    let tools = Tools { now: app.clock.now(), entropy: app.entropy.clone(), actor: ACTOR.to_owned() };
    app.store.sweep_retention(tools).await?;
    let figures = app.store.retention_figures(app.clock.now()).await?;
    METRICS.retention.due.set(figures.due);
    METRICS.retention.overdue.set(figures.overdue);
    METRICS.retention.to_do.set(figures.to_do);
    let inspected = figures.since_inspection.is_some_and(|seconds| seconds < INSPECTION.num_seconds());
    METRICS.retention.inspection_due.set(i64::from(!inspected));
    // The sweep keeps its pause: it is in nobody's way.
    let more = i64::try_from(done).is_ok_and(|done| done >= MAX_PER_PASS);
    Ok(if more { Next::AtOnce } else { Next::AfterPause })
}
