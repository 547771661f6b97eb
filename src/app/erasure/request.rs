//! Asking for the destruction of a person's data.

use uuid::Uuid;

use super::{App, ErasureError, is_reference};
use crate::{
    security::{fingerprint::keyed_digest, policy::Action, principal::Principal},
    store::retention::{ErasureGround, ErasureRow, SubjectName, SubjectRow, request::NewErasure},
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct AskedErasure {
    /// Makes the call safe to repeat.
    pub request_id: Uuid,
    /// Whose data.
    pub name: SubjectName,
    /// Why.
    pub ground: ErasureGround,
    /// Number of the matter; may be empty.
    pub reference: String,
}

/// Asks for it. Inside a legal period it is refused with the first day on which it may be asked for.
///
/// # Errors
/// [`ErasureError::NotFound`] for nobody, [`ErasureError::Refused`], [`ErasureError::Reference`], and those of every use case.
pub async fn request_erasure(
    app: &App,
    principal: &Principal,
    asked: AskedErasure,
) -> Result<(ErasureRow, SubjectRow), ErasureError> {
    let scope = principal.permit(Action::RequestErasure)?;
    let AskedErasure { request_id, name, ground, reference } = asked;
    if !reference.is_empty() && !is_reference(&reference) {
        return Err(ErasureError::Reference);
    }
    let (row, party_no) = match name {
        SubjectName::Customer(id) => (id, -1),
        SubjectName::Party { submission_id, party_no } => (submission_id, party_no),
    };
    let ground_name = format!("{ground:?}");
    let parts: [&[u8]; 4] =
        [row.as_bytes(), &party_no.to_be_bytes(), ground_name.as_bytes(), reference.as_bytes()];
    let digest = keyed_digest(&app.digest_key, &parts);
    let new = NewErasure { request_id, digest, name, ground, reference };
    let tools = app.retention_tools(&scope);
    app.asked(app.store.request_erasure(scope, tools, new).await)
}
