//! How far a rotation has come, as it is kept and shown.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{
    Scope, Store, StoreError, Tx,
    audit::{self, Deed},
};

/// A rotation of the fingerprint key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRotation {
    /// Epoch that was in force before.
    pub from_epoch: i16,
    /// Epoch that it leads to.
    pub to_epoch: i16,
    /// Submissions that there were when it was opened.
    pub submissions: i64,
    /// Submissions and entries of the directory that were looked at.
    pub looked_at: i64,
    /// Fingerprints that were made anew.
    pub made: i64,
    /// Rows of the old epoch that were dropped.
    pub dropped: i64,
    /// When everything that was recorded before had been looked at.
    pub backfilled_time: Option<DateTime<Utc>>,
    /// When the new epoch came into force.
    pub switched_time: Option<DateTime<Utc>>,
    /// When the last of the old one was dropped.
    pub finished_time: Option<DateTime<Utc>>,
}

/// Where the next batches begin.
pub(super) struct Cursors {
    pub(super) from: i16,
    pub(super) to: i16,
    pub(super) submission: Uuid,
    pub(super) entry: Uuid,
    pub(super) value: Uuid,
    pub(super) head: Uuid,
}

impl Store {
    /// Every rotation of the fingerprint key, the newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn epoch_rotations(&self) -> Result<Vec<EpochRotation>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                Ok(sqlx::query_as!(
                    EpochRotation,
                    "SELECT from_epoch, to_epoch, submissions, looked_at, made, dropped, backfilled_time,
                         switched_time, finished_time FROM epoch_rotation ORDER BY to_epoch DESC"
                )
                .fetch_all(tx)
                .await?)
            })
        })
        .await
    }
}

/// The rotation to `to`, locked until the transaction ends.
pub(super) async fn locked(tx: &mut Tx, to: i16) -> Result<Cursors, StoreError> {
    super::lock(tx).await?;
    cursors(tx, to).await
}

/// The same, without waiting for anybody.
pub(super) async fn cursors(tx: &mut Tx, to: i16) -> Result<Cursors, StoreError> {
    let row = sqlx::query!(
        "SELECT from_epoch, to_epoch, cursor_submission, cursor_entry, cursor_value, cursor_head
         FROM epoch_rotation WHERE to_epoch = $1",
        to,
    )
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or_else(|| StoreError::Unexpected("no such rotation".into()))?;
    Ok(Cursors {
        from: row.from_epoch,
        to: row.to_epoch,
        submission: row.cursor_submission,
        entry: row.cursor_entry,
        value: row.cursor_value,
        head: row.cursor_head,
    })
}

/// Leaves an entry in the audit log.
pub(super) async fn note(
    tx: &mut Tx,
    action: &'static str,
    at: DateTime<Utc>,
    what: &[&[u8]],
    why: String,
) -> Result<(), StoreError> {
    let deed = Deed { actor: "keys", action, subject_kind: "key", subject_ids: &[] };
    audit::note(tx, &deed, at, what, why).await
}
