//! Idempotency of writes: a repeat is answered from the record. A refused call leaves no key.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{StoreError, Tx, case::request::RequestKey};

/// What a key was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Used {
    /// For this very call, which made or changed this.
    Here(Uuid),
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
        "SELECT digest, made_id FROM privacy_request WHERE request_id = $1 AND caller = $2",
        key.request_id,
        caller,
    )
    .fetch_optional(tx)
    .await?;
    Ok(stored.map(
        |stored| {
            if stored.digest == key.digest { Used::Here(stored.made_id) } else { Used::Elsewhere }
        },
    ))
}

/// Keeps the key with what was made or changed.
///
/// # Errors
/// [`StoreError::Conflict`] if another call with the key finished meanwhile: the same call again is answered from its record.
pub(in crate::store) async fn keep(
    tx: &mut Tx,
    caller: &str,
    key: &RequestKey,
    made_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let inserted = sqlx::query!(
        "INSERT INTO privacy_request (request_id, caller, digest, made_id, recorded_time)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        key.request_id,
        caller,
        &key.digest,
        made_id,
        now,
    )
    .execute(tx)
    .await?;
    if inserted.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Conflict("privacy_request".into())) }
}
