//! Customer service works on a case itself (article 13).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Gives the case to the caller; compliance verifies it then.
///
/// # Errors
/// [`AppError::MoveNotAllowed`], and what every change answers with.
pub async fn take_over_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::TakeOverCase)?;
    let reason = app.seal_text(reason)?;
    app.case_answer(
        app.store.take_over_case(app.case_tools(), scope, call.command("TAKE_OVER_CASE"), reason).await,
    )
}
