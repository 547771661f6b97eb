//! Rewrapping: data keys under the newest key-encryption key, without touching what is sealed under them.
//!
//! Batches by primary key, each a transaction of its own; a batch changes a row only if its wrapped key is still the one that was
//! read, so that a person's key that is destroyed meanwhile stays destroyed and several processes may rewrap at once. The place
//! of the last batch is kept: a killed run goes on there. Data keys of classified files are passed over: they are wrapped by keys of
//! their own. To add a table that holds wrapped keys: a variant of [`Wrapped`], its two statements (`rewrap/rows.rs`), its place,
//! and the grant on its column.

mod progress;
mod rows;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use self::{
    progress::{Progress, advance, begin},
    rows::{read, write},
};
use super::{
    Scope, Store, StoreError, Tx,
    case::{evidence, text},
    directory::{SEALED_PARTY, SEALED_TABLE},
    keys::as_number,
    privacy,
};
use crate::{
    entropy::SharedEntropy,
    security::sealing::{Place, Sealer},
};

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

/// Data keys that are wrapped with `version` or an older one: bytes 1 and 2 of a sealed value are its key version. Byte 0 is 2 of
/// classified files, whose keys have versions of their own: they are no one's that is rotated here.
pub(super) async fn wrapped_up_to(tx: &mut Tx, version: u16) -> Result<i64, StoreError> {
    let left = sqlx::query_scalar!(
        r#"SELECT count(*) AS "left!" FROM (
               SELECT wrapped_key FROM sealed UNION ALL SELECT wrapped_key FROM case_text
               UNION ALL SELECT wrapped_key FROM case_evidence UNION ALL SELECT wrapped_key FROM directory_entry
               UNION ALL SELECT wrapped_key FROM privacy_text
           ) AS held
           WHERE get_byte(wrapped_key, 0) <> 2 AND get_byte(wrapped_key, 1) * 256 + get_byte(wrapped_key, 2) <= $1"#,
        i32::from(version),
    )
    .fetch_one(tx)
    .await?;
    Ok(left)
}
