//! A clerk takes the most urgent case of his branch (领取).

use super::ChangedCase;
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
};

/// The case that the caller has now; none if there is none to take.
///
/// # Errors
/// [`AppError::StaffNotEligible`] if he has as many as he can.
pub async fn claim_next_case(
    app: &App,
    principal: &Principal,
    request: RequestKey,
) -> Result<Option<ChangedCase>, AppError> {
    let scope = principal.permit(Action::ClaimNextCase)?;
    let claimed = app.store.claim_next_case(app.case_tools(), scope, request).await;
    match claimed {
        Ok(None) => Ok(None),
        Ok(Some(answer)) => app.case_answer(Ok(answer)).map(Some),
        Err(error) => app.case_answer(Err(error)).map(Some),
    }
}
