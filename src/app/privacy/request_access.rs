//! Asking for access.

use zhenshi_domain::access::{Field, Purpose};

use super::{AccessKind, GrantRow, NewGrant, OutsiderDocument, SubjectIds, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
};

/// What is asked for, in words.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whether to look at or to take away.
    pub kind: AccessKind,
    /// To what.
    pub subject: SubjectIds,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// For how many calendar days: 1 to 3.
    pub days: u8,
    /// How many copies are taken away; 1 to look at.
    pub copies: i16,
    /// Why.
    pub reason: String,
    /// Who of another house will look: by what he is registered, and who he is, as JSON.
    pub outsider: Option<(OutsiderDocument, String)>,
}

/// Asks for access to a subject.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessSubjectNotFound`], [`AppError::RequestIdReused`].
pub async fn request_access(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    asked: Asked,
) -> Result<GrantRow, AppError> {
    let who = who(principal, Action::RequestAccess)?;
    let Asked { kind, subject, fields, purpose, days, copies, reason, outsider } = asked;
    let outsider = match outsider {
        None => None,
        Some((document, words)) => Some((document, app.seal_privacy_text(&words)?)),
    };
    let reason = app.seal_privacy_text(&reason)?;
    let new = NewGrant { kind, subject, fields, purpose, days, copies, reason, outsider };
    let answer = app.store.request_access(app.privacy_tools(), who, key, new).await;
    app.grant_answer(answer, AppError::AccessSubjectNotFound)
}
