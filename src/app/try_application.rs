//! An application that somebody has typed in is judged, as it would be at underwriting; nothing is recorded or kept of it.
//!
//! Like explaining a certificate, this tells the caller of what is in his hands already: whoever may do the one may do the
//! other, whatever channel the application names. But the directory answers too (is this a seller's telephone?), so that trying is
//! a look like any other: counted, and written to the audit log with what was found, before it is told.

use std::collections::BTreeSet;

use zhenshi_domain::application::Application;

use super::{App, AppError, Decision, suspicions::entry, validate_application::decide};
use crate::security::{policy::Action, principal::Principal};

/// Action of the audit entry.
const ACTION_TRY: &str = "TRY_APPLICATION";

/// Judges `application` by the rules, the directory and the calendar in force.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::QuotaExceeded`]; [`AppError::StoreUnavailable`] when it cannot be written down.
pub async fn try_application(
    app: &App,
    principal: &Principal,
    application: &Application,
) -> Result<Decision, AppError> {
    let scope = principal.permit(Action::ExplainCertificate)?;
    app.count_look_up(principal, Action::ExplainCertificate).await?;
    let decision = decide(app, application);
    let mut entry =
        entry(app, &scope, ACTION_TRY, "application", Vec::new()).map_err(|error| app.failed(&error))?;
    // Codes of what was found, which say nothing of what was typed.
    let codes: BTreeSet<_> = decision.findings.iter().map(|finding| finding.code.as_str()).collect();
    entry.reason = codes.into_iter().collect::<Vec<_>>().join(" ");
    app.store.audit(scope, entry).await.map_err(|error| app.failed(&error))?;
    Ok(decision)
}
