//! Job: deadlines after policy events and by new calendars, and the reminders and escalations that are due.

use std::{sync::Weak, time::Duration};

use super::Next;
use crate::app::{
    App, AppError,
    case::{fire_timers::fire_timers, recompute_deadlines::recompute_deadlines},
};

/// Pause between two looks.
pub const PAUSE: Duration = Duration::from_secs(2);

/// One pass: what moved first, so that nobody is told of a deadline that is none any more. When that fails, what is due is
/// sent all the same: an old date is better than silence.
///
/// # Errors
/// When the database cannot be reached.
pub async fn once(app: &Weak<App>) -> Result<Next, AppError> {
    // The service is ending.
    let Some(app) = app.upgrade() else { return Ok(Next::AfterPause) };
    let moved = recompute_deadlines(&app).await;
    if moved.as_ref().is_ok_and(|moved| moved.taken > 0) {
        return Ok(Next::AtOnce);
    }
    let fired = fire_timers(&app).await?;
    moved?;
    Ok(if fired.cases > 0 { Next::AtOnce } else { Next::AfterPause })
}
