//! What people ask of deliveries: lists, sending again, and the figures of each endpoint.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AttemptResult, DeliveryState};
use crate::{
    entropy::SharedEntropy,
    ids,
    store::{
        Scope, Store, StoreError, Tx,
        audit::{self, Entry},
        codes::Coded as _,
    },
};

/// Action of the audit entry of a redelivery.
pub const ACTION_REDELIVER: &str = "REDELIVER_EVENTS";
/// Most deliveries that one request sends again; what is left over is told.
pub const MAX_REDELIVERED: i64 = 1_000;

/// One delivery, for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Endpoint.
    pub endpoint: String,
    /// Number of the endpoint: with the position, the place in a list.
    pub endpoint_number: i64,
    /// Position of the event.
    pub position: i64,
    /// The event.
    pub event_id: Uuid,
    /// What happened.
    pub kind: String,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Failed attempts since it was planned or redelivered.
    pub attempts: u32,
    /// When it happened.
    pub recorded_time: DateTime<Utc>,
    /// When it is tried next, while it waits.
    pub next_attempt_time: DateTime<Utc>,
    /// How the last attempt ended.
    pub last_result: Option<AttemptResult>,
    /// HTTP status of the last attempt.
    pub last_status: Option<u16>,
    /// When the last attempt ended.
    pub last_attempt_time: Option<DateTime<Utc>>,
    /// When it was delivered.
    pub delivered_time: Option<DateTime<Utc>>,
    /// An earlier event of the case waits or is dead at this endpoint, and this one waits for it.
    pub parked: bool,
}

/// Which deliveries are wanted. All conditions must hold; an unset one holds always.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Endpoint.
    pub endpoint: Option<String>,
    /// Where it stands.
    pub state: Option<DeliveryState>,
    /// The case that it is about.
    pub case_id: Option<Uuid>,
    /// Only what comes after this place in the list, position and number of the endpoint: the last of the page before.
    pub after: Option<(i64, i64)>,
}

/// Which deliveries are to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redelivered {
    /// Those of these events, delivered ones too.
    Events(Vec<Uuid>),
    /// Every dead letter.
    Dead,
}

/// What a redelivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redelivery {
    /// Deliveries that are sent again.
    pub count: i64,
    /// There is more than one request may set.
    pub more: bool,
}

/// The figures of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointFigures {
    /// Its name.
    pub name: String,
    /// When the oldest event that it does not have was recorded; none if it has all.
    pub oldest: Option<DateTime<Utc>>,
    /// Dead letters.
    pub dead: i64,
}

