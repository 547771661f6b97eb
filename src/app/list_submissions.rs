//! Recorded submissions by filter, newest first, a page at a time.

use uuid::Uuid;

use super::{App, AppError};
use crate::{
    security::{policy::Action, principal::Principal},
    store::{filter::SubmissionFilter, submission::SubmissionRow},
};

/// A page of submissions.
pub struct Page {
    /// The submissions, newest first, with each whether it is in force.
    pub rows: Vec<(SubmissionRow, bool)>,
    /// The last submission of this page, if there is a page after it.
    pub next: Option<Uuid>,
}

/// The submissions within the caller's scope that match `filter`, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn list_submissions(
    app: &App,
    principal: &Principal,
    filter: SubmissionFilter,
    page_size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListSubmissions)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let mut rows =
        app.store.list_submissions(scope, filter, limit).await.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|(row, _)| row.id) } else { None };
    Ok(Page { rows, next })
}
