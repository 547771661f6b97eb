//! Rewrapping: data keys under the newest key-encryption key, without touching what is sealed under them.
//!
//! Batches by primary key, each a transaction of its own; a batch changes a row only if its wrapped key is still the one that was
//! read, so that a person's key that is destroyed meanwhile stays destroyed and several processes may rewrap at once. The place
//! of the last batch is kept: a killed run goes on there. To add a table that holds wrapped keys: a variant of [`Wrapped`],
//! its two statements, its place, and the grant on its column.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Scope, Store, StoreError, Tx,
    audit::{self, Deed},
    case::{evidence, text},
    directory::{SEALED_PARTY, SEALED_TABLE},
    keys::as_number,
    privacy,
};
use crate::{
    entropy::SharedEntropy,
    security::sealing::{Place, Sealer},
};

/// Rows of a batch.
const BATCH: i64 = 500;

/// Tables that hold wrapped keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapped {
    /// Parties of submissions.
    Sealed,
    /// What people wrote about cases.
    CaseText,
    /// Evidence.
    CaseEvidence,
    /// The directory.
    Directory,
    /// What people wrote about access, loans and incidents.
    PrivacyText,
}

impl Wrapped {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Sealed, Self::CaseText, Self::CaseEvidence, Self::Directory, Self::PrivacyText];

    /// Name of the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::CaseText => "case_text",
            Self::CaseEvidence => "case_evidence",
            Self::Directory => "directory_entry",
            Self::PrivacyText => "privacy_text",
        }
    }

    fn place(self, id: Uuid, party_no: i16) -> Place {
        match self {
            Self::Sealed => Place { table: "sealed", row: id, party_no },
            Self::CaseText => text::place(id),
            Self::CaseEvidence => evidence::place(id),
            Self::Directory => Place { table: SEALED_TABLE, row: id, party_no: SEALED_PARTY },
            Self::PrivacyText => privacy::text::place(id),
        }
    }
}

/// How far the rewrapping of one table has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapping {
    /// Table.
    pub table: String,
    /// Version that it goes to.
    pub version: u16,
    /// Rows that were looked at.
    pub looked_at: i64,
    /// Data keys that were wrapped anew.
    pub rewrapped: i64,
    /// When it was done.
    pub finished_time: Option<DateTime<Utc>>,
}

/// A row of a batch.
struct Row {
    id: Uuid,
    party_no: i16,
    wrapped_key: Option<Vec<u8>>,
}

impl Store {
    /// Rewraps one batch of `table` under the version in force of `sealer`. `None` when the table is done.
    ///
    /// # Errors
    /// When the database cannot be reached, or a key cannot be unwrapped.
    pub async fn rewrap_batch(
        &self,
        table: Wrapped,
        sealer: Arc<Sealer>,
        entropy: SharedEntropy,
        at: DateTime<Utc>,
    ) -> Result<Option<Rewrapping>, StoreError> {
        let version = sealer.version();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some((after_id, after_no)) = begin(tx, table, version, at).await? else {
                    return Ok(None);
                };
                let rows = read(tx, table, after_id, after_no).await?;
                let (mut ids, mut numbers, mut olds, mut news) = (vec![], vec![], vec![], vec![]);
                for row in &rows {
                    let Some(old) = &row.wrapped_key else { continue };
                    let place = table.place(row.id, row.party_no);
                    if let Some(new) = sealer.rewrap(place, old, entropy.as_ref())? {
                        ids.push(row.id);
                        numbers.push(row.party_no);
                        olds.push(old.clone());
                        news.push(new);
                    }
                }
                let rewrapped =
                    if ids.is_empty() { 0 } else { write(tx, table, &ids, &numbers, &olds, &news).await? };
                let last = rows.last().map(|row| (row.id, row.party_no));
                let looked_at = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                let progress = Progress { last, looked_at, rewrapped: rewrapped.cast_signed() };
                advance(tx, table, version, &progress, at).await.map(Some)
            })
        })
        .await
    }

    /// How far every rewrapping has come, the newest version first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn rewrappings(&self) -> Result<Vec<Rewrapping>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT version, table_name, looked_at, rewrapped, finished_time FROM key_rotation
                     ORDER BY version DESC, table_name"
                )
                .fetch_all(&mut *tx)
                .await?;
                let one = rows.into_iter().map(|row| Rewrapping {
                    table: row.table_name,
                    version: u16::try_from(row.version).unwrap_or(0),
                    looked_at: row.looked_at,
                    rewrapped: row.rewrapped,
                    finished_time: row.finished_time,
                });
                Ok(one.collect())
            })
        })
        .await
    }

    /// Data keys that are wrapped with a version below `version`: reads every row.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn wrapped_below(&self, version: u16) -> Result<i64, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { wrapped_up_to(tx, version.saturating_sub(1)).await })
        })
        .await
    }

    /// Begins the tables of `version` anew, for rows that a process still wrapped with an older one meanwhile.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn rewrap_again(&self, version: u16) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "UPDATE key_rotation SET cursor_id = $2, cursor_no = -2, finished_time = NULL WHERE version = $1",
                    as_number(version),
                    Uuid::nil(),
                )
                .execute(&mut *tx)
                .await?;
                Ok(())
            })
        })
        .await
    }
}

