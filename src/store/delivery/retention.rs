//! Retention: what was delivered is forgotten after some time, and so are dead letters that nobody sent again, in bounded steps.
//!
//! The events themselves stay in the outbox: an endpoint's position says what it was asked to take.

use chrono::{DateTime, Utc};

use crate::store::{Scope, Store, StoreError};

/// Most rows of each kind that one transaction forgets: some milliseconds of work.
pub const MOST_FORGOTTEN: i64 = 1_000;

/// Until when what is to be forgotten was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forget {
    /// Delivered before this; requests to send again made before it, too.
    pub delivered_before: DateTime<Utc>,
    /// Given up, and last tried, before this. Its case is no longer parked then.
    pub dead_before: DateTime<Utc>,
}

/// What one step forgot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Deliveries, delivered or dead.
    pub deliveries: u64,
    /// Requests to send again.
    pub requests: u64,
    /// There may be more.
    pub more: bool,
}

impl Store {
    /// Forgets some of what is old, the oldest first. Several processes may: who holds a row is passed over.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was forgotten.
    pub async fn forget_deliveries(&self, forget: Forget) -> Result<Forgotten, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let delivered = sqlx::query!(
                    "DELETE FROM delivery WHERE (endpoint, position) IN (
                         SELECT endpoint, position FROM delivery WHERE state = 2 AND delivered_time < $1
                         ORDER BY delivered_time LIMIT $2 FOR UPDATE SKIP LOCKED)",
                    forget.delivered_before,
                    MOST_FORGOTTEN,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                let dead = sqlx::query!(
                    "DELETE FROM delivery WHERE (endpoint, position) IN (
                         SELECT endpoint, position FROM delivery WHERE state = 3 AND last_attempt_time < $1
                         ORDER BY last_attempt_time LIMIT $2 FOR UPDATE SKIP LOCKED)",
                    forget.dead_before,
                    MOST_FORGOTTEN,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                let requests = sqlx::query!(
                    "DELETE FROM event_redelivery WHERE (actor, request_id) IN (
                         SELECT actor, request_id FROM event_redelivery WHERE requested_time < $1
                         ORDER BY requested_time LIMIT $2 FOR UPDATE SKIP LOCKED)",
                    forget.delivered_before,
                    MOST_FORGOTTEN,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                let full = MOST_FORGOTTEN.unsigned_abs();
                let more = [delivered, dead, requests].into_iter().any(|count| count >= full);
                Ok(Forgotten { deliveries: delivered + dead, requests, more })
            })
        })
        .await
    }
}
