//! A verifier returns a submission to its assignee.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Returns a submission, with the reason.
///
/// # Errors
/// [`AppError::SecondPersonRequired`] for who handled the case; [`AppError::MoveNotAllowed`]; and what every change answers with.
pub async fn return_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ReturnCase)?;
    let reason = app.seal_text(reason)?;
    app.case_answer(app.store.return_case(app.case_tools(), scope, call.command("RETURN_CASE"), reason).await)
}
