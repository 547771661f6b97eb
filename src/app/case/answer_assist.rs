//! Another channel answers its assist (协办); customer service may do without the answer.

use zhenshi_domain::application::Channel;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Answers the assist of `channel`, or closes it in the channel's stead.
///
/// # Errors
/// [`AppError::CaseNotFound`] if the channel has no unanswered assist (of the caller's own, unless he overrides it); and
/// what every change answers with.
pub async fn answer_assist(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    channel: Channel,
    overrides: bool,
    answer: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::AnswerAssist)?;
    let words = app.seal_text(answer)?;
    let command = call.command(if overrides { "OVERRIDE_ASSIST" } else { "ANSWER_ASSIST" });
    let tools = app.case_tools();
    let answered = app.store.answer_assist(tools, scope, command, channel, overrides, words).await;
    app.case_answer(answered)
}
