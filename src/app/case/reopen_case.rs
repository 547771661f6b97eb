//! A case is taken up again.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Takes a closed or withdrawn case up again.
///
/// # Errors
/// [`AppError::ValueHasOpenCase`] while another case of the value is open; [`AppError::MoveNotAllowed`]; and what every change answers with.
pub async fn reopen_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ReopenCase)?;
    let reason = app.seal_text(reason)?;
    app.case_answer(app.store.reopen_case(app.case_tools(), scope, call.command("REOPEN_CASE"), reason).await)
}
