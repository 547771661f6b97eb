//! Job: sorting ends at its hour, and cases that nobody has are distributed.

use std::{sync::Weak, time::Duration};

use super::Next;
use crate::app::{App, AppError, case::distribute_cases::distribute_cases};

/// Pause between two looks at whether a case waits.
pub const PAUSE: Duration = Duration::from_secs(2);

/// One step. The application is not kept alive between two: the recorder ends only when nobody can reach it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(app: Weak<App>) -> Result<Next, AppError> {
    // The service is ending.
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    Ok(if distribute_cases(&app).await? > 0 { Next::AtOnce } else { Next::AfterPause })
}
