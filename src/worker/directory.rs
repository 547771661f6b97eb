//! Job: keeps the snapshot of the directory current, so that a change holds within seconds.

use super::Next;
use crate::{app::directory::Directory, store::StoreError};

/// One look at the version.
///
/// # Errors
/// When the database cannot be reached; the snapshot stays as it is.
pub async fn once(directory: &Directory) -> Result<Next, StoreError> {
    directory.refresh().await?;
    Ok(Next::AfterPause)
}
