//! Customer service merges cases that belong together (article 13).

use uuid::Uuid;

use super::{CaseCall, ChangedCase};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Most cases that one takes in one call.
pub const MOST_MERGED: usize = 100;

/// The case of `call` takes the suspicions of `merged`, which end with that.
///
/// # Errors
/// [`AppError::MoveNotAllowed`] if one of them is under investigation already; and what every change answers with.
pub async fn merge_cases(
    app: &App,
    principal: &Principal,
    call: CaseCall,
    merged: Vec<Uuid>,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::MergeCases)?;
    if merged.len() > MOST_MERGED {
        return Err(AppError::TooManyCases { limit: MOST_MERGED, actual: merged.len() });
    }
    let reason = app.seal_text(reason)?;
    let command = call.command("MERGE_CASES");
    let taken = app.store.merge_cases(app.case_tools(), scope, command, merged, reason).await;
    app.case_answer(taken)
}
