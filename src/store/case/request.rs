//! Idempotency of writes: a repeat is answered from the record.
//!
//! A key is looked up under the lock of its case and kept when the change is finished: a refused call leaves no key, so that
//! it can be sent again once its cause is gone. Two calls with one key at one time cannot both finish.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{StoreError, Tx};

/// Idempotency key of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Made by the caller.
    pub request_id: Uuid,
    /// HMAC of what was sent with it.
    pub digest: [u8; 32],
}

/// What a key was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Used {
    /// For this very call, which was answered.
    Here {
        /// The cases that it changed, in its order.
        case_ids: Vec<Uuid>,
        /// What it made beside them.
        made_id: Option<Uuid>,
    },
    /// For other content.
    Elsewhere,
}

/// What the key was used for; none if it is new.
pub(in crate::store) async fn find(
    tx: &mut Tx,
    caller: &str,
    key: &RequestKey,
) -> Result<Option<Used>, StoreError> {
    let stored = sqlx::query!(
        "SELECT digest, case_ids, made_id FROM case_request WHERE request_id = $1 AND caller = $2",
        key.request_id,
        caller,
    )
    .fetch_optional(tx)
    .await?;
    Ok(stored.map(|stored| {
        if stored.digest == key.digest {
            Used::Here { case_ids: stored.case_ids, made_id: stored.made_id }
        } else {
            Used::Elsewhere
        }
    }))
}

/// Keeps the key with what was done.
///
/// # Errors
/// [`StoreError::Conflict`] if another call with the key finished meanwhile: the same call again is answered from its record.
pub(in crate::store) async fn keep(
    tx: &mut Tx,
    caller: &str,
    key: &RequestKey,
    case_ids: &[Uuid],
    made_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let inserted = sqlx::query!(
        "INSERT INTO case_request (request_id, caller, digest, case_ids, made_id, recorded_time)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        key.request_id,
        caller,
        &key.digest,
        case_ids,
        made_id,
        now,
    )
    .execute(tx)
    .await?;
    if inserted.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Conflict("case_request".into())) }
}
