//! The timeline of a case, oldest first, a page at a time.

use uuid::Uuid;

use super::get_case::{Texts, look, open_texts};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
    store::case::timeline::CaseEventRow,
};

/// A page of the timeline.
pub struct Page {
    /// The entries.
    pub events: Vec<CaseEventRow>,
    /// What people wrote; empty unless it was asked for.
    pub texts: Texts,
    /// The last entry (version and ordinal), if there is a page after this one.
    pub next: Option<(i64, i16)>,
}

/// Entries of the timeline of `case_id` after `after`, at most `page_size`; with `masked` also what people wrote, which is
/// written to the audit log first.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::CaseNotFound`] if there is no such case within the caller's scope.
pub async fn list_case_events(
    app: &App,
    principal: &Principal,
    case_id: Uuid,
    after: Option<(i64, i16)>,
    page_size: u16,
    masked: bool,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListCaseEvents)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let found = app.store.list_case_events(scope.clone(), case_id, after.unwrap_or_default(), limit).await;
    let mut events = found.map_err(|error| app.failed(&error))?.ok_or(AppError::CaseNotFound)?;
    let more = events.len() > usize::from(page_size);
    events.truncate(usize::from(page_size));
    let next = events.last().filter(|_| more).map(|event| (event.version, event.ordinal));
    let ids: Vec<Uuid> = events.iter().filter_map(|event| event.text_id).collect();
    let texts = if masked && !ids.is_empty() {
        look(app, &scope, case_id).await?;
        open_texts(app, scope, ids).await?
    } else {
        Texts::new()
    };
    Ok(Page { events, texts, next })
}
