//! Calls that change many cases: released, assigned, urged. Each case is answered for by itself.

use uuid::Uuid;

use super::ChangedCase;
use crate::{
    app::{App, AppError, CaseFilter, RequestKey},
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        StoreError,
        case::{
            Answer, Assigning, To,
            batch::{Batch, Each, MOST_CASES},
        },
    },
};

/// What became of one of the cases.
pub struct Changed {
    /// The case.
    pub case_id: Uuid,
    /// The case as it stands, or why it was not changed.
    pub result: Result<ChangedCase, AppError>,
}

/// Which cases a call is about.
#[derive(Debug, Clone)]
pub enum Which {
    /// These, each once, in the order of the answer.
    Ids(Vec<Uuid>),
    /// All that match, in order of urgency.
    Matching(CaseFilter),
}

/// Cases under one key.
#[derive(Debug, Clone)]
pub struct CasesCall {
    /// Which.
    pub which: Which,
    /// Idempotency key.
    pub request: RequestKey,
}

impl CasesCall {
    async fn batch(self, app: &App, scope: &Scope, action: &'static str) -> Result<Batch, AppError> {
        let (case_ids, actual) = match self.which {
            Which::Ids(ids) => {
                let actual = ids.len();
                (ids, actual)
            }
            Which::Matching(filter) => {
                let found = app.store.matching_cases(scope.clone(), filter, app.clock.now()).await;
                let (ids, total) = found.map_err(|error| app.failed(&error))?;
                (ids, usize::try_from(total).unwrap_or(usize::MAX))
            }
        };
        if actual > MOST_CASES {
            return Err(AppError::TooManyCases { limit: MOST_CASES, actual });
        }
        Ok(Batch { case_ids, request: self.request, action })
    }
}

/// Releases cases from sorting before their hour.
///
/// # Errors
/// [`AppError::TooManyCases`]; what concerns one case stands in its result.
pub async fn release_cases(
    app: &App,
    principal: &Principal,
    call: CasesCall,
) -> Result<Vec<Changed>, AppError> {
    let scope = principal.permit(Action::ReleaseCases)?;
    let batch = call.batch(app, &scope, "RELEASE_CASES").await?;
    let done = app.store.release_cases(app.case_tools(), scope, batch).await;
    results(app, done)
}

/// Urges those who have the cases.
///
/// # Errors
/// [`AppError::TooManyCases`]; what concerns one case stands in its result.
pub async fn urge_cases(app: &App, principal: &Principal, call: CasesCall) -> Result<Vec<Changed>, AppError> {
    let scope = principal.permit(Action::UrgeCases)?;
    let batch = call.batch(app, &scope, "URGE_CASES").await?;
    let done = app.store.urge_cases(app.case_tools(), scope, batch).await;
    results(app, done)
}

/// Assigns cases to `staff_code`, or to whose turn it is.
///
/// # Errors
/// [`AppError::TooManyCases`]; what concerns one case stands in its result.
pub async fn batch_assign_cases(
    app: &App,
    principal: &Principal,
    call: CasesCall,
    staff_code: Option<String>,
    reason: &str,
) -> Result<Vec<Changed>, AppError> {
    let scope = principal.permit(Action::BatchAssignCases)?;
    let batch = call.batch(app, &scope, "ASSIGN_CASES").await?;
    let texts = if reason.is_empty() { 0 } else { batch.case_ids.len() };
    let reasons = (0..texts).map(|_| app.seal_text(reason)).collect::<Result<_, _>>()?;
    let assigning = Assigning { to: staff_code.map_or(To::Turn, To::Staff), reasons };
    let done = app.store.batch_assign_cases(app.case_tools(), scope, batch, assigning).await;
    results(app, done)
}

fn results(app: &App, done: Result<Vec<Each>, StoreError>) -> Result<Vec<Changed>, AppError> {
    let each = done.map_err(|error| app.failed(&error))?;
    if each.iter().any(|each| each.answer == Answer::Reused) {
        return Err(AppError::RequestIdReused);
    }
    let result = |each: Each| Changed { case_id: each.case_id, result: app.case_answer(Ok(each.answer)) };
    Ok(each.into_iter().map(result).collect())
}
