//! How far the rewrapping of a table has come: where the next batch begins, and what the last one did.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Rewrapping, Wrapped};
use crate::store::{
    StoreError, Tx,
    audit::{self, Deed},
    keys::as_number,
};

/// Where the next batch begins; none if the table is done. The row stays locked: one batch of a table at a time.
pub(super) async fn begin(
    tx: &mut Tx,
    table: Wrapped,
    version: u16,
    at: DateTime<Utc>,
) -> Result<Option<(Uuid, i16)>, StoreError> {
    sqlx::query!(
        "INSERT INTO key_rotation (version, table_name, cursor_id, cursor_no, looked_at, rewrapped, started_time)
         VALUES ($1, $2, $3, -2, 0, 0, $4) ON CONFLICT DO NOTHING",
        as_number(version),
        table.name(),
        Uuid::nil(),
        at,
    )
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query!(
        "SELECT cursor_id, cursor_no FROM key_rotation
         WHERE version = $1 AND table_name = $2 AND finished_time IS NULL FOR UPDATE",
        as_number(version),
        table.name(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(row.map(|row| (row.cursor_id, row.cursor_no)))
}

/// What one batch did.
pub(super) struct Progress {
    pub(super) last: Option<(Uuid, i16)>,
    pub(super) looked_at: i64,
    pub(super) rewrapped: i64,
}

pub(super) async fn advance(
    tx: &mut Tx,
    table: Wrapped,
    version: u16,
    progress: &Progress,
    at: DateTime<Utc>,
) -> Result<Rewrapping, StoreError> {
    let done = progress.last.is_none().then_some(at);
    let (id, no) = progress.last.unzip();
    let row = sqlx::query!(
        "UPDATE key_rotation SET cursor_id = COALESCE($3, cursor_id), cursor_no = COALESCE($4, cursor_no),
             looked_at = looked_at + $5, rewrapped = rewrapped + $6, finished_time = $7
         WHERE version = $1 AND table_name = $2 RETURNING looked_at, rewrapped",
        as_number(version),
        table.name(),
        id,
        no,
        progress.looked_at,
        progress.rewrapped,
        done,
    )
    .fetch_one(&mut *tx)
    .await?;
    if let Some(at) = done {
        // What a rotation before this one left undone, this one has done.
        sqlx::query!(
            "UPDATE key_rotation SET finished_time = $3
             WHERE version < $1 AND table_name = $2 AND finished_time IS NULL",
            as_number(version),
            table.name(),
            at,
        )
        .execute(&mut *tx)
        .await?;
    }
    if progress.rewrapped > 0 {
        let deed = Deed { actor: "keys", action: "REWRAP_KEYS", subject_kind: "key", subject_ids: &[] };
        let (id, no) = progress.last.unwrap_or_default();
        let what = [
            &version.to_be_bytes()[..],
            table.name().as_bytes(),
            id.as_bytes(),
            &no.to_be_bytes(),
            &at.timestamp_micros().to_be_bytes(),
        ];
        let why = format!("{} of {} under key_encryption key {version}", progress.rewrapped, table.name());
        audit::note(tx, &deed, at, &what, why).await?;
    }
    Ok(Rewrapping {
        table: table.name().into(),
        version,
        looked_at: row.looked_at,
        rewrapped: row.rewrapped,
        finished_time: done,
    })
}
