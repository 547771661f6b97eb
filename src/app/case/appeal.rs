//! A case was issued by mistake (误发): who got it says so, somebody else decides (article 13).

use uuid::Uuid;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError, AppealRow},
    security::{policy::Action, principal::Principal},
};

/// Appeals. The appeal comes with the case.
///
/// # Errors
/// [`AppError::MoveNotAllowed`] while another appeal waits; and what every change answers with.
pub async fn appeal_case(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    reason: &str,
) -> Result<(ChangedCase, AppealRow), AppError> {
    let scope = principal.permit(Action::AppealCase)?;
    let reason = app.seal_text(reason)?;
    let command = call.command("APPEAL_CASE");
    let answer = app.store.appeal_case(app.case_tools(), scope.clone(), command, reason).await;
    let changed = app.case_answer(answer)?;
    let appeals = app.store.case_appeals(scope, changed.case.id).await.map_err(|error| app.failed(&error))?;
    let made = appeals.into_iter().find(|appeal| Some(appeal.id) == changed.made_id);
    Ok((changed, made.ok_or(AppError::CaseNotFound)?))
}

/// Decides the appeal `id`; accepted, the case is withdrawn and counts against the precision of its clues.
///
/// # Errors
/// [`AppError::SecondPersonRequired`] for one's own appeal, [`AppError::EtagMismatch`] if it is decided already; and what
/// every change answers with.
pub async fn decide_appeal(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    (id, accept): (Uuid, bool),
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::DecideAppeal)?;
    let reason = app.seal_text(reason)?;
    let command = call.command("DECIDE_APPEAL");
    let answer = app.store.decide_appeal(app.case_tools(), scope, command, (id, accept), reason).await;
    app.case_answer(answer)
}
