//! Verifying the audit log: in one pass, in flat memory, on one unchanging view of the database.
//!
//! - The chain: positions without gaps, every MAC that of its entry and its predecessor, the end where the head says.
//! - The rows: each batch of submissions, each policy event and holiday notice recomputed from the tables and compared with
//!   the digest in its entry.
//! - Insertions: as many submissions in the tables as the entries name.
//! - A cut tail leaves a chain that is right in itself: only a checkpoint from outside the database finds it.

mod kept_once;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use uuid::Uuid;

use super::{
    Scope, Store, StoreError, Tx,
    audit::{Entry, MAC_BYTES},
    record::{ACTION_RECORD, batch_digest},
    relay::as_mac,
    submission::{read_sealed, read_submissions},
};

/// Entries that are read at a time.
const PAGE: i64 = 200;

/// The end of the chain as it was at some time, kept outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Position of the last entry then.
    pub position: i64,
    /// Its MAC.
    pub mac: [u8; MAC_BYTES],
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Position in the chain; none for the unchained tail and for what no entry names.
    pub position: Option<i64>,
    /// What is wrong, in words.
    pub problem: String,
}

/// What a verification saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Entries of the chain.
    pub entries: i64,
    /// Entries that have no position yet; they are checked against their rows but not protected by the chain.
    pub unchained: i64,
    /// Submissions that the entries name.
    pub submissions: i64,
    /// Position of the checkpoint that was compared, if there was one.
    pub checkpoint: Option<i64>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// Most faults that a report lists; a table rewritten as a whole would otherwise fill the memory.
const MAX_FAULTS: usize = 1_000;

impl Report {
    fn fault(&mut self, position: Option<i64>, problem: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { position, problem: problem.into() });
        }
    }
}

impl Store {
    /// Verifies everything, comparing with `checkpoint` if there is one.
    ///
    /// # Errors
    /// When the database cannot be reached. What is wrong with the log is no error but in the report.
    pub async fn verify_audit(
        &self,
        key: hmac::Key,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Report, StoreError> {
        self.with_snapshot(Scope::system(), move |tx| {
            Box::pin(async move {
                let mut report =
                    Report { checkpoint: checkpoint.as_ref().map(|c| c.position), ..Report::default() };
                let last = verify_chain(tx, &key, checkpoint.as_ref(), &mut report).await?;
                verify_head(tx, &last, checkpoint.as_ref(), &mut report).await?;
                verify_tail(tx, &mut report).await?;
                verify_count(tx, &mut report).await?;
                kept_once::verify_strangers(tx, &mut report).await?;
                Ok(report)
            })
        })
        .await
    }
}

/// Walks the chain; returns where it ended.
async fn verify_chain(
    tx: &mut Tx,
    key: &hmac::Key,
    checkpoint: Option<&Checkpoint>,
    report: &mut Report,
) -> Result<Checkpoint, StoreError> {
    let mut last = Checkpoint { position: 0, mac: [0; MAC_BYTES] };
    loop {
        let page = sqlx::query!(
            "SELECT position, id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest, mac
             FROM audit_entry WHERE position > $1 ORDER BY position LIMIT $2",
            last.position,
            PAGE,
        )
        .fetch_all(&mut *tx)
        .await?;
        if page.is_empty() {
            return Ok(last);
        }
        for row in page {
            let entry = Entry {
                id: row.id,
                recorded_time: row.recorded_time,
                actor: row.actor,
                action: row.action,
                subject_kind: row.subject_kind,
                subject_ids: row.subject_ids,
                reason: row.reason,
                digest: row.digest,
            };
            if row.position != last.position + 1 {
                report.fault(
                    Some(row.position),
                    format!("entries {} to {} are missing", last.position + 1, row.position - 1),
                );
            }
            let mac = as_mac(&row.mac)?;
            if verify_slices_are_equal(&entry.chain(key, row.position, &last.mac), &mac).is_err() {
                report.fault(Some(row.position), "the entry or its predecessor was changed");
            }
            if checkpoint.is_some_and(|c| c.position == row.position && c.mac != mac) {
                report.fault(Some(row.position), "the chain is another than the one of the checkpoint");
            }
            verify_rows(tx, &entry, Some(row.position), report).await?;
            report.entries += 1;
            last = Checkpoint { position: row.position, mac };
        }
    }
}

/// The head must stand where the chain ends, and not before the checkpoint.
async fn verify_head(
    tx: &mut Tx,
    last: &Checkpoint,
    checkpoint: Option<&Checkpoint>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let head =
        sqlx::query!("SELECT position, mac FROM chain_head WHERE name = 'audit'").fetch_one(&mut *tx).await?;
    if head.position != last.position || head.mac != last.mac {
        let problem = format!(
            "the chain ends at {} and its head says {}: the tail was cut",
            last.position, head.position
        );
        report.fault(Some(last.position), problem);
    }
    if let Some(checkpoint) = checkpoint.filter(|checkpoint| checkpoint.position > last.position) {
        let problem = format!(
            "the chain ends at {} and the checkpoint saw {}: the tail was cut",
            last.position, checkpoint.position
        );
        report.fault(Some(last.position), problem);
    }
    Ok(())
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
            report.fault(position, format!("table {table}, column {column} of {row} was changed"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let sealed = read_sealed(tx, &entry.subject_ids).await?;
    let found: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for id in entry.subject_ids.iter().filter(|id| !found.contains(id)) {
        report.fault(position, format!("submission {id} was removed"));
    }
    let digests = rows.iter().map(|row| {
        let own = sealed.iter().filter(|(id, _)| *id == row.id).map(|(_, part)| part.clone());
        row.digest(&own.collect::<Vec<_>>())
    });
    if found.len() == entry.subject_ids.len() && batch_digest(digests) != entry.digest {
        report.fault(position, format!("a row of the {} submissions of this entry was changed", found.len()));
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
        report.fault(None, format!("submission {id} stands in no entry: it was inserted"));
    }
    Ok(())
}
