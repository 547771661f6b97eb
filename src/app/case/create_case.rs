//! A doubt about one customer becomes a case (articles 12, 13).

use uuid::Uuid;
use zhenshi_domain::case::{CallBackDoubt, CaseSource};

use super::ChangedCase;
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
    store::case::{Answer, NewDoubt},
};

/// A doubt, as somebody reports it.
#[derive(Debug, Clone)]
pub struct Doubt {
    /// Where it came from; not a suspicion.
    pub source: CaseSource,
    /// What the call-back met.
    pub doubt: Option<CallBackDoubt>,
    /// A submission of the application.
    pub submission_id: Uuid,
    /// The party in doubt.
    pub party_no: i16,
    /// Idempotency key.
    pub request: RequestKey,
}

/// Makes a case of a doubt.
///
/// # Errors
/// [`AppError::SubmissionNotFound`] if there is no accepted one with that party within the caller's reach.
pub async fn create_case(
    app: &App,
    principal: &Principal,
    doubt: Doubt,
    reason: &str,
) -> Result<ChangedCase, AppError> {
    let scope = principal.permit(Action::CreateCase)?;
    let new = NewDoubt {
        source: doubt.source,
        doubt: doubt.doubt,
        submission_id: doubt.submission_id,
        party_no: doubt.party_no,
        release_at: app.release_time,
        reason: app.seal_text(reason)?,
        request: doubt.request,
    };
    match app.store.create_case(app.case_tools(), scope, new).await {
        Ok(Answer::NotFound) => Err(AppError::SubmissionNotFound),
        other => app.case_answer(other),
    }
}
