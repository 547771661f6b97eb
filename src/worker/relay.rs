//! Job: positions and chains what transactions left behind, and keeps the checkpoint outside the database.

use std::{path::PathBuf, time::Duration};

use aws_lc_rs::hmac;

use super::Next;
use crate::{
    app::checkpoint::write_checkpoint,
    clock::SharedClock,
    store::{Store, StoreError, relay::MAX_ROWS_PER_PASS},
};

/// Pause between two passes: an entry is chained within a second of its commit.
pub const PAUSE: Duration = Duration::from_millis(500);

/// The relay of one process. Several may run: they take turns by a row lock.
pub struct Relay {
    /// The database.
    pub store: Store,
    /// Key of the chain.
    pub key: hmac::Key,
    /// Where the end of the chain is written; none for a replica that has no disk of its own.
    pub checkpoint: Option<PathBuf>,
    /// Tells the time of the checkpoint.
    pub clock: SharedClock,
}

impl Relay {
    /// One pass.
    ///
    /// # Errors
    /// When the database cannot be reached. A checkpoint that cannot be written is logged: the chain goes on.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let pass = self.store.relay(self.key.clone()).await?;
        if pass.moved == 0 {
            return Ok(Next::AfterPause);
        }
        if let Some(path) = &self.checkpoint
            && let Err(error) = write_checkpoint(path, &self.key, &pass.link, self.clock.now())
        {
            tracing::warn!(error = %error, "the audit checkpoint cannot be written");
        }
        let full = i64::try_from(pass.moved).is_ok_and(|moved| moved >= MAX_ROWS_PER_PASS);
        Ok(if full { Next::AtOnce } else { Next::AfterPause })
    }
}
