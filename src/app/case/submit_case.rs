//! The assignee ends the investigation with an outcome and its evidence (article 13).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
    store::case::submission::Submission,
};

/// Submits the caller's own case; `summary` is what was found.
///
/// # Errors
/// [`AppError::EvidenceMissing`] with everything that the outcome lacks; [`AppError::MoveNotAllowed`]; and what every change
/// answers with.
pub async fn submit_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    submission: Submission,
    summary: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::SubmitCase)?;
    let summary = app.seal_text(summary)?;
    let command = call.command("SUBMIT_CASE");
    app.case_answer(app.store.submit_case(app.case_tools(), scope, command, submission, summary).await)
}
