//! Who has seen data in clear lately, out of the register of reveals: for supervision.

use chrono::TimeDelta;

use super::RevealRow;
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// The newest reveals of the last `days` days, at most `size`. They are entries of the audit log too, and shown to who reads that.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn list_reveals(
    app: &App,
    principal: &Principal,
    days: i64,
    size: u16,
) -> Result<Vec<RevealRow>, AppError> {
    let scope = principal.permit(Action::ListAuditEntries)?;
    let since = app.clock.now() - TimeDelta::days(days);
    app.store.list_reveals(scope, since, size.into()).await.map_err(|error| app.failed(&error))
}
