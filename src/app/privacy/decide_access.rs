//! Agreeing to a request for access, or refusing it.

use uuid::Uuid;

use super::{GrantRow, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
};

/// Decides on the request `id`: as head of the requester's department, or for customer service.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessRequestNotFound`], [`AppError::SecondPersonRequired`],
/// [`AppError::AccessStateMismatch`], [`AppError::RequestIdReused`].
pub async fn decide_access(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
    agrees: bool,
    note: &str,
) -> Result<GrantRow, AppError> {
    let who = who(principal, Action::DecideAccess)?;
    let note = if note.is_empty() { None } else { Some(app.seal_privacy_text(note)?) };
    let answer = app.store.decide_access(app.privacy_tools(), who, key, id, (agrees, note)).await;
    app.grant_answer(answer, AppError::AccessRequestNotFound)
}
