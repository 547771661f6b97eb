//! The board's own figures: what comes in, how applications are judged, what compliance looks at, the evidence beside a claim.
//!
//! What else is on the board are questions to the worklist and to the statistics.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use uuid::Uuid;
use zhenshi_domain::{case::evidence::EvidenceKind, shanghai};

pub use crate::store::case::board::{ClearedBy, Inflow, Judged, Supervision};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// Days of the inflow.
pub const INFLOW_DAYS: i64 = 30;
/// Days of the verdicts: each row of them is read.
pub const JUDGED_DAYS: i64 = 7;
/// Days that compliance looks back.
pub const LOOK_BACK_DAYS: i64 = 30;
/// Overdue for so many days is long overdue.
pub const LONG_OVERDUE_DAYS: i64 = 5;

/// Cases within the caller's scope of the last [`INFLOW_DAYS`] days, by day and clue.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn inflow(app: &App, principal: &Principal) -> Result<Vec<Inflow>, AppError> {
    let scope = principal.permit(Action::GetCaseStatistics)?;
    let today = shanghai::date(app.clock.now());
    let period = (shanghai::midnight(days_before(today, INFLOW_DAYS - 1)), shanghai::end_of(today));
    app.store.case_inflow(scope, period).await.map_err(|error| app.failed(&error))
}

/// Submissions within the caller's scope of the last [`JUDGED_DAYS`] days, by day, channel and verdict.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn judged(app: &App, principal: &Principal) -> Result<Vec<Judged>, AppError> {
    let scope = principal.permit(Action::ListSubmissions)?;
    let today = shanghai::date(app.clock.now());
    let period = (shanghai::midnight(days_before(today, JUDGED_DAYS - 1)), shanghai::end_of(today));
    app.store.judged(scope, period).await.map_err(|error| app.failed(&error))
}

/// What compliance looks at; for whom every case is within reach.
///
/// # Errors
/// [`AppError::OutOfScope`] for who sees only a part of the cases; [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn supervision(
    app: &App,
    principal: &Principal,
) -> Result<(Supervision, Vec<ClearedBy>), AppError> {
    let scope = principal.permit(Action::GetCaseStatistics)?;
    if !scope.is_everything() {
        return Err(AppError::OutOfScope);
    }
    let now = app.clock.now();
    let today = shanghai::date(now);
    let since = shanghai::midnight(days_before(today, LOOK_BACK_DAYS - 1));
    let long_ago = now - Duration::days(LONG_OVERDUE_DAYS);
    let figures = app.store.supervision(scope, shanghai::midnight(today), since, long_ago).await;
    figures.map_err(|error| app.failed(&error))
}

/// Kinds of the evidence of cases that a page of the worklist has shown to the caller.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn evidence_kinds(
    app: &App,
    principal: &Principal,
    case_ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<EvidenceKind>>, AppError> {
    let scope = principal.permit(Action::GetCase)?;
    app.store.evidence_kinds(scope, case_ids).await.map_err(|error| app.failed(&error))
}

fn days_before(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_sub_signed(Duration::days(days)).unwrap_or(day)
}
