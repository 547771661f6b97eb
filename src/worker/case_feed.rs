//! Job: tells those who watch cases what changed; one reading for all of them.

use super::Next;
use crate::{app::case::watch_cases::Feed, store::StoreError};

/// One look at what is new.
///
/// # Errors
/// When the database cannot be reached; nobody was told anything, and the next look tells it.
pub async fn once(feed: &Feed) -> Result<Next, StoreError> {
    Ok(if feed.poll().await? { Next::AtOnce } else { Next::AfterPause })
}
