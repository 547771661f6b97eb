//! Customer service keeps a case in sorting beyond its hour, or lets it go on (article 13).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Holds the case, or lets it go on.
///
/// # Errors
/// [`AppError::MoveNotAllowed`] once it is released; and what every change answers with.
pub async fn hold_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    hold: bool,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::HoldCase)?;
    let reason = app.seal_text(reason)?;
    let answer = app.store.hold_case(app.case_tools(), scope, call.command("HOLD_CASE"), hold, reason).await;
    app.case_answer(answer)
}
