//! The lists, newest first, a page at a time.

use uuid::Uuid;

use super::{App, AppError, ListKind, SuspicionListRow};
use crate::security::{policy::Action, principal::Principal};

/// A page of lists.
pub struct Page {
    /// The lists, newest first.
    pub rows: Vec<SuspicionListRow>,
    /// The last list of this page, if there is a page after it.
    pub next: Option<Uuid>,
}

/// The lists (of `kind`, if one is given) after the list `after`, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn list_suspicion_lists(
    app: &App,
    principal: &Principal,
    kind: Option<ListKind>,
    after: Option<Uuid>,
    page_size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListSuspicionLists)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let mut rows = app
        .store
        .list_suspicion_lists(scope, kind, after, limit)
        .await
        .map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}
