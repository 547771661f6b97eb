//! Verifying the audit log: in one pass, in flat memory, on one unchanging view of the database.
//!
//! - The chain: positions without gaps, every MAC that of its entry and its predecessor, the end where the head says.
//! - The rows: each batch of submissions, each policy event and holiday notice recomputed from the tables and compared with
//!   the digest in its entry.
//! - Insertions: as many submissions in the tables as the entries name.
//! - The registers of access and of destructions: each row as its last entry says.
//! - A cut tail leaves a chain that is right in itself: only a checkpoint from outside the database finds it.

pub mod chain;
pub mod fault;
mod kept_once;
pub(in crate::store) mod registers;

use std::sync::Arc;

use uuid::Uuid;

pub use self::{
    chain::{ChainCheck, Chained, Checkpoint},
    fault::{Fault, FaultKind, Faults, MAX_FAULTS},
};
use super::{
    Scope, Store, StoreError, Tx,
    audit::Entry,
    record::{ACTION_RECORD, batch_digest},
    relay::{Link, as_mac},
    submission::{read_sealed, read_submissions},
};
use crate::security::audit_key::AuditKeys;

/// Entries that are read at a time.
const PAGE: i64 = 500;

/// What a verification saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Entries of the chain.
    pub entries: i64,
    /// Entries that have no position yet; they are checked against their rows but not protected by the chain.
    pub unchained: i64,
    /// Submissions that the entries name.
    pub submissions: i64,
    /// Checkpoints that were compared.
    pub checkpoints: usize,
    /// Position of the newest of them, if there was one.
    pub checkpoint: Option<i64>,
    /// Everything that is wrong, up to [`MAX_FAULTS`].
    pub faults: Vec<Fault>,
    #[serde(skip)]
    found: Faults,
}

impl Report {
    fn fault(&mut self, kind: FaultKind, position: Option<i64>, problem: impl Into<String>) {
        self.found.add(kind, position, problem);
    }
}

impl Store {
    /// Verifies everything, comparing with `checkpoints`, in whatever order they are.
    ///
    /// # Errors
    /// When the database cannot be reached. What is wrong with the log is no error but in the report.
    pub async fn verify_audit(
        &self,
        keys: Arc<AuditKeys>,
        mut checkpoints: Vec<Checkpoint>,
    ) -> Result<Report, StoreError> {
        checkpoints.sort();
        checkpoints.dedup();
        self.with_snapshot(Scope::system(), move |tx| {
            Box::pin(async move {
                let mut report = Report {
                    checkpoints: checkpoints.len(),
                    checkpoint: checkpoints.last().map(|checkpoint| checkpoint.position),
                    ..Report::default()
                };
                verify_chain(tx, &keys, &checkpoints, &mut report).await?;
                verify_tail(tx, &mut report).await?;
                verify_count(tx, &mut report).await?;
                kept_once::verify_strangers(tx, &mut report).await?;
                registers::verify(tx, &mut report).await?;
                report.faults = std::mem::take(&mut report.found).into_vec();
                Ok(report)
            })
        })
        .await
    }
}

/// Walks the chain to its end and compares that with the head.
async fn verify_chain(
    tx: &mut Tx,
    keys: &AuditKeys,
    checkpoints: &[Checkpoint],
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut check = ChainCheck::new(keys, checkpoints);
    loop {
        let page = read_page(tx, check.position()).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            check.take(&row, &mut report.found);
            verify_rows(tx, &row.entry, Some(row.position), report).await?;
        }
    }
    report.entries = check.entries();
    let head =
        sqlx::query!("SELECT position, mac FROM chain_head WHERE name = 'audit'").fetch_one(&mut *tx).await?;
    check.finish(&Link { position: head.position, mac: as_mac(&head.mac)? }, &mut report.found);
    Ok(())
}

/// The next entries after `position`.
async fn read_page(tx: &mut Tx, position: i64) -> Result<Vec<Chained>, StoreError> {
    let rows = sqlx::query!(
        "SELECT position, id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest, mac, key_version
         FROM audit_entry WHERE position > $1 ORDER BY position LIMIT $2",
        position,
        PAGE,
    )
    .fetch_all(&mut *tx)
    .await?;
    let chained = rows.into_iter().map(|row| {
        Ok(Chained {
            position: row.position,
            key_version: row.key_version,
            mac: as_mac(&row.mac)?,
            entry: Entry {
                id: row.id,
                recorded_time: row.recorded_time,
                actor: row.actor,
                action: row.action,
                subject_kind: row.subject_kind,
                subject_ids: row.subject_ids,
                reason: row.reason,
                digest: row.digest,
            },
        })
    });
    chained.collect()
}

/// Entries that wait for the relay: not protected yet, but their rows must be right.
async fn verify_tail(tx: &mut Tx, report: &mut Report) -> Result<(), StoreError> {
    let waiting = sqlx::query_as!(
        Entry,
        "SELECT id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest
         FROM audit_pending ORDER BY id"
    )
    .fetch_all(&mut *tx)
    .await?;
    for entry in waiting {
        verify_rows(tx, &entry, None, report).await?;
        report.unchained += 1;
    }
    Ok(())
}

/// Compares the digest of a batch of submissions with the rows of the tables.
async fn verify_rows(
    tx: &mut Tx,
    entry: &Entry,
    position: Option<i64>,
    report: &mut Report,
) -> Result<(), StoreError> {
    if entry.action != ACTION_RECORD {
        return kept_once::verify(tx, entry, position, report).await;
    }
    report.submissions += i64::try_from(entry.subject_ids.len()).unwrap_or(i64::MAX);
    let rows = match read_submissions(tx, &entry.subject_ids).await {
        Ok(rows) => rows,
        Err(StoreError::Corrupt { table, column, row }) => {
            let problem = format!("table {table}, column {column} of {row} was changed");
            report.fault(FaultKind::RowChanged, position, problem);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let sealed = read_sealed(tx, &entry.subject_ids).await?;
    let found: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for id in entry.subject_ids.iter().filter(|id| !found.contains(id)) {
        report.fault(FaultKind::RowRemoved, position, format!("submission {id} was removed"));
    }
    let digests = rows.iter().map(|row| {
        let own = sealed.iter().filter(|(id, _)| *id == row.id).map(|(_, part)| part.clone());
        row.digest(&own.collect::<Vec<_>>())
    });
    if found.len() == entry.subject_ids.len() && batch_digest(digests) != entry.digest {
        let problem = format!("a row of the {} submissions of this entry was changed", found.len());
        report.fault(FaultKind::RowChanged, position, problem);
    }
    Ok(())
}

/// A submission that no entry names was put in by hand.
async fn verify_count(tx: &mut Tx, report: &mut Report) -> Result<(), StoreError> {
    let rows =
        sqlx::query_scalar!(r#"SELECT count(*) AS "rows!" FROM submission"#).fetch_one(&mut *tx).await?;
    if rows <= report.submissions {
        return Ok(());
    }
    let strangers = sqlx::query_scalar!(
        "SELECT s.id FROM submission s
         WHERE NOT EXISTS (
             SELECT FROM (SELECT subject_ids FROM audit_entry WHERE action = $1
                          UNION ALL SELECT subject_ids FROM audit_pending WHERE action = $1) AS named
             WHERE s.id = ANY(named.subject_ids)
         )
         ORDER BY s.id LIMIT 20",
        ACTION_RECORD,
    )
    .fetch_all(tx)
    .await?;
    for id in strangers {
        let problem = format!("submission {id} stands in no entry: it was inserted");
        report.fault(FaultKind::RowInserted, None, problem);
    }
    Ok(())
}
