//! Deciding on a destruction: never who asked for it.

use uuid::Uuid;

use super::{App, ErasureError};
use crate::{
    security::{policy::Action, principal::Principal},
    store::retention::{ErasureRow, SubjectRow},
};

/// Approves or declines the destruction `id`. What is approved is destroyed by the service soon after.
///
/// # Errors
/// [`ErasureError::NotFound`], [`ErasureError::Refused`], and those of every use case.
pub async fn decide_erasure(
    app: &App,
    principal: &Principal,
    id: Uuid,
    approve: bool,
) -> Result<(ErasureRow, SubjectRow), ErasureError> {
    let scope = principal.permit(Action::DecideErasure)?;
    let tools = app.retention_tools(&scope);
    app.asked(app.store.decide_erasure(scope, tools, id, approve).await)
}
