//! Job: makes the coming months' partitions, and watches for rows that no month has taken.

use std::time::Duration;

use super::Next;
use crate::{
    clock::SharedClock,
    store::{Store, StoreError},
};

/// Pause between two looks. Partitions are made three months ahead, so a day missed is no harm; one that failed is repeated
/// soon all the same (see [`super::run_every`]).
pub const PAUSE: Duration = Duration::from_hours(24);

/// One look.
///
/// # Errors
/// When a busy table did not let it in time, or the database cannot be reached: tried again after a pause.
pub async fn once(store: &Store, clock: &SharedClock) -> Result<Next, StoreError> {
    let made = store.ensure_partitions(clock.now()).await?;
    if made > 0 {
        tracing::info!(partitions.made = made, "made {made} partitions");
    }
    let strays = store.rows_in_default_partition().await?;
    if strays > 0 {
        tracing::error!(
            partitions.default_rows = strays,
            "{strays} submissions lie in the default partition: is a clock wrong?"
        );
    }
    Ok(Next::AfterPause)
}
