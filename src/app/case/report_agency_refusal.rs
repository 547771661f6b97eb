//! An agency would not help to find the truth: compliance is told at once (article 23).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Tells compliance of the refusal of an agency of the case.
///
/// # Errors
/// [`AppError::CaseNotFound`] if the agency is none of the case's; and what every change answers with.
pub async fn report_agency_refusal(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    agency_code: String,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ReportAgencyRefusal)?;
    let reason = app.seal_text(reason)?;
    let command = call.command("REPORT_AGENCY_REFUSAL");
    let store = &app.store;
    app.case_answer(store.report_agency_refusal(app.case_tools(), scope, command, agency_code, reason).await)
}
