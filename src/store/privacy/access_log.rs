//! One incident with what was written about it, and who has seen the subject's data: out of the audit log itself, not out of a
//! register beside it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    Tools, Who,
    incident::{self, row::IncidentRow},
    row::SubjectIds,
    text,
};
use crate::{
    security::sealing::Sealer,
    store::{Store, StoreError, Tx, audit},
};

/// Most entries that are shown of one incident at a time.
pub const MOST_ACCESSES: u16 = 1_000;

/// An entry of the audit log about an access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub recorded_time: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// Codes of it.
    pub reason: String,
}

/// Something that was done about an incident.
#[derive(Debug)]
pub struct Measure {
    /// Who wrote it down.
    pub taken_by: String,
    /// When.
    pub taken_time: DateTime<Utc>,
    /// What.
    pub words: Zeroizing<String>,
}

/// An incident with everything about it.
#[derive(Debug)]
pub struct IncidentFile {
    /// The row.
    pub row: IncidentRow,
    /// What happened.
    pub description: Zeroizing<String>,
    /// What was done.
    pub measures: Vec<Measure>,
    /// Who has seen the subject's data, newest first.
    pub accesses: Vec<AccessEntry>,
    /// The last of them, if there are more.
    pub next: Option<Uuid>,
}

impl Store {
    /// The incident `id` with everything about it, and at most `most` accesses from before `before` on. That it is read is written first, in the same transaction.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a text does not open.
    pub async fn read_incident(
        &self,
        tools: Tools,
        who: Who,
        id: Uuid,
        (before, most): (Option<Uuid>, u16),
        sealer: Arc<Sealer>,
    ) -> Result<Option<IncidentFile>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let Some(row) = incident::row::read(tx, id).await? else { return Ok(None) };
                let now = tools.clock.now();
                let entry =
                    tools.entry(who.scope.actor(), "READ_INCIDENT", incident::SUBJECT, vec![id], now)?;
                audit::append(tx, &entry).await?;
                let description = text::open(tx, &sealer, row.description_text_id).await?;
                let measures = measures(tx, &sealer, id).await?;
                let mut accesses = match row.subject {
                    Some(subject) => accesses(tx, subject, before, most).await?,
                    None => Vec::new(),
                };
                let more = accesses.len() > usize::from(most);
                accesses.truncate(usize::from(most));
                let next = accesses.last().filter(|_| more).map(|entry| entry.id);
                Ok(Some(IncidentFile { row, description, measures, accesses, next }))
            })
        })
        .await
    }
}

async fn measures(tx: &mut Tx, sealer: &Sealer, id: Uuid) -> Result<Vec<Measure>, StoreError> {
    let rows = sqlx::query!(
        "SELECT taken_by, taken_time, text_id FROM incident_measure WHERE incident_id = $1 ORDER BY id",
        id
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut measures = Vec::with_capacity(rows.len());
    for row in rows {
        let words = text::open(tx, sealer, row.text_id).await?;
        measures.push(Measure { taken_by: row.taken_by, taken_time: row.taken_time, words });
    }
    Ok(measures)
}

/// Everything under which an access of the subject can stand in the log: the case, its customers, and of each of them submissions,
/// cases, suspicions, and the lists that these are in.
async fn names(tx: &mut Tx, subject: SubjectIds) -> Result<Vec<Uuid>, StoreError> {
    let customers = match subject {
        SubjectIds::Customer(id) | SubjectIds::CaseMember(_, id) => vec![id],
        SubjectIds::Party(submission, party_no) => {
            let targets = super::target::of(tx, SubjectIds::Party(submission, party_no)).await?;
            targets.first().and_then(|target| target.customer_id).into_iter().collect()
        }
        SubjectIds::Case(case) => {
            sqlx::query_scalar!("SELECT DISTINCT customer_id FROM case_member WHERE case_id = $1", case)
                .fetch_all(&mut *tx)
                .await?
        }
    };
    let mut names = subject.ids();
    let more = sqlx::query_scalar!(
        r#"WITH suspected AS (
               SELECT m.suspicion_id, s.list_id FROM suspicion_member m JOIN suspicion s ON s.id = m.suspicion_id
               WHERE m.customer_id = ANY($1))
           SELECT submission_id AS "id!" FROM application_party WHERE customer_id = ANY($1)
           UNION SELECT case_id FROM case_member WHERE customer_id = ANY($1)
           UNION SELECT suspicion_id FROM suspected
           UNION SELECT list_id FROM suspected
           UNION SELECT unnest($1::uuid[])"#,
        &customers
    )
    .fetch_all(tx)
    .await?;
    names.extend(more);
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// At most `most` and one more, newest first, of those before `before`.
async fn accesses(
    tx: &mut Tx,
    subject: SubjectIds,
    before: Option<Uuid>,
    most: u16,
) -> Result<Vec<AccessEntry>, StoreError> {
    let names = names(tx, subject).await?;
    // The actions are those of the index audit_entry_accesses.
    let rows = sqlx::query_as!(
        AccessEntry,
        r#"SELECT id AS "id!", recorded_time AS "recorded_time!", actor AS "actor!", action AS "action!",
                  reason AS "reason!" FROM (
               SELECT id, recorded_time, actor, action, reason FROM audit_entry
               WHERE action IN ('REVEAL_FIELDS', 'LEND', 'EXPORT', 'DOWNLOAD_EXPORT', 'VIEW_MASKED', 'READ_EVIDENCE',
                       'EXPORT_SUSPICION_LIST', 'PRINT_CONFIRMATION_FORM')
                   AND subject_ids && $1
               UNION
               SELECT id, recorded_time, actor, action, reason FROM audit_pending
               WHERE action IN ('REVEAL_FIELDS', 'LEND', 'EXPORT', 'DOWNLOAD_EXPORT', 'VIEW_MASKED', 'READ_EVIDENCE',
                       'EXPORT_SUSPICION_LIST', 'PRINT_CONFIRMATION_FORM')
                   AND subject_ids && $1) AS entry
           WHERE $3::uuid IS NULL OR id < $3
           ORDER BY id DESC LIMIT $2"#,
        &names,
        i64::from(most) + 1,
        before,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
