//! Rewriting what had held destroyed keys and fingerprints. PostgreSQL keeps old versions of rows in its files until they
//! are rewritten, and in its write-ahead log until that is removed: whoever has the keyring could read them there.
//!
//! It locks each table for as long as it is rewritten: run it in a quiet hour. It needs the login that migrates; without the
//! right to make checkpoints the log goes when the server makes its own.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, postgres::types::Oid};
use uuid::Uuid;

use super::Tools;
use crate::store::{Scope, Store, StoreError, pool::parse_url};

/// What was rewritten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Partitions of sealed parties.
    pub partitions: usize,
    /// The write-ahead log was switched and a checkpoint made.
    pub log_ended: bool,
}

impl Store {
    /// Destructions, of this database or of the one that a backup was made of, whose remains are not rewritten yet.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn unscrubbed(&self) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                Ok(sqlx::query_scalar!(
                    r#"SELECT id AS "id!" FROM erasure WHERE ledger_time IS NOT NULL AND scrubbed_time IS NULL
                       UNION SELECT erasure_id FROM shred_replay WHERE scrubbed_time IS NULL ORDER BY 1"#
                )
                .fetch_all(tx)
                .await?)
            })
        })
        .await
    }

    /// Marks the destructions `ids` as rewritten since `begun_time`; what was destroyed later is still to be.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn mark_scrubbed(
        &self,
        tools: Tools,
        ids: Vec<Uuid>,
        begun_time: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "UPDATE erasure SET scrubbed_time = $2
                     WHERE id = ANY($1) AND (shredded_time IS NULL OR shredded_time <= $3)",
                    &ids,
                    tools.now,
                    begun_time,
                )
                .execute(&mut *tx)
                .await?;
                sqlx::query!(
                    "UPDATE shred_replay SET scrubbed_time = $2 WHERE erasure_id = ANY($1)",
                    &ids,
                    tools.now,
                )
                .execute(&mut *tx)
                .await?;
                tools.tell(tx, "SCRUB_REMAINS", None, ids, String::new()).await
            })
        })
        .await
    }

    /// Erasure ids of the ledger that were done in this database, but for what a hold on somebody else keeps: by itself, or
    /// again after a restore.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn shredded_here(&self) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let ids = sqlx::query_scalar!(
                    r#"SELECT id AS "id!" FROM erasure WHERE shredded_time IS NOT NULL OR kept_case_ids <> '{}'
                       UNION SELECT erasure_id FROM shred_replay"#
                )
                .fetch_all(tx)
                .await?;
                Ok(ids)
            })
        })
        .await
    }

    /// Writes that the destruction `id` was done again in this database.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn mark_replayed(&self, tools: Tools, id: Uuid) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO shred_replay (erasure_id, replayed_time) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    id,
                    tools.now,
                )
                .execute(&mut *tx)
                .await?;
                tools.tell(tx, "SHRED_AGAIN", None, vec![id], String::new()).await
            })
        })
        .await
    }
}

/// Rewrites the partitions that hold `submission_ids`, and the tables that held fingerprints and keys of cases; then ends the
/// write-ahead log that had them, as far as the login may.
///
/// # Errors
/// When the login may not, or a table was in use for longer than its lock may wait: nothing is harmed, run it again.
pub async fn scrub(
    url: &str,
    submission_ids: &[Uuid],
    progress: impl Fn(&str),
) -> Result<Scrubbed, StoreError> {
    let mut connection = PgConnection::connect_with(&parse_url(url)?).await?;
    sqlx::query!("SET ROLE zhenshi_owner").execute(&mut connection).await?;
    sqlx::query!("SELECT set_config('zhenshi.extent', 'everything', false)")
        .fetch_one(&mut connection)
        .await?;
    let partitions = sqlx::query_scalar!(
        r#"SELECT DISTINCT tableoid AS "partition!" FROM sealed WHERE submission_id = ANY($1)"#,
        submission_ids,
    )
    .fetch_all(&mut connection)
    .await?;
    for partition in &partitions {
        let number = partition.0;
        progress(&format!("rewriting the partition {number} of sealed parties"));
        sqlx::query!("SELECT scrub_sealed($1::oid::regclass)", *partition as Oid)
            .fetch_one(&mut connection)
            .await?;
    }
    macro_rules! rewrite {
        ($($table:literal),+ $(,)?) => {$(
            progress(concat!("rewriting ", $table));
            sqlx::query(concat!("VACUUM (FULL) ", $table)).execute(&mut connection).await?;
        )+};
    }
    rewrite!(
        "customer_key",
        "epoch_subject",
        "contact_use",
        "contact_pending",
        "application",
        "application_approval",
        "clue_value",
        "list_run",
        "directory_entry",
        "directory_contact",
        "directory_person",
        "case_evidence",
        "case_evidence_piece",
        "case_text",
        "privacy_text",
    );
    sqlx::query("RESET ROLE").execute(&mut connection).await?;
    let log_ended = end_log(&mut connection).await;
    connection.close().await?;
    Ok(Scrubbed { partitions: partitions.len(), log_ended })
}

/// Twice: the first checkpoint makes the segments removable, the second removes the one that was switched away from.
async fn end_log(connection: &mut PgConnection) -> bool {
    for statement in ["CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"] {
        if sqlx::query(statement).execute(&mut *connection).await.is_err() {
            return false;
        }
    }
    true
}
