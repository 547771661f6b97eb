//! More working days for an investigation; never for call-back or cooling-off.

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

pub use crate::store::case::extend::{MOST_WORKING_DAYS, MOST_WORKING_DAYS_TOGETHER};

/// Extends a case by `working_days`, at most [`MOST_WORKING_DAYS`] at a time and [`MOST_WORKING_DAYS_TOGETHER`] in all.
///
/// # Errors
/// [`AppError::WrongArgument`] beyond that, [`AppError::SecondPersonRequired`] for one's own case; and what every change
/// answers with.
pub async fn extend_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    working_days: u16,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ExtendCase)?;
    let reason = app.seal_text(reason)?;
    let command = call.command("EXTEND_CASE");
    let answer = app.store.extend_case(app.case_tools(), scope, command, working_days, reason).await;
    app.case_answer(answer)
}
