//! Leases: who sends what, and until when nobody else does.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::store::{Scope, Store, StoreError, Tx};

/// A delivery that is to be sent now, and the lease on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// Endpoint that gets it.
    pub endpoint: String,
    /// Position of the event.
    pub position: i64,
    /// The lease: completing names it.
    pub epoch: i64,
    /// Attempts that failed before.
    pub attempts: u32,
    /// The event.
    pub event: DueEvent,
}

/// An event as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct DueEvent {
    /// Its id.
    pub id: Uuid,
    /// Its position.
    pub position: i64,
    /// When it happened.
    pub recorded_time: DateTime<Utc>,
    /// What happened.
    pub kind: String,
    /// The case that it is about, and the version of it.
    pub case: Option<(Uuid, i64)>,
    /// What it tells.
    pub data: Value,
    /// To which it happened.
    pub subject_ids: Vec<Uuid>,
    /// Those subjects that are applications.
    pub applications: Vec<ApplicationName>,
}

/// How an application is called by those who numbered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationName {
    /// Its id here.
    pub id: Uuid,
    /// System that numbered it.
    pub source: String,
    /// Its number.
    pub application_no: String,
    /// Number of the policy; empty if it has none.
    pub policy_no: String,
}

impl Store {
    /// Leases at most `limit` deliveries of `endpoint` that are due at `at`, until `until`. Of each case only the first that
    /// is not delivered: it, and with it every later one, waits while another lease on it runs or it is dead.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was leased.
    pub async fn lease_deliveries(
        &self,
        endpoint: String,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Leased>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { lease(tx, &endpoint, at, until, limit).await })
        })
        .await
    }
}

async fn lease(
    tx: &mut Tx,
    endpoint: &str,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Leased>, StoreError> {
    let rows = sqlx::query!(
        "WITH due AS (
             SELECT endpoint, position FROM delivery
             WHERE endpoint = $1 AND state = 1 AND next_attempt_time <= $2
               AND (leased_until IS NULL OR leased_until <= $2)
               AND NOT EXISTS (
                   SELECT FROM delivery AS earlier
                   WHERE earlier.endpoint = $1 AND earlier.case_id = delivery.case_id AND earlier.state <> 2
                     AND earlier.position < delivery.position
               )
             ORDER BY next_attempt_time, position
             LIMIT $4
             FOR UPDATE SKIP LOCKED
         ),
         leased AS (
             UPDATE delivery SET epoch = epoch + 1, leased_until = $3
             FROM due WHERE delivery.endpoint = due.endpoint AND delivery.position = due.position
             RETURNING delivery.position, epoch, attempts
         )
         SELECT leased.position, epoch, attempts, event.id, event.recorded_time, event.kind, event.case_id,
                event.case_version, event.data, event.subject_ids
         FROM leased JOIN outbox_event AS event USING (position)
         ORDER BY leased.position",
        endpoint,
        at,
        until,
        limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    let subjects: Vec<Uuid> = rows.iter().flat_map(|row| row.subject_ids.iter().copied()).collect();
    let applications = sqlx::query_as!(
        ApplicationName,
        "SELECT id, source, application_no, policy_no FROM application WHERE id = ANY($1) ORDER BY id",
        &subjects,
    )
    .fetch_all(tx)
    .await?;
    let leased = rows.into_iter().map(|row| {
        let of = |name: &&ApplicationName| row.subject_ids.contains(&name.id);
        Leased {
            endpoint: endpoint.to_owned(),
            position: row.position,
            epoch: row.epoch,
            attempts: u32::try_from(row.attempts).unwrap_or(0),
            event: DueEvent {
                id: row.id,
                position: row.position,
                recorded_time: row.recorded_time,
                applications: applications.iter().filter(of).cloned().collect(),
                kind: row.kind,
                case: row.case_id.zip(row.case_version),
                data: row.data,
                subject_ids: row.subject_ids,
            },
        }
    });
    Ok(leased.collect())
}
