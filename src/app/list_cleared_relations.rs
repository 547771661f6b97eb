//! Pairs of customers whom a verified case has cleared, newest first, a page at a time.

use uuid::Uuid;

use super::{App, AppError, ClearedRelationRow};
use crate::security::{policy::Action, principal::Principal};

/// A page of pairs.
pub struct Page {
    /// The pairs, newest first.
    pub rows: Vec<ClearedRelationRow>,
    /// The last pair of this page, if there is a page after it.
    pub next: Option<Uuid>,
}

/// The pairs within the caller's scope (of `customer_id`, if one is given) after the pair `after`, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn list_cleared_relations(
    app: &App,
    principal: &Principal,
    customer_id: Option<Uuid>,
    after: Option<Uuid>,
    page_size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListClearedRelations)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let found = app.store.list_cleared_relations(scope, customer_id, after, limit).await;
    let mut rows = found.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}
