//! An attempt to reach the customer: what `UNREACHABLE` is proved with.

use zhenshi_domain::case::evidence::ContactAttempt;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Records `attempt`, with what there is to say.
///
/// # Errors
/// [`AppError::WrongArgument`] if it lies in the future or before the case; and what every change answers with.
pub async fn record_contact_attempt(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    attempt: ContactAttempt,
    note: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::RecordContactAttempt)?;
    let note = app.seal_if_any(note)?;
    let command = call.command("RECORD_CONTACT_ATTEMPT");
    let answer = app.store.record_contact_attempt(app.case_tools(), scope, command, attempt, note).await;
    app.case_answer(answer)
}