/// Where the next batch begins; none if the table is done. The row stays locked: one batch of a table at a time.
async fn begin(
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
struct Progress {
    last: Option<(Uuid, i16)>,
    looked_at: i64,
    rewrapped: i64,
}

async fn advance(
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

async fn read(tx: &mut Tx, table: Wrapped, after: Uuid, after_no: i16) -> Result<Vec<Row>, StoreError> {
    Ok(match table {
        Wrapped::Sealed => {
            sqlx::query_as!(
                Row,
                r#"SELECT submission_id AS "id!", party_no AS "party_no!", wrapped_key FROM sealed
                   WHERE (submission_id, party_no) > ($1, $2) ORDER BY submission_id, party_no LIMIT $3"#,
                after,
                after_no,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::CaseText => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM case_text
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::CaseEvidence => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM case_evidence
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::Directory => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM directory_entry
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::PrivacyText => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM privacy_text
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
    })
}

async fn write(
    tx: &mut Tx,
    table: Wrapped,
    ids: &[Uuid],
    numbers: &[i16],
    olds: &[Vec<u8>],
    news: &[Vec<u8>],
) -> Result<u64, StoreError> {
    let done = match table {
        Wrapped::Sealed => {
            sqlx::query!(
                "UPDATE sealed SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::smallint[], $3::bytea[], $4::bytea[]) AS new (id, party_no, old, wrapped)
                 WHERE submission_id = new.id AND sealed.party_no = new.party_no AND sealed.wrapped_key = new.old",
                ids,
                numbers,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::CaseText => {
            sqlx::query!(
                "UPDATE case_text SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE case_text.id = new.id AND case_text.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::CaseEvidence => {
            sqlx::query!(
                "UPDATE case_evidence SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE case_evidence.id = new.id AND case_evidence.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::Directory => {
            sqlx::query!(
                "UPDATE directory_entry SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE directory_entry.id = new.id AND directory_entry.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::PrivacyText => {
            sqlx::query!(
                "UPDATE privacy_text SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE privacy_text.id = new.id AND privacy_text.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
    };
    Ok(done.rows_affected())
}

/// Data keys that are wrapped with `version` or an older one: bytes 1 and 2 of a sealed value are its key version.
pub(super) async fn wrapped_up_to(tx: &mut Tx, version: u16) -> Result<i64, StoreError> {
    let left = sqlx::query_scalar!(
        r#"SELECT count(*) AS "left!" FROM (
               SELECT wrapped_key FROM sealed UNION ALL SELECT wrapped_key FROM case_text
               UNION ALL SELECT wrapped_key FROM case_evidence UNION ALL SELECT wrapped_key FROM directory_entry
               UNION ALL SELECT wrapped_key FROM privacy_text
           ) AS held
           WHERE get_byte(wrapped_key, 1) * 256 + get_byte(wrapped_key, 2) <= $1"#,
        i32::from(version),
    )
    .fetch_one(tx)
    .await?;
    Ok(left)
}
