//! A verifier agrees with a submission for his department (article 13: 对排查结果进行检验核实).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Verifies a submission; `note` may be empty.
///
/// # Errors
/// [`AppError::SecondPersonRequired`] for who handled the case; [`AppError::MoveNotAllowed`]; and what every change answers
/// with.
pub async fn verify_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    note: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::VerifyCase)?;
    let note = if note.is_empty() { None } else { Some(app.seal_text(note)?) };
    app.case_answer(app.store.verify_case(app.case_tools(), scope, call.command("VERIFY_CASE"), note).await)
}
