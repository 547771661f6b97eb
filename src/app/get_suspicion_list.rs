//! The list of one day.

use chrono::NaiveDate;

use super::{App, AppError, ListKind, ListState, SuspicionListRow};

/// The list of `kind` of the day `list_date`. Its facts and counts are nobody's data: every caller may ask.
///
/// # Errors
/// [`AppError::SuspicionListNotFound`] if there is none, [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn get_suspicion_list(
    app: &App,
    kind: ListKind,
    list_date: NaiveDate,
) -> Result<SuspicionListRow, AppError> {
    let found = app.store.get_suspicion_list(kind, list_date).await.map_err(|error| app.failed(&error))?;
    found.ok_or(AppError::SuspicionListNotFound)
}

/// The same, if it is sealed: before that its suspicions are still being written.
///
/// # Errors
/// As [`get_suspicion_list`], and [`AppError::SuspicionListNotSealed`].
pub(super) async fn get_sealed(
    app: &App,
    kind: ListKind,
    list_date: NaiveDate,
) -> Result<SuspicionListRow, AppError> {
    let list = get_suspicion_list(app, kind, list_date).await?;
    if list.state == ListState::Sealed { Ok(list) } else { Err(AppError::SuspicionListNotSealed) }
}
