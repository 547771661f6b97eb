//! The suspicions of one sealed list, most urgent first, a page at a time.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    App, AppError, ListKind, SuspicionFilter,
    get_suspicion_list::get_sealed,
    suspicions::{ShownSuspicion, customers, entry, open_parties, within},
};
use crate::security::{policy::Action, principal::Principal, scope::Scope};

/// Action of the audit entry of a page with parties.
const ACTION_VIEW: &str = "VIEW_MASKED";

/// A page of suspicions.
pub struct Page {
    /// The suspicions, most urgent first.
    pub suspicions: Vec<ShownSuspicion>,
    /// The last suspicion of this page, if there is a page after it.
    pub next: Option<Uuid>,
}

/// Suspicions of the list of `kind` of the day `list_date` within the caller's scope that match `filter`, at most
/// `page_size`; with their parties if `with_parties`, which is written to the audit log first.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::SuspicionListNotFound`], [`AppError::SuspicionListNotSealed`], [`AppError::StoreUnavailable`].
pub async fn list_suspicions(
    app: &App,
    principal: &Principal,
    (kind, list_date): (ListKind, NaiveDate),
    filter: SuspicionFilter,
    page_size: u16,
    with_parties: bool,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListSuspicions)?;
    if with_parties {
        app.count_look_up(principal, Action::ListSuspicions).await?;
    }
    let list = get_sealed(app, scope.clone(), kind, list_date).await?;
    let mut page = page(app, &scope, list.id, filter, page_size).await?;
    if with_parties && !page.suspicions.is_empty() {
        let ids = page.suspicions.iter().map(|shown| shown.row.id).collect();
        let entry = entry(app, &scope, ACTION_VIEW, "suspicion", ids).map_err(|error| app.failed(&error))?;
        app.store.audit(scope.clone(), entry).await.map_err(|error| app.failed(&error))?;
        app.count_shown(principal, Action::ListSuspicions, customers(&page.suspicions)).await?;
        open_parties(app, &scope, &mut page.suspicions).await?;
    }
    Ok(page)
}

/// A page of the list `list_id`, without parties.
pub(super) async fn page(
    app: &App,
    scope: &Scope,
    list_id: Uuid,
    filter: SuspicionFilter,
    page_size: u16,
) -> Result<Page, AppError> {
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let mut rows = app
        .store
        .list_suspicions(list_id, scope.clone(), filter, limit)
        .await
        .map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { suspicions: within(scope, rows), next })
}
