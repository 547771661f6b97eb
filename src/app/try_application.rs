//! An application that somebody has typed in is judged, as it would be at underwriting; nothing is recorded or kept of it.
//!
//! Like explaining a certificate, this tells the caller of what is in his hands already: whoever may do the one may do the
//! other, whatever channel the application names.

use zhenshi_domain::application::Application;

use super::{App, AppError, Decision, validate_application::decide};
use crate::security::{policy::Action, principal::Principal};

/// Judges `application` by the rules, the directory and the calendar in force.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub fn try_application(
    app: &App,
    principal: &Principal,
    application: &Application,
) -> Result<Decision, AppError> {
    principal.permit(Action::ExplainCertificate)?;
    Ok(decide(app, application))
}
