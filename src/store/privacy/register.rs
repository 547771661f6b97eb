//! The registers of access as the audit log digests them: grants, each with its loan, and reveals.

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use crate::store::{
    StoreError, Tx,
    audit_verify::registers::{Findings, MAX_GONE, Registered, of},
};

/// Actions that leave a grant as their entry's digest says. The first subject is the grant.
const GRANT_ACTIONS: [&str; 5] =
    ["REQUEST_ACCESS", "AGREE_TO_ACCESS", "REFUSE_ACCESS", "END_ACCESS", "CONFIRM_LOAN_END"];
/// As [`GRANT_ACTIONS`], of a reveal.
const REVEAL_ACTIONS: [&str; 1] = ["REVEAL_FIELDS"];

/// A grant and its loan, column by column.
struct Grant {
    id: Uuid,
    kind: i16,
    state: i16,
    subject_kind: i16,
    customer_id: Option<Uuid>,
    submission_id: Option<Uuid>,
    party_no: Option<i16>,
    case_id: Option<Uuid>,
    fields: Vec<i16>,
    purpose: i16,
    days: i16,
    copies: i16,
    class: i16,
    outsider_document: Option<i16>,
    requester_code: String,
    requester_office: i16,
    channel: Option<i16>,
    branch_code: String,
    leader_code: String,
    requested_time: DateTime<Utc>,
    head_code: Option<String>,
    head_time: Option<DateTime<Utc>>,
    decider_code: Option<String>,
    decided_time: Option<DateTime<Utc>>,
    end_time: Option<DateTime<Utc>>,
    ended_by: Option<String>,
    ended_time: Option<DateTime<Utc>>,
    reason_text_id: Uuid,
    outsider_text_id: Option<Uuid>,
    note_text_id: Option<Uuid>,
    borrower_code: Option<String>,
    lent_time: Option<DateTime<Utc>>,
    due_time: Option<DateTime<Utc>>,
    loan_end: Option<i16>,
    confirmed_by: Option<String>,
    confirmed_time: Option<DateTime<Utc>>,
    said: Option<Vec<Vec<u8>>>,
}

/// `select_grants!("what was said", "the rest", arguments)`.
macro_rules! select_grants {
    ($said:tt, $tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Grant,
            r#"SELECT g.id AS "id!", g.kind AS "kind!", g.state AS "state!", g.subject_kind AS "subject_kind!",
                   g.customer_id, g.submission_id, g.party_no, g.case_id, g.fields AS "fields!",
                   g.purpose AS "purpose!", g.days AS "days!", g.copies AS "copies!", g.class AS "class!",
                   g.outsider_document, g.requester_code AS "requester_code!", g.requester_office AS "requester_office!",
                   g.channel,
                   g.branch_code AS "branch_code!", g.leader_code AS "leader_code!", g.requested_time AS "requested_time!",
                   g.head_code, g.head_time, g.decider_code, g.decided_time,
                   g.end_time, g.ended_by, g.ended_time, g.reason_text_id AS "reason_text_id!", g.outsider_text_id,
                   g.note_text_id,
                   l.borrower_code AS "borrower_code?", l.lent_time AS "lent_time?", l.due_time AS "due_time?",
                   l.loan_end, l.confirmed_by, l.confirmed_time, "#
                + $said
                + " FROM access_grant AS g LEFT JOIN loan AS l ON l.grant_id = g.id "
                + $tail
            $(, $argument)*
        )
    };
}

/// Microseconds, in which times are kept.
fn micros(time: Option<DateTime<Utc>>) -> Option<i64> {
    time.map(|time| time.timestamp_micros())
}

impl Grant {
    fn digest(&self) -> Vec<u8> {
        let asked = json!([
            self.id,
            self.kind,
            self.subject_kind,
            self.customer_id,
            self.submission_id,
            self.party_no,
            self.case_id,
            self.fields,
            self.purpose,
            self.days,
            self.copies,
            self.class,
            self.outsider_document,
            self.requester_code,
            self.requester_office,
            self.channel,
            self.branch_code,
            self.leader_code,
            self.requested_time.timestamp_micros(),
            self.reason_text_id,
            self.outsider_text_id,
        ]);
        let decided = json!([
            self.state,
            self.head_code,
            micros(self.head_time),
            self.decider_code,
            micros(self.decided_time),
            micros(self.end_time),
            self.ended_by,
            micros(self.ended_time),
            self.note_text_id,
        ]);
        let lent = json!([
            self.borrower_code,
            micros(self.lent_time),
            micros(self.due_time),
            self.loan_end,
            self.confirmed_by,
            micros(self.confirmed_time),
        ]);
        of("access_grant", &json!([asked, decided, lent]))
    }
}

