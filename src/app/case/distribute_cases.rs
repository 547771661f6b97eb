//! Sorting ends and cases are distributed: the same steps for the worker, for the demo and for tests.

use crate::app::{App, AppError};

/// Releases the cases whose hour has come, and gives those that nobody has to whose turn it is. Says how many were released
/// and given; any number of workers may call it at once.
///
/// # Errors
/// When the database cannot be reached.
pub async fn distribute_cases(app: &App) -> Result<usize, AppError> {
    let failed = |error| app.failed(&error);
    let released = app.store.release_due_cases(app.case_tools()).await.map_err(failed)?;
    let given = app.store.distribute_cases(app.case_tools()).await.map_err(failed)?;
    Ok(released + given)
}
