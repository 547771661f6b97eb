//! Deadlines after a policy event or by another calendar.

use uuid::Uuid;

use crate::{
    app::{App, AppError},
    store::case::Recomputed,
};

/// Policy events of one transaction.
pub const EVENTS_PER_PASS: i64 = 200;
/// Cases of one transaction.
pub const CASES_PER_PASS: i64 = 500;

/// Computes some of the deadlines that may have moved anew.
///
/// # Errors
/// When the database cannot be reached.
pub async fn recompute_deadlines(app: &App) -> Result<Recomputed, AppError> {
    let after = app.store.recompute_after_events(app.case_tools(), EVENTS_PER_PASS).await;
    let after = after.map_err(|error| app.failed(&error))?;
    let by = app.store.recompute_by_calendar(app.case_tools(), CASES_PER_PASS).await;
    let by = by.map_err(|error| app.failed(&error))?;
    Ok(Recomputed { taken: after.taken + by.taken, changed: after.changed + by.changed })
}

/// Computes the deadlines of `case_ids` anew, whatever may have moved.
///
/// # Errors
/// When the database cannot be reached.
pub async fn recompute_cases(app: &App, case_ids: Vec<Uuid>) -> Result<Recomputed, AppError> {
    app.store.recompute_cases(app.case_tools(), case_ids).await.map_err(|error| app.failed(&error))
}
