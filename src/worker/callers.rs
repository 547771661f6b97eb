//! Job: keeps the snapshot of tokens current, so that a revocation holds within seconds.

use super::Next;
use crate::{app::authenticate::Callers, store::StoreError};

/// One look at the version.
///
/// # Errors
/// When the database cannot be reached; the snapshot stays as it is.
pub async fn once(callers: &Callers) -> Result<Next, StoreError> {
    callers.refresh().await?;
    Ok(Next::AfterPause)
}
