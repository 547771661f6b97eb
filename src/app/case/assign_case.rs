//! A case is given to somebody (分派), to another (转办), or to another channel.

use zhenshi_domain::application::Channel;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
    store::case::{Assigning, To},
};

/// Where a case is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// To whom; none: whose turn it is.
    pub staff_code: Option<String>,
    /// To another channel, and its branch.
    pub channel: Option<(Channel, String)>,
}

/// Assigns, reassigns or redirects a case.
///
/// # Errors
/// [`AppError::StaffNotEligible`], [`AppError::ReasonRequired`], [`AppError::MoveNotAllowed`]; and what every change
/// answers with.
pub async fn assign_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    destination: Destination,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::AssignCase)?;
    let Destination { staff_code, channel } = destination;
    let to = match (channel, staff_code) {
        (Some((channel, branch_code)), staff_code) => To::Channel { channel, branch_code, staff_code },
        (None, Some(code)) => To::Staff(code),
        (None, None) => To::Turn,
    };
    let reasons = if reason.is_empty() { Vec::new() } else { vec![app.seal_text(reason)?] };
    let command = call.command("ASSIGN_CASE");
    let given = app.store.assign_case(app.case_tools(), scope, command, Assigning { to, reasons }).await;
    app.case_answer(given)
}
