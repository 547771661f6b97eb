//! Reading the audit log: by who, what, which and when, newest first, by position.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Scope, Store, StoreError, audit::Entry, record::ACTION_RECORD};

/// What entries are asked for; empty asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub action: Option<String>,
    /// Which.
    pub subject_id: Option<Uuid>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Only before this position: the last of the page before.
    pub before: Option<i64>,
}

/// An entry with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Position in the chain.
    pub position: i64,
    /// The entry.
    pub entry: Entry,
}

impl Store {
    /// Chained entries that match, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_audit_entries(
        &self,
        scope: Scope,
        filter: AuditFilter,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let AuditFilter { actor, action, subject_id, from, until, before } = filter;
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                // A batch of submissions is found by its time, which is the submission's: see the index on subjects.
                let rows = sqlx::query!(
                    "SELECT position, id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest
                     FROM audit_entry
                     WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR action = $2)
                         AND ($3::uuid IS NULL
                              OR (action <> $8 AND subject_ids @> ARRAY[$3])
                              OR (action = $8 AND recorded_time IN (SELECT s.recorded_time FROM submission AS s WHERE s.id = $3)
                                  AND subject_ids @> ARRAY[$3]))
                         AND ($4::timestamptz IS NULL OR recorded_time >= $4)
                         AND ($5::timestamptz IS NULL OR recorded_time < $5)
                         AND ($6::bigint IS NULL OR position < $6)
                     ORDER BY position DESC LIMIT $7",
                    actor,
                    action,
                    subject_id,
                    from,
                    until,
                    before,
                    limit,
                    ACTION_RECORD,
                )
                .fetch_all(tx)
                .await?;
                let row = rows.into_iter().map(|row| AuditRow {
                    position: row.position,
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
                });
                Ok(row.collect())
            })
        })
        .await
    }
}
