//! Holds: placed and lifted, each with the number of its matter.

use uuid::Uuid;

use super::{App, ErasureError, is_reference};
use crate::{
    security::{policy::Action, principal::Principal},
    store::retention::{HoldGround, HoldRow, SubjectName},
};

/// Places a hold: nothing of the person is destroyed until it is lifted, and what was decided is to be decided again.
///
/// # Errors
/// [`ErasureError::NotFound`], [`ErasureError::Reference`], and those of every use case.
pub async fn place_hold(
    app: &App,
    principal: &Principal,
    name: SubjectName,
    ground: HoldGround,
    reference: String,
) -> Result<HoldRow, ErasureError> {
    let scope = principal.permit(Action::PlaceErasureHold)?;
    if !is_reference(&reference) {
        return Err(ErasureError::Reference);
    }
    let tools = app.retention_tools(&scope);
    app.asked(app.store.place_hold(scope, tools, name, ground, reference).await)
}

/// Lifts the hold `id`.
///
/// # Errors
/// [`ErasureError::NotFound`] if it is not in place, and those of every use case.
pub async fn lift_hold(app: &App, principal: &Principal, id: Uuid) -> Result<(), ErasureError> {
    let scope = principal.permit(Action::LiftErasureHold)?;
    let tools = app.retention_tools(&scope);
    app.asked(app.store.lift_hold(scope, tools, id).await)
}
