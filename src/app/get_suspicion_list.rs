//! The list of one day.

use chrono::NaiveDate;

use super::{App, AppError, ListKind, ListState, SuspicionListRow};
use crate::{
    security::{policy::Action, principal::Principal, scope::Scope},
    store::case::figures::ListFigures,
};

/// The list of `kind` of the day `list_date`, and what became of its suspicions once a daily one is sealed. Its facts and counts are nobody's data: they are the same
/// for everybody who may ask.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::SuspicionListNotFound`] if there is none; [`AppError::StoreUnavailable`] when the
/// database does not answer.
pub async fn get_suspicion_list(
    app: &App,
    principal: &Principal,
    kind: ListKind,
    list_date: NaiveDate,
) -> Result<(SuspicionListRow, Option<ListFigures>), AppError> {
    let scope = principal.permit(Action::GetSuspicionList)?;
    let list = find(app, scope.clone(), kind, list_date).await?;
    if kind != ListKind::Daily || list.state != ListState::Sealed {
        return Ok((list, None));
    }
    let figures = app.store.list_figures(list.id).await;
    let figures = figures.map_err(|error| app.failed(&error))?;
    Ok((list, Some(figures)))
}

async fn find(
    app: &App,
    scope: Scope,
    kind: ListKind,
    list_date: NaiveDate,
) -> Result<SuspicionListRow, AppError> {
    let found = app.store.get_suspicion_list(scope, kind, list_date).await;
    found.map_err(|error| app.failed(&error))?.ok_or(AppError::SuspicionListNotFound)
}

/// The list under a scope that was given for another action, if it is sealed: before that its suspicions are still being written.
///
/// # Errors
/// As [`get_suspicion_list`], and [`AppError::SuspicionListNotSealed`].
pub(super) async fn get_sealed(
    app: &App,
    scope: Scope,
    kind: ListKind,
    list_date: NaiveDate,
) -> Result<SuspicionListRow, AppError> {
    let list = find(app, scope, kind, list_date).await?;
    if list.state == ListState::Sealed { Ok(list) } else { Err(AppError::SuspicionListNotSealed) }
}