impl Store {
    /// Deliveries that match, newest event first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_deliveries(
        &self,
        filter: DeliveryFilter,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let DeliveryFilter { endpoint, state, case_id, after } = filter;
        let (after_position, after_number) = after.unzip();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT delivery.endpoint, endpoint.number, delivery.position, event_id, delivery.kind, delivery.case_id, state,
                              attempts, event.recorded_time, next_attempt_time, last_result, last_status,
                              last_attempt_time, delivered_time,
                              state = 1 AND EXISTS (
                                  SELECT FROM delivery AS earlier
                                  WHERE earlier.endpoint = delivery.endpoint AND earlier.case_id = delivery.case_id
                                    AND earlier.state <> 2 AND earlier.position < delivery.position
                              ) AS "parked!"
                       FROM delivery
                       JOIN event_endpoint AS endpoint ON endpoint.name = delivery.endpoint
                       JOIN outbox_event AS event ON event.position = delivery.position
                       WHERE ($1::text IS NULL OR delivery.endpoint = $1)
                         AND ($2::smallint IS NULL OR state = $2)
                         AND ($3::uuid IS NULL OR delivery.case_id = $3)
                         AND ($4::bigint IS NULL OR delivery.position < $4
                              OR (delivery.position = $4 AND endpoint.number < $5))
                       ORDER BY delivery.position DESC, endpoint.number DESC
                       LIMIT $6"#,
                    endpoint,
                    state.map(DeliveryState::number),
                    case_id,
                    after_position,
                    after_number,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                let rows = rows.into_iter().map(|row| {
                    let name = format!("{} {}", row.endpoint, row.position);
                    let last_result = row.last_result.map(|number| AttemptResult::from_number(number, &name));
                    Ok(DeliveryRow {
                        state: DeliveryState::from_number(row.state, &name)?,
                        last_result: last_result.transpose()?,
                        endpoint: row.endpoint,
                        endpoint_number: row.number,
                        position: row.position,
                        event_id: row.event_id,
                        kind: row.kind,
                        case_id: row.case_id,
                        attempts: u32::try_from(row.attempts).unwrap_or(0),
                        recorded_time: row.recorded_time,
                        next_attempt_time: row.next_attempt_time,
                        last_status: row.last_status.and_then(|status| u16::try_from(status).ok()),
                        last_attempt_time: row.last_attempt_time,
                        delivered_time: row.delivered_time,
                        parked: row.parked,
                    })
                });
                rows.collect()
            })
        })
        .await
    }

    /// Whether an endpoint of that name was ever in the configuration of a worker.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn endpoint_is_known(&self, name: String) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let known = sqlx::query_scalar!(
                    r#"SELECT EXISTS (SELECT FROM event_endpoint WHERE name = $1) AS "known!""#,
                    name,
                );
                Ok(known.fetch_one(tx).await?)
            })
        })
        .await
    }

    /// Sends deliveries again, oldest first, at most [`MAX_REDELIVERED`]; what waits already is left alone. The same request
    /// again changes nothing and gets the same answer; `None` if it asks for something else than the first time.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was changed.
    pub async fn redeliver(
        &self,
        request: RedeliveryRequest,
        at: DateTime<Utc>,
        entropy: SharedEntropy,
    ) -> Result<Option<Redelivery>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                // A repeated request waits here for the first, and then sees its answer.
                let first = sqlx::query!(
                    "INSERT INTO event_redelivery (actor, request_id, digest, redelivered, more, requested_time)
                     VALUES ($1, $2, $3, 0, false, $4) ON CONFLICT DO NOTHING",
                    request.actor,
                    request.request_id,
                    &request.digest[..],
                    at,
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if first == 0 {
                    return repeated(tx, &request).await;
                }
                let changed = send_again(tx, &request, at).await?;
                let done = Redelivery {
                    count: i64::try_from(changed.len()).unwrap_or(i64::MAX),
                    more: i64::try_from(changed.len()).is_ok_and(|count| count >= MAX_REDELIVERED),
                };
                sqlx::query!(
                    "UPDATE event_redelivery SET redelivered = $3, more = $4 WHERE actor = $1 AND request_id = $2",
                    request.actor,
                    request.request_id,
                    done.count,
                    done.more,
                )
                .execute(&mut *tx)
                .await?;
                if !changed.is_empty() {
                    let entry = Entry {
                        id: ids::mint(at, entropy.as_ref())?,
                        recorded_time: at,
                        actor: request.actor,
                        action: ACTION_REDELIVER.into(),
                        subject_kind: "event".into(),
                        subject_ids: changed,
                        reason: String::new(),
                        digest: Vec::new(),
                    };
                    audit::append(tx, &entry).await?;
                }
                Ok(Some(done))
            })
        })
        .await
    }

    /// The figures of `names`, in their order of name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn endpoint_figures(&self, names: Vec<String>) -> Result<Vec<EndpointFigures>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let figures = sqlx::query_as!(
                    EndpointFigures,
                    r#"SELECT endpoint.name,
                              (SELECT event.recorded_time FROM delivery JOIN outbox_event AS event USING (position)
                               WHERE delivery.endpoint = endpoint.name AND delivery.state <> 2
                               ORDER BY position LIMIT 1) AS oldest,
                              (SELECT count(*) FROM delivery
                               WHERE delivery.endpoint = endpoint.name AND delivery.state = 3) AS "dead!"
                       FROM event_endpoint AS endpoint WHERE endpoint.name = ANY($1) ORDER BY endpoint.name"#,
                    &names,
                );
                Ok(figures.fetch_all(tx).await?)
            })
        })
        .await
    }
}

/// Who asks for what to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeliveryRequest {
    /// Makes the request safe to repeat.
    pub request_id: Uuid,
    /// Of what is asked for.
    pub digest: [u8; 32],
    /// Who asks.
    pub actor: String,
    /// Endpoint.
    pub endpoint: String,
    /// Which deliveries.
    pub which: Redelivered,
}

async fn repeated(tx: &mut Tx, request: &RedeliveryRequest) -> Result<Option<Redelivery>, StoreError> {
    let first = sqlx::query!(
        "SELECT digest, redelivered, more FROM event_redelivery WHERE actor = $1 AND request_id = $2",
        request.actor,
        request.request_id,
    )
    .fetch_one(tx)
    .await?;
    let same = first.digest == request.digest;
    Ok(same.then_some(Redelivery { count: first.redelivered, more: first.more }))
}

/// The events that are sent again, in the order of their ids.
async fn send_again(
    tx: &mut Tx,
    request: &RedeliveryRequest,
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    let (events, dead_only): (&[Uuid], bool) = match &request.which {
        Redelivered::Events(events) => (events, false),
        Redelivered::Dead => (&[], true),
    };
    let mut changed = sqlx::query_scalar!(
        "WITH chosen AS (
             SELECT position FROM delivery
             WHERE endpoint = $1 AND state <> 1 AND (event_id = ANY($2) OR ($3 AND state = 3))
             ORDER BY position LIMIT $5 FOR UPDATE
         )
         UPDATE delivery
         SET state = 1, attempts = 0, next_attempt_time = $4, leased_until = NULL, delivered_time = NULL
         FROM chosen WHERE endpoint = $1 AND delivery.position = chosen.position
         RETURNING event_id",
        request.endpoint,
        events,
        dead_only,
        at,
        MAX_REDELIVERED,
    )
    .fetch_all(tx)
    .await?;
    changed.sort_unstable();
    Ok(changed)
}
