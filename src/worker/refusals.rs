//! Job: counts in the audit log what was refused again and again (`app/refusals.rs`). Runs in every process that is called, because each
//! holds its own.

use std::{sync::Weak, time::Duration};

use super::Next;
use crate::{app::App, store::StoreError};

/// Pause between two writings: how much a process that is killed takes with it.
pub const PAUSE: Duration = Duration::from_mins(1);

/// One writing.
///
/// # Errors
/// When the database cannot be reached; nothing of it is lost then.
pub async fn once(app: Weak<App>) -> Result<Next, StoreError> {
    if let Some(app) = app.upgrade() {
        app.write_held_refusals().await?;
    }
    Ok(Next::AfterPause)
}
