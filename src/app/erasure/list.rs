//! Persons by state, destructions, and one destruction with its certificate.

use uuid::Uuid;

use super::{App, ErasureError};
use crate::{
    security::{policy::Action, principal::Principal},
    store::retention::{ErasureRow, SubjectName, SubjectRow, subject::SubjectFilter},
};

/// Persons who are not active, by filter, at most `limit`.
///
/// # Errors
/// Those of every use case.
pub async fn list_subjects(
    app: &App,
    principal: &Principal,
    filter: SubjectFilter,
    limit: i64,
) -> Result<Vec<SubjectRow>, ErasureError> {
    let scope = principal.permit(Action::ListErasures)?;
    let found = app.store.retention_subjects(scope, filter, limit).await;
    Ok(found.map_err(|error| app.failed(&error))?)
}

/// How the data of one person stand today, with the days from which what is allowed.
///
/// # Errors
/// [`ErasureError::NotFound`], and those of every use case.
pub async fn show_subject(
    app: &App,
    principal: &Principal,
    name: SubjectName,
) -> Result<SubjectRow, ErasureError> {
    let scope = principal.permit(Action::ListErasures)?;
    let tools = app.retention_tools(&scope);
    let found = app.store.retention_of(scope, tools, name).await.map_err(|error| app.failed(&error))?;
    found.ok_or(ErasureError::NotFound)
}

/// Destructions, newest first, at most `limit`, those before the id `before`; only open ones if `open`.
///
/// # Errors
/// Those of every use case.
pub async fn list_erasures(
    app: &App,
    principal: &Principal,
    open: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ErasureRow>, ErasureError> {
    let scope = principal.permit(Action::ListErasures)?;
    let found = app.store.erasures(scope, open, before, limit).await;
    Ok(found.map_err(|error| app.failed(&error))?)
}

/// The destruction `id`, with its certificate when it is done.
///
/// # Errors
/// [`ErasureError::NotFound`], and those of every use case.
pub async fn get_erasure(app: &App, principal: &Principal, id: Uuid) -> Result<ErasureRow, ErasureError> {
    let scope = principal.permit(Action::ListErasures)?;
    let found = app.store.erasure(scope, id).await.map_err(|error| app.failed(&error))?;
    found.ok_or(ErasureError::NotFound)
}
