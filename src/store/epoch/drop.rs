//! Dropping the old epoch, batch by batch, after the switch. When nothing of it is left, nothing needs its key.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::progress::{Cursors, locked, note};
use crate::store::{
    Scope, Store, StoreError, Tx,
    directory::VERSION_COUNTER,
    record::keys::{Key, pack, unpack},
};

/// Rows of one transaction.
const BATCH: i64 = 5_000;
/// Heads of one transaction.
const HEADS: i64 = 1_000;

impl Store {
    /// Drops one batch of the epoch from before `to`. `false` when it is gone.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] before the switch; when the database cannot be reached.
    pub async fn drop_epoch(&self, to: i16, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { batch(tx, to, at).await })).await
    }
}

async fn batch(tx: &mut Tx, to: i16, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let cursors = locked(tx, to).await?;
    let state =
        sqlx::query!("SELECT switched_time, finished_time FROM epoch_rotation WHERE to_epoch = $1", to)
            .fetch_one(&mut *tx)
            .await?;
    if state.switched_time.is_none() {
        return Err(StoreError::Unfit(format!("fingerprint epoch {to} is not in force yet")));
    }
    if state.finished_time.is_some() {
        return Ok(false);
    }
    let dropped = rows(tx, &cursors).await?;
    if dropped == 0 && !heads(tx, &cursors).await? {
        finish(tx, &cursors, at).await?;
        return Ok(false);
    }
    let now = sqlx::query!(
        "UPDATE epoch_rotation SET dropped = dropped + $2 WHERE to_epoch = $1 RETURNING dropped, cursor_head",
        to,
        dropped,
    )
    .fetch_one(&mut *tx)
    .await?;
    let what = [&to.to_be_bytes()[..], &now.dropped.to_be_bytes(), now.cursor_head.as_bytes()];
    let why = format!("{dropped} rows of fingerprint epoch {} dropped", cursors.from);
    note(tx, "DROP_FINGERPRINTS", at, &what, why).await?;
    Ok(true)
}

/// Rows of the first table that has any left.
async fn rows(tx: &mut Tx, cursors: &Cursors) -> Result<i64, StoreError> {
    macro_rules! drop_from {
        ($sql:literal) => {
            let done = sqlx::query!($sql, cursors.from, BATCH).execute(&mut *tx).await?.rows_affected();
            if done > 0 {
                return Ok(done.cast_signed());
            }
        };
    }
    drop_from!(
        "DELETE FROM contact_use WHERE ctid = ANY(ARRAY(SELECT ctid FROM contact_use WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM contact_pending WHERE ctid = ANY(ARRAY(SELECT ctid FROM contact_pending WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM customer_key WHERE ctid = ANY(ARRAY(SELECT ctid FROM customer_key WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM application_approval
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM application_approval WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM directory_contact
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM directory_contact WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM directory_person WHERE ctid = ANY(ARRAY(SELECT ctid FROM directory_person WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "DELETE FROM epoch_subject
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM epoch_subject WHERE from_epoch = $1 LIMIT $2))"
    );
    // Of values that nobody uses any more; what stands there finds nothing in any epoch.
    drop_from!(
        "UPDATE clue_value SET epoch = (SELECT epoch FROM list_gate)
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM clue_value WHERE epoch = $1 LIMIT $2))"
    );
    drop_from!(
        "UPDATE directory_entry SET epoch = (SELECT epoch FROM list_gate)
         WHERE ctid = ANY(ARRAY(SELECT ctid FROM directory_entry WHERE epoch = $1 LIMIT $2))"
    );
    Ok(0)
}

/// Takes the old keys out of some heads. `false` when all were looked at.
async fn heads(tx: &mut Tx, cursors: &Cursors) -> Result<bool, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, keys FROM application WHERE id > $1 ORDER BY id LIMIT $2 FOR UPDATE",
        cursors.head,
        HEADS,
    )
    .fetch_all(&mut *tx)
    .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(false) };
    let (mut ids, mut packed): (Vec<Uuid>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
    for row in rows {
        let keys = unpack(&row.keys, row.id)?;
        let left: Vec<Key> = keys.iter().copied().filter(|key| key.epoch != cursors.from).collect();
        if left.len() < keys.len() {
            ids.push(row.id);
            packed.push(pack(&left));
        }
    }
    sqlx::query!(
        "UPDATE application AS head SET keys = left_over.keys
         FROM UNNEST($1::uuid[], $2::bytea[]) AS left_over (id, keys) WHERE head.id = left_over.id",
        &ids,
        &packed,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("UPDATE epoch_rotation SET cursor_head = $2 WHERE to_epoch = $1", cursors.to, last)
        .execute(tx)
        .await?;
    Ok(true)
}

/// The epoch is gone: its key may go, and replicas read the directory again without it.
async fn finish(tx: &mut Tx, cursors: &Cursors, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM fingerprint_epoch WHERE epoch = $1", cursors.from).execute(&mut *tx).await?;
    sqlx::query!("UPDATE epoch_rotation SET finished_time = $2 WHERE to_epoch = $1", cursors.to, at)
        .execute(&mut *tx)
        .await?;
    let version = sqlx::query_scalar!(
        "UPDATE version_counter SET version = version + 1 WHERE name = $1 RETURNING version",
        VERSION_COUNTER
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!("UPDATE directory_entry SET changed_version = $1", version).execute(&mut *tx).await?;
    let why = format!("nothing is left of fingerprint epoch {}", cursors.from);
    note(tx, "DROP_FINGERPRINT_EPOCH", at, &[&cursors.from.to_be_bytes()], why).await
}
