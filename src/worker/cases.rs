//! Job: the suspicions of sealed lists become cases.

use std::{sync::Weak, time::Duration};

use super::Next;
use crate::app::{App, AppError, case::make_cases::make_cases};

/// Pause between two looks at whether a list was sealed.
pub const PAUSE: Duration = Duration::from_secs(2);

/// One step. The application is not kept alive between two: the recorder ends only when nobody can reach it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(app: Weak<App>) -> Result<Next, AppError> {
    // The service is ending.
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    Ok(if make_cases(&app).await? { Next::AtOnce } else { Next::AfterPause })
}
