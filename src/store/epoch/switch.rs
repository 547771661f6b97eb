//! The switch: one statement under the gate makes the new epoch the one in force.
//!
//! Nobody is recording and no list is being written at that moment, and no process writes only the old epoch since the rotation was
//! opened. The next batch reads the new epoch in the gate's row.

use chrono::{DateTime, Utc};

use super::progress::{locked, note};
use crate::store::{Scope, Store, StoreError, Tx, record::LIST_GATE_LOCK};

/// What became of asking for the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switched {
    /// The new epoch is in force.
    Now,
    /// A list is being written, or a baseline waits for its own: asked again later, it may be done.
    ListOpen,
    /// Lists have named values since they were backfilled.
    NewValues,
}

impl Store {
    /// Makes `to` the epoch in force, if lists allow it. Done before, it is done.
    ///
    /// # Errors
    /// When the database cannot be reached, or batches hold the gate for longer than a lock may be waited for.
    pub async fn switch_epoch(&self, to: i16, at: DateTime<Utc>) -> Result<Switched, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { switch(tx, to, at).await })).await
    }
}

async fn switch(tx: &mut Tx, to: i16, at: DateTime<Utc>) -> Result<Switched, StoreError> {
    let cursors = locked(tx, to).await?;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LIST_GATE_LOCK).fetch_one(&mut *tx).await?;
    let found = sqlx::query!(
        r#"SELECT epoch = $1 AS "done!", EXISTS (SELECT FROM suspicion_list WHERE state = 1)
               OR EXISTS (SELECT FROM contact_pending WHERE epoch = $2 AND baseline) AS "open!",
               -- One that nobody who can be opened uses any more has no name to get.
               EXISTS (
                   SELECT FROM clue_value AS value
                   JOIN contact_use AS used ON used.epoch = $2 AND used.clue = value.clue
                       AND used.fingerprint = value.fingerprint
                   JOIN sealed AS z ON z.submission_id = used.submission_id AND z.party_no = used.party_no
                       AND z.wrapped_key IS NOT NULL
                   WHERE value.epoch = $2 AND value.next_fingerprint IS NULL
               ) AS "new!"
           FROM list_gate WHERE id = 1"#,
        to,
        cursors.from,
    )
    .fetch_one(&mut *tx)
    .await?;
    if found.done {
        return Ok(Switched::Now);
    }
    if found.open {
        return Ok(Switched::ListOpen);
    }
    if found.new {
        return Ok(Switched::NewValues);
    }
    sqlx::query!(
        "UPDATE list_gate SET epoch = next_epoch, next_epoch = NULL WHERE id = 1 AND next_epoch = $1",
        to
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE clue_value SET epoch = $2, fingerprint = next_fingerprint, next_fingerprint = NULL
         WHERE epoch = $1 AND next_fingerprint IS NOT NULL",
        cursors.from,
        to,
    )
    .execute(&mut *tx)
    .await?;
    // Those of the old epoch are all in self-inspection lists.
    sqlx::query!("DELETE FROM contact_pending WHERE epoch = $1 AND baseline", to).execute(&mut *tx).await?;
    sqlx::query!(
        "UPDATE epoch_rotation SET switched_time = $2, backfilled_time = COALESCE(backfilled_time, $2)
         WHERE to_epoch = $1",
        to,
        at,
    )
    .execute(&mut *tx)
    .await?;
    let why = format!("fingerprint epoch {to} is in force");
    note(tx, "SWITCH_FINGERPRINT_EPOCH", at, &[&to.to_be_bytes()], why).await?;
    Ok(Switched::Now)
}
