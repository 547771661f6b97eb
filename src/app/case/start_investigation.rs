//! The assignee says that he works on it (article 13: 立即由渠道内勤……完成可疑排查).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Starts the investigation of the caller's own case.
///
/// # Errors
/// [`AppError::MoveNotAllowed`] if it is not assigned to him, or has begun; and what every change answers with.
pub async fn start_investigation(
    app: &App,
    principal: &Principal,
    call: CaseCall,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::StartInvestigation)?;
    let answer = app.store.start_investigation(app.case_tools(), scope, call.command("START_CASE")).await;
    app.case_answer(answer)
}
