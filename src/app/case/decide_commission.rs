//! The commission (佣金) of a case is held back by decision, or no longer.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Holds the commission of an overdue case back, or releases one that is held.
///
/// # Errors
/// [`AppError::EvidenceMissing`] (`OVERDUE`) if it is to be held and the case is not overdue; and what every change answers
/// with.
pub async fn decide_commission(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    hold: bool,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::DecideCommission)?;
    let reason = app.seal_text(reason)?;
    let command = call.command("DECIDE_COMMISSION");
    app.case_answer(app.store.decide_commission(app.case_tools(), scope, command, hold, reason).await)
}
