//! Job: looks whether the database answers; health checks of both listeners go by what it sees.

use super::Next;
use crate::store::{StoreError, reachability::Probe};

/// One look.
///
/// # Errors
/// When the database cannot be reached: listeners have been told.
pub async fn once(probe: &Probe) -> Result<Next, StoreError> {
    probe.look().await?;
    Ok(Next::AfterPause)
}
