//! Customer service withdraws a case, with a second person.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Asks to withdraw the case; asked before by somebody else, withdraws it.
///
/// # Errors
/// [`AppError::SecondPersonRequired`] for who asked first; [`AppError::MoveNotAllowed`]; and what every change answers with.
pub async fn withdraw_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::WithdrawCase)?;
    let reason = app.seal_text(reason)?;
    app.case_answer(
        app.store.withdraw_case(app.case_tools(), scope, call.command("WITHDRAW_CASE"), reason).await,
    )
}
