//! Entries of the audit log by filter, newest first, a page at a time. There is no personal data in them.

use super::{App, AppError, AuditFilter, AuditRow};
use crate::security::{policy::Action, principal::Principal};

/// A page of entries.
#[derive(Debug)]
pub struct Page {
    /// The entries.
    pub rows: Vec<AuditRow>,
    /// Position of the last one, if there is a page after it.
    pub next: Option<i64>,
}

/// The chained entries that match `filter`, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn list_audit_entries(
    app: &App,
    principal: &Principal,
    filter: AuditFilter,
    page_size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListAuditEntries)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let listed = app.store.list_audit_entries(scope, filter, limit).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    Ok(Page { next: rows.last().filter(|_| more).map(|row| row.position), rows })
}
