//! Job: loans that are out beyond their time, and incidents whose times have passed.

use std::{sync::Weak, time::Duration};

use super::Next;
use crate::app::{App, AppError, privacy::watch::tell_overdue};

/// Pause between two looks.
pub const PAUSE: Duration = Duration::from_secs(10);

/// One pass.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(app: &Weak<App>) -> Result<Next, AppError> {
    // The service is ending.
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    let told = tell_overdue(&app).await?;
    Ok(if told > 0 { Next::AtOnce } else { Next::AfterPause })
}
