//! The clock of the working days stands still, and goes on. Nobody stops the clock of a case that is his own.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Pauses a case.
///
/// # Errors
/// [`AppError::SecondPersonRequired`] for one's own case; and what every change answers with.
pub async fn pause_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::PauseCase)?;
    let reason = app.seal_text(reason)?;
    let answer = app.store.pause_case(app.case_tools(), scope, call.command("PAUSE_CASE"), reason).await;
    app.case_answer(answer)
}

/// Resumes a case.
///
/// # Errors
/// [`AppError::MoveNotAllowed`] if it is not paused; and what every change answers with.
pub async fn resume_case(app: &App, principal: &Principal, call: CaseCall) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ResumeCase)?;
    let answer = app.store.resume_case(app.case_tools(), scope, call.command("RESUME_CASE")).await;
    app.case_answer(answer)
}
