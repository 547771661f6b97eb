//! A comment on a case: guidance, supervision (article 13).

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Adds `comment`, which is kept sealed.
///
/// # Errors
/// What every change answers with.
pub async fn add_comment(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    comment: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::AddComment)?;
    let comment = app.seal_text(comment)?;
    let answer = app.store.add_comment(app.case_tools(), scope, call.command("COMMENT_CASE"), comment).await;
    app.case_answer(answer)
}