/// Digest of the grant `id` and its loan as they stand, for the entry of what made them so.
pub(super) async fn grant_digest(tx: &mut Tx, id: Uuid) -> Result<Vec<u8>, StoreError> {
    let row = select_grants!(r#"NULL::bytea[] AS "said?""#, "WHERE g.id = $1", id).fetch_one(tx).await?;
    Ok(row.digest())
}

/// Compares every grant with the log.
pub(in crate::store) async fn verify_grants(
    tx: &mut Tx,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let actions = GRANT_ACTIONS.map(str::to_owned);
    {
        let mut rows = select_grants!(
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
             ) AS last ON last.id = g.id",
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
           LEFT JOIN access_grant AS g ON g.id = entry.id
           WHERE g.id IS NULL AND entry.id IS NOT NULL ORDER BY 1 LIMIT $2"#,
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

/// A reveal, column by column, with the hash of what was written about it.
struct Reveal {
    id: Uuid,
    actor: String,
    office: i16,
    subject_kind: i16,
    customer_id: Option<Uuid>,
    submission_id: Option<Uuid>,
    party_no: Option<i16>,
    case_id: Option<Uuid>,
    fields: Vec<i16>,
    purpose: i16,
    grant_id: Option<Uuid>,
    enquirer_role: Option<i16>,
    identification: Option<i16>,
    customer_ids: Vec<Uuid>,
    party_count: i32,
    reason_text_id: Uuid,
    recorded_time: DateTime<Utc>,
    shown_until: DateTime<Utc>,
    written: Option<Vec<u8>>,
    said: Option<Vec<Vec<u8>>>,
}

/// `select_reveals!("what was said", "the rest", arguments)`.
macro_rules! select_reveals {
    ($said:tt, $tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Reveal,
            r#"SELECT r.id AS "id!", r.actor AS "actor!", r.office AS "office!", r.subject_kind AS "subject_kind!",
                   r.customer_id, r.submission_id, r.party_no, r.case_id, r.fields AS "fields!",
                   r.purpose AS "purpose!", r.grant_id, r.enquirer_role, r.identification,
                   r.customer_ids AS "customer_ids!", r.party_count AS "party_count!",
                   r.reason_text_id AS "reason_text_id!",
                   r.recorded_time AS "recorded_time!", r.shown_until AS "shown_until!", sha256(t.payload) AS "written?", "#
                + $said
                + " FROM reveal AS r LEFT JOIN privacy_text AS t ON t.id = r.reason_text_id "
                + $tail
            $(, $argument)*
        )
    };
}

impl Reveal {
    fn digest(&self) -> Vec<u8> {
        let columns = json!([
            self.id,
            self.actor,
            self.office,
            self.subject_kind,
            self.customer_id,
            self.submission_id,
            self.party_no,
            self.case_id,
            self.fields,
            self.purpose,
            self.grant_id,
            self.enquirer_role,
            self.identification,
            self.customer_ids,
            self.party_count,
            self.reason_text_id,
            self.recorded_time.timestamp_micros(),
            self.shown_until.timestamp_micros(),
            self.written,
        ]);
        of("reveal", &columns)
    }
}

/// Digest of the reveal `id` with what was written about it, for its entry. The text is under it as it is sealed: destroying its
/// key changes nothing of it.
pub(super) async fn reveal_digest(tx: &mut Tx, id: Uuid) -> Result<Vec<u8>, StoreError> {
    let row = select_reveals!(r#"NULL::bytea[] AS "said?""#, "WHERE r.id = $1", id).fetch_one(tx).await?;
    Ok(row.digest())
}

/// Compares every reveal with the log.
pub(in crate::store) async fn verify_reveals(
    tx: &mut Tx,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let actions = REVEAL_ACTIONS.map(str::to_owned);
    {
        let mut rows = select_reveals!(
            r#"last.said AS "said?""#,
            "LEFT JOIN (
                 SELECT id, array_agg(digest) AS said FROM (
                     SELECT subject_ids[1] AS id, digest FROM audit_entry WHERE action = ANY($1)
                     UNION ALL SELECT subject_ids[1], digest FROM audit_pending WHERE action = ANY($1)) AS entry
                 GROUP BY id
             ) AS last ON last.id = r.id",
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
           LEFT JOIN reveal AS r ON r.id = entry.id
           WHERE r.id IS NULL AND entry.id IS NOT NULL ORDER BY 1 LIMIT $2"#,
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
