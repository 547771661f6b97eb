//! Job: loans that are out beyond their time, incidents whose times have passed, and the files of exports.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use super::Next;
use crate::{
    app::{
        App, AppError,
        privacy::{exports::make::tend_exports, watch::tell_overdue},
    },
    words::Words,
};

/// Pause between two looks.
pub const PAUSE: Duration = Duration::from_secs(10);

/// One pass.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(app: &Weak<App>, words: &Arc<Words>) -> Result<Next, AppError> {
    // The service is ending.
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    let told = tell_overdue(&app).await;
    // A file that cannot be made keeps nobody from being told.
    let tended = tend_exports(&app, words).await?;
    Ok(if told? + tended > 0 { Next::AtOnce } else { Next::AfterPause })
}
