//! Taking a request back, or ending a grant before its time.

use uuid::Uuid;

use super::{GrantRow, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
};

/// Ends the request or grant `id`.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessRequestNotFound`], [`AppError::AccessStateMismatch`] if it is over already,
/// [`AppError::RequestIdReused`].
pub async fn end_access(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
) -> Result<GrantRow, AppError> {
    let who = who(principal, Action::EndAccess)?;
    let answer = app.store.end_access(app.privacy_tools(), who, key, id).await;
    app.grant_answer(answer, AppError::AccessRequestNotFound)
}
