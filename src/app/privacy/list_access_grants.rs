//! Requests and grants within the caller's extent, newest first.

use uuid::Uuid;

use super::{GrantFilter, GrantRow};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// One page.
pub struct Page {
    /// The requests and grants.
    pub rows: Vec<GrantRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

/// At most `size` of them; `in_force_only`, `mine_only` narrow the filter to now and to the caller.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_access_grants(
    app: &App,
    principal: &Principal,
    mut filter: GrantFilter,
    (in_force_only, mine_only): (bool, bool),
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListAccessGrants)?;
    if in_force_only {
        filter.in_force_at = Some(app.clock.now());
    }
    if mine_only {
        filter.requester_code = Some(scope.staff().unwrap_or_default().to_owned());
    }
    let listed = app.store.list_grants(scope, filter, i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}
