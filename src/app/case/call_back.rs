//! Customer service calls the customer back for the investigator, and says what came of it (article 13).

use uuid::Uuid;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError, CallBackAnswer, CallBackRequestRow},
    security::{policy::Action, principal::Principal},
};

/// Asks customer service to call, with `question`. The request comes with the case.
///
/// # Errors
/// What every change answers with.
pub async fn request_call_back(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    question: &str,
) -> Result<(ChangedCase, CallBackRequestRow), AppError> {
    let scope = principal.permit(Action::RequestCallBack)?;
    let question = app.seal_text(question)?;
    let command = call.command("REQUEST_CALL_BACK");
    let answer = app.store.request_call_back(app.case_tools(), scope.clone(), command, question).await;
    let changed = app.case_answer(answer)?;
    let requests = app.store.case_call_back_requests(scope, changed.case.id).await;
    let requests = requests.map_err(|error| app.failed(&error))?;
    let made = requests.into_iter().find(|request| Some(request.id) == changed.made_id);
    Ok((changed, made.ok_or(AppError::CaseNotFound)?))
}

/// Answers the request `id`.
///
/// # Errors
/// [`AppError::EtagMismatch`] if somebody has answered it meanwhile; and what every change answers with.
pub async fn answer_call_back(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    id: Uuid,
    answer: CallBackAnswer,
    note: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::AnswerCallBack)?;
    let note = app.seal_if_any(note)?;
    let command = call.command("ANSWER_CALL_BACK");
    let answer = app.store.answer_call_back(app.case_tools(), scope, command, id, answer, note).await;
    app.case_answer(answer)
}
