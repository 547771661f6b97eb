//! The rows of `policy_event`: written, digested for the audit log, and found by the names of policies.

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::policy::{CallBackFailure, PolicyEvent, PolicyEventKind};

use crate::store::{StoreError, Tx, codes::Coded as _};

/// An event as it is kept. Never changed after it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyEventRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// Who sent it.
    pub caller: String,
    /// Its idempotency key.
    pub request_id: Uuid,
    /// HMAC of its content.
    pub request_digest: [u8; 32],
    /// Id of the application's head, whether or not that is known.
    pub application_id: Option<Uuid>,
    /// The policy's number; empty if it was not named.
    pub policy_no: String,
    /// What happened.
    pub kind: PolicyEventKind,
    /// When, as the caller says.
    pub occurred_time: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
}

/// What a kind has besides itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Details {
    receipt_date: Option<NaiveDate>,
    cooling_off_end_date: Option<NaiveDate>,
    call_back_time: Option<DateTime<Utc>>,
    failure_reason: Option<i16>,
}

/// The number and the details of a kind.
fn taken_apart(kind: PolicyEventKind) -> (i16, Details) {
    let none = Details::default();
    match kind {
        PolicyEventKind::Issued => (1, none),
        PolicyEventKind::Declined => (2, none),
        PolicyEventKind::NotTakenUp => (3, none),
        PolicyEventKind::ReceiptSigned { receipt_date, cooling_off_end_date } => {
            (4, Details { receipt_date: Some(receipt_date), cooling_off_end_date, ..none })
        }
        PolicyEventKind::CallBackScheduled { call_back_time } => {
            (5, Details { call_back_time: Some(call_back_time), ..none })
        }
        PolicyEventKind::CallBackDone => (6, none),
        PolicyEventKind::CallBackFailed { reason } => {
            (7, Details { failure_reason: Some(reason.number()), ..none })
        }
        PolicyEventKind::Surrendered => (8, none),
        PolicyEventKind::Cancelled => (9, none),
        PolicyEventKind::Reinstated => (10, none),
    }
}

fn put_together(number: i16, details: Details, row: Uuid) -> Result<PolicyEventKind, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: "policy_event", column, row: row.to_string() };
    Ok(match number {
        1 => PolicyEventKind::Issued,
        2 => PolicyEventKind::Declined,
        3 => PolicyEventKind::NotTakenUp,
        4 => PolicyEventKind::ReceiptSigned {
            receipt_date: details.receipt_date.ok_or_else(|| corrupt("receipt_date"))?,
            cooling_off_end_date: details.cooling_off_end_date,
        },
        5 => PolicyEventKind::CallBackScheduled {
            call_back_time: details.call_back_time.ok_or_else(|| corrupt("call_back_time"))?,
        },
        6 => PolicyEventKind::CallBackDone,
        7 => {
            let reason = details.failure_reason.ok_or_else(|| corrupt("failure_reason"))?;
            PolicyEventKind::CallBackFailed { reason: CallBackFailure::from_number(reason, row)? }
        }
        8 => PolicyEventKind::Surrendered,
        9 => PolicyEventKind::Cancelled,
        10 => PolicyEventKind::Reinstated,
        _ => return Err(corrupt("kind")),
    })
}

impl PolicyEventRow {
    /// SHA-256 over all columns.
    pub fn digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        let mut put = |part: &[u8]| {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        };
        let (number, details) = taken_apart(self.kind);
        put(self.id.as_bytes());
        put(self.caller.as_bytes());
        put(self.request_id.as_bytes());
        put(&self.request_digest);
        put(self.application_id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
        put(self.policy_no.as_bytes());
        put(&number.to_be_bytes());
        put(&self.occurred_time.timestamp_micros().to_be_bytes());
        put(&self.recorded_time.timestamp_micros().to_be_bytes());
        for date in [details.receipt_date, details.cooling_off_end_date] {
            put(date.map(|date| date.to_string()).unwrap_or_default().as_bytes());
        }
        let time = details.call_back_time.map(|time| time.timestamp_micros().to_be_bytes());
        put(time.as_ref().map_or(&[], <[u8; 8]>::as_slice));
        put(&details.failure_reason.unwrap_or(0).to_be_bytes());
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }
}

impl From<PolicyEventRow> for PolicyEvent {
    fn from(row: PolicyEventRow) -> Self {
        Self {
            id: row.id.as_u128(),
            application_id: row.application_id.map(|id| id.as_u128()),
            policy_no: row.policy_no,
            kind: row.kind,
            occurred_time: row.occurred_time,
            recorded_time: row.recorded_time,
        }
    }
}

