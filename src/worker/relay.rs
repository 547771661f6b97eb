//! Job: positions and chains what transactions left behind.

use std::{sync::Arc, time::Duration};

use super::Next;
use crate::{
    security::{audit_key::AuditKeys, live::Live},
    store::{Store, StoreError, relay::MAX_ROWS_PER_PASS},
};

/// Pause between two passes: an entry is chained within a second of its commit.
pub const PAUSE: Duration = Duration::from_millis(500);

/// The relay of one process. Several may run: they take turns by a row lock.
pub struct Relay {
    /// The database.
    pub store: Store,
    /// Keys of the chain.
    pub keys: Arc<Live<AuditKeys>>,
}

impl Relay {
    /// One pass.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let pass = self.store.relay(self.keys.get()).await?;
        let full = i64::try_from(pass.moved).is_ok_and(|moved| moved >= MAX_ROWS_PER_PASS);
        Ok(if full { Next::AtOnce } else { Next::AfterPause })
    }
}
