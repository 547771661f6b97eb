//! The register of destructions as the audit log digests it: what is asked, decided and done leaves an entry with a digest over
//! the row. What is not under it says only how far the service has come: kept cases, scrubbed pages.

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use super::{SUBJECT_KIND, Tools};
use crate::store::{
    StoreError, Tx,
    audit::{self, Entry, Event},
    audit_verify::registers::{Findings, MAX_GONE, Registered, of},
};

/// Actions that leave a destruction as their entry's digest says. The first subject is the destruction.
const ACTIONS: [&str; 7] = [
    "REQUEST_ERASURE",
    "APPROVE_ERASURE",
    "DECLINE_ERASURE",
    "ERASURE_FALLS",
    "BEGIN_SHREDDING",
    "BEGIN_SHREDDING_AGAIN",
    "SHRED",
];

/// A destruction, column by column.
struct Erasure {
    id: Uuid,
    subject_id: Uuid,
    ground: i16,
    reference: String,
    requested_by: String,
    requested_time: DateTime<Utc>,
    decided_by: Option<String>,
    decided_time: Option<DateTime<Utc>>,
    approved: Option<bool>,
    ledger_time: Option<DateTime<Utc>>,
    shredded_time: Option<DateTime<Utc>>,
    certificate: Option<String>,
    said: Option<Vec<Vec<u8>>>,
}

/// `select_erasures!("what was said", "the rest", arguments)`.
macro_rules! select_erasures {
    ($said:tt, $tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Erasure,
            r#"SELECT e.id AS "id!", e.subject_id AS "subject_id!", e.ground AS "ground!", e.reference AS "reference!",
                   e.requested_by AS "requested_by!", e.requested_time AS "requested_time!", e.decided_by, e.decided_time,
                 e.approved, e.ledger_time, e.shredded_time, e.certificate, "#
                + $said
                + " FROM erasure AS e "
                + $tail
            $(, $argument)*
        )
    };
}

impl Erasure {
    fn digest(&self) -> Vec<u8> {
        let micros = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp_micros());
        let columns = json!([
            self.id,
            self.subject_id,
            self.ground,
            self.reference,
            self.requested_by,
            self.requested_time.timestamp_micros(),
            self.decided_by,
            micros(self.decided_time),
            self.approved,
            micros(self.ledger_time),
            micros(self.shredded_time),
            self.certificate,
        ]);
        of("erasure", &columns)
    }
}

/// Leaves the audit entry, with a digest over the row as it stands, and if it has a kind the event of what happened to the
/// destruction `id` of the person `subject_id`.
pub(super) async fn tell(
    tx: &mut Tx,
    tools: &Tools,
    (action, event): (&str, Option<&'static str>),
    (id, subject_id): (Uuid, Uuid),
    reason: String,
) -> Result<(), StoreError> {
    let row =
        select_erasures!(r#"NULL::bytea[] AS "said?""#, "WHERE e.id = $1", id).fetch_one(&mut *tx).await?;
    let entry = Entry {
        id: tools.mint()?,
        recorded_time: tools.now,
        actor: tools.actor.clone(),
        action: action.to_owned(),
        subject_kind: SUBJECT_KIND.into(),
        subject_ids: vec![id, subject_id],
        reason,
        digest: row.digest(),
    };
    audit::append(tx, &entry).await?;
    let Some(kind) = event else { return Ok(()) };
    let event =
        Event { id: tools.mint()?, recorded_time: tools.now, kind, subject_ids: vec![id, subject_id] };
    audit::publish(tx, &event).await
}

/// Compares every destruction with the log.
pub(in crate::store) async fn verify(tx: &mut Tx, findings: &mut Findings<'_>) -> Result<(), StoreError> {
    let actions = ACTIONS.map(str::to_owned);
    {
        let mut rows = select_erasures!(
            r#"last.said AS "said?""#,
            "LEFT JOIN (
                 SELECT id, array_agg(digest) AS said FROM (
                     SELECT id, digest, rank() OVER (PARTITION BY id ORDER BY recorded_time DESC) AS by_time,
                         rank() OVER (PARTITION BY id ORDER BY position DESC) AS by_place
                     FROM (
                         SELECT subject_ids[1] AS id, digest, recorded_time, position FROM audit_entry WHERE action = ANY($1)
                         UNION ALL
                         SELECT subject_ids[1], digest, recorded_time, NULL FROM audit_pending WHERE action = ANY($1)
                     ) AS entry
                 ) AS ranked WHERE by_time = 1 OR by_place = 1 GROUP BY id
             ) AS last ON last.id = e.id",
            &actions,
        )
        .fetch(&mut *tx);
        while let Some(mut row) = rows.try_next().await? {
            findings.row(&Registered { id: row.id, said: row.said.take(), digest: row.digest() });
        }
    }
    let gone = sqlx::query_scalar!(
        r#"SELECT DISTINCT entry.id AS "id!" FROM (
               SELECT subject_ids[1] AS id FROM audit_entry WHERE action = ANY($1)
               UNION ALL SELECT subject_ids[1] FROM audit_pending WHERE action = ANY($1)) AS entry
           LEFT JOIN erasure AS e ON e.id = entry.id
           WHERE e.id IS NULL AND entry.id IS NOT NULL ORDER BY 1 LIMIT $2"#,
        &actions,
        MAX_GONE,
    )
    .fetch_all(tx)
    .await?;
    for id in gone {
        findings.gone(id);
    }
    Ok(())
}