/// Writes a row; `false` if its caller has used its request id before.
pub(super) async fn insert(tx: &mut Tx, row: &PolicyEventRow) -> Result<bool, StoreError> {
    let (kind, details) = taken_apart(row.kind);
    let inserted = sqlx::query!(
        "INSERT INTO policy_event (id, caller, request_id, request_digest, application_id, policy_no, kind,
             occurred_time, receipt_date, cooling_off_end_date, call_back_time, failure_reason, recorded_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (caller, request_id) DO NOTHING",
        row.id,
        row.caller,
        row.request_id,
        &row.request_digest[..],
        row.application_id,
        row.policy_no,
        kind,
        row.occurred_time,
        details.receipt_date,
        details.cooling_off_end_date,
        details.call_back_time,
        details.failure_reason,
        row.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// A row as the database gives it.
struct Stored {
    id: Uuid,
    caller: String,
    request_id: Uuid,
    request_digest: Vec<u8>,
    application_id: Option<Uuid>,
    policy_no: String,
    kind: i16,
    occurred_time: DateTime<Utc>,
    receipt_date: Option<NaiveDate>,
    cooling_off_end_date: Option<NaiveDate>,
    call_back_time: Option<DateTime<Utc>>,
    failure_reason: Option<i16>,
    recorded_time: DateTime<Utc>,
}

impl Stored {
    fn read(self) -> Result<PolicyEventRow, StoreError> {
        let details = Details {
            receipt_date: self.receipt_date,
            cooling_off_end_date: self.cooling_off_end_date,
            call_back_time: self.call_back_time,
            failure_reason: self.failure_reason,
        };
        let corrupt = |_| StoreError::Corrupt {
            table: "policy_event",
            column: "request_digest",
            row: self.id.to_string(),
        };
        Ok(PolicyEventRow {
            id: self.id,
            kind: put_together(self.kind, details, self.id)?,
            caller: self.caller,
            request_id: self.request_id,
            request_digest: self.request_digest.try_into().map_err(corrupt)?,
            application_id: self.application_id,
            policy_no: self.policy_no,
            occurred_time: self.occurred_time,
            recorded_time: self.recorded_time,
        })
    }
}

/// The digest of the event of `id` as it stands now.
pub(in crate::store) async fn event_digest(tx: &mut Tx, id: Uuid) -> Result<Option<[u8; 32]>, StoreError> {
    let row = sqlx::query_as!(
        Stored,
        "SELECT id, caller, request_id, request_digest, application_id, policy_no, kind, occurred_time, receipt_date,
             cooling_off_end_date, call_back_time, failure_reason, recorded_time
         FROM policy_event WHERE id = $1",
        id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Stored::read).transpose()?.map(|row| row.digest()))
}

/// Names spread from event to event until nothing is added; then every event that carries one.
pub(super) async fn named_before(
    tx: &mut Tx,
    application_ids: &[Uuid],
    policy_nos: &[String],
    cut: DateTime<Utc>,
) -> Result<Vec<PolicyEventRow>, StoreError> {
    let rows = sqlx::query_as!(
        Stored,
        r#"WITH RECURSIVE name (application_id, policy_no) AS (
               SELECT wanted.id, '' FROM UNNEST($1::uuid[]) AS wanted (id)
               UNION
               SELECT NULL::uuid, wanted.no FROM UNNEST($2::text[]) AS wanted (no) WHERE wanted.no <> ''
               UNION
               SELECT tie.application_id, tie.policy_no
               FROM name CROSS JOIN LATERAL (
                   SELECT event.application_id, event.policy_no FROM policy_event AS event
                   WHERE event.application_id = name.application_id AND event.policy_no <> ''
                       AND event.recorded_time < $3
                   UNION ALL
                   SELECT event.application_id, event.policy_no FROM policy_event AS event
                   WHERE event.policy_no = name.policy_no AND event.policy_no <> ''
                       AND event.application_id IS NOT NULL AND event.recorded_time < $3
               ) AS tie
           ), found AS (
               SELECT event.id FROM name JOIN policy_event AS event ON event.application_id = name.application_id
               WHERE event.recorded_time < $3
               UNION
               SELECT event.id FROM name JOIN policy_event AS event ON event.policy_no = name.policy_no
               WHERE event.policy_no <> '' AND event.recorded_time < $3
           )
           SELECT event.id, event.caller, event.request_id, event.request_digest, event.application_id,
               event.policy_no, event.kind, event.occurred_time, event.receipt_date, event.cooling_off_end_date,
               event.call_back_time, event.failure_reason, event.recorded_time
           FROM found JOIN policy_event AS event ON event.id = found.id
           ORDER BY event.recorded_time, event.id"#,
        application_ids,
        policy_nos,
        cut,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Stored::read).collect()
}
