//! How cases went: a period, one dimension, the caller's reach.

use chrono::NaiveDate;
use zhenshi_domain::{application::Channel, shanghai};

use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
    store::case::statistics::{Dimension, Statistics, StatisticsQuestion},
};

/// Most days of a period.
pub const MOST_DAYS: i64 = 367;

/// The period and what it is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// First day on which they were made, in Asia/Shanghai.
    pub first: NaiveDate,
    /// Last one.
    pub last: NaiveDate,
    /// Split by this.
    pub dimension: Dimension,
    /// Of this channel only.
    pub channel: Option<Channel>,
    /// Of this branch only.
    pub branch_code: Option<String>,
}

/// The figures of the cases within the caller's scope.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn get_case_statistics(
    app: &App,
    principal: &Principal,
    asked: Asked,
) -> Result<Statistics, AppError> {
    let scope = principal.permit(Action::GetCaseStatistics)?;
    let question = StatisticsQuestion {
        first: shanghai::midnight(asked.first),
        end: shanghai::end_of(asked.last),
        dimension: asked.dimension,
        channel: asked.channel,
        branch_code: asked.branch_code,
        now: app.clock.now(),
    };
    app.store.case_statistics(scope, question).await.map_err(|error| app.failed(&error))
}
