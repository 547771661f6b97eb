//! Reminders and escalations that are due: told once each, on the timeline and to other systems.

use crate::{
    app::{App, AppError},
    store::case::Fired,
};

/// Timers of one transaction: what a killed worker leaves to another.
pub const TIMERS_PER_PASS: i64 = 200;

/// Sends some of what is due.
///
/// # Errors
/// When the database cannot be reached.
pub async fn fire_timers(app: &App) -> Result<Fired, AppError> {
    app.store.fire_timers(app.case_tools(), TIMERS_PER_PASS).await.map_err(|error| app.failed(&error))
}
