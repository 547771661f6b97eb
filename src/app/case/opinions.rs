//! Sanction (处罚, article 14) and rectification (整改意见, article 24) opinions, and what became of them.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError, OpinionKind, OpinionRow},
    security::{
        policy::{Action, Refusal, Refused},
        principal::Principal,
        role::Role,
    },
    store::case::opinion::NewOpinion,
};

/// Records what `owner_code` must do by `due_date`. Sanctions are the channel's and compliance's, rectifications are
/// compliance's alone. The opinion comes with the case.
///
/// # Errors
/// [`AppError::NotPermitted`] for a rectification by the channel, [`AppError::StaffNotEligible`] for an owner whom the
/// directory does not have in use, [`AppError::WrongArgument`] for a day that is past; and what every change answers with.
pub async fn record_opinion(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    (kind, owner_code, due_date): (OpinionKind, String, NaiveDate),
    opinion: &str,
) -> Result<(ChangedCase, OpinionRow), AppError> {
    let action = Action::RecordOpinion;
    let scope = principal.permit(action)?;
    if kind == OpinionKind::Rectification && principal.role != Role::Compliance {
        return Err(Refused { action, role: principal.role, why: Refusal::Role }.into());
    }
    let new = NewOpinion { kind, owner_code, due_date, opinion: app.seal_text(opinion)? };
    let command = call.command("RECORD_OPINION");
    let answer = app.store.record_opinion(app.case_tools(), scope.clone(), command, new).await;
    let changed = app.case_answer(answer)?;
    let opinions = app.store.case_opinions(scope, changed.case.id).await;
    let opinions = opinions.map_err(|error| app.failed(&error))?;
    let made = opinions.into_iter().find(|opinion| Some(opinion.id) == changed.made_id);
    Ok((changed, made.ok_or(AppError::CaseNotFound)?))
}

/// Says what was done about the opinion `id`.
///
/// # Errors
/// [`AppError::CaseNotFound`] if it is not the caller's to reply to, [`AppError::EtagMismatch`] if it is replied to already;
/// and what every change answers with.
pub async fn reply_to_opinion(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    id: Uuid,
    reply: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::ReplyToOpinion)?;
    let reply = app.seal_text(reply)?;
    let command = call.command("REPLY_TO_OPINION");
    let answer = app.store.reply_to_opinion(app.case_tools(), scope, command, id, reply).await;
    app.case_answer(answer)
}
