//! Cases out of the sealed daily lists: the same step for the worker, for the demo and for tests.

use crate::app::{App, AppError};

/// One step: the next suspicions that have no case get theirs. Says whether there was anything to do. Any number of
/// workers may call it at once; a later list waits for an earlier one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn make_cases(app: &App) -> Result<bool, AppError> {
    let made = app.store.make_cases(app.case_tools(), app.release_time).await;
    made.map_err(|error| app.failed(&error))
}
