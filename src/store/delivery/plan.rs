//! Planning: events become deliveries, endpoint by endpoint, by position.

use chrono::{DateTime, Utc};

use crate::store::{
    Scope, Store, StoreError,
    audit::{self, Deed},
};

/// What is in the audit log of a new endpoint.
const ADD_ENDPOINT: Deed<'static> =
    Deed { actor: "delivery", action: "ADD_ENDPOINT", subject_kind: "event_endpoint", subject_ids: &[] };

/// Most positions that one pass moves an endpoint on by.
pub const MAX_POSITIONS_PER_PASS: i64 = 1_000;

/// An endpoint of the configuration, as far as planning goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointPlan {
    /// Its name.
    pub name: String,
    /// Kinds that it wants.
    pub kinds: Vec<&'static str>,
    /// A new endpoint begins with the first event there is, not with the next.
    pub from_start: bool,
}

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Deliveries that are new.
    pub deliveries: u64,
    /// Some endpoint has events before it still.
    pub more: bool,
}

impl Store {
    /// Plans what is new for `endpoints`. An endpoint that is not known yet begins at the present end, or at the start if it
    /// says so. Several processes may plan: the row of an endpoint is locked.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was planned.
    pub async fn plan_deliveries(
        &self,
        endpoints: Vec<EndpointPlan>,
        at: DateTime<Utc>,
    ) -> Result<Planned, StoreError> {
        let names: Vec<String> = endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
        let starts: Vec<bool> = endpoints.iter().map(|endpoint| endpoint.from_start).collect();
        let wanted = endpoints.iter().flat_map(|endpoint| {
            endpoint.kinds.iter().map(|kind| (endpoint.name.clone(), (*kind).to_owned()))
        });
        let (owners, kinds): (Vec<String>, Vec<String>) = wanted.unzip();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let added = sqlx::query_scalar!(
                    "INSERT INTO event_endpoint (name, position, added_time)
                     SELECT name, CASE WHEN from_start THEN 0 ELSE head.position END, $3
                     FROM UNNEST($1::text[], $2::boolean[]) AS new (name, from_start),
                          (SELECT position FROM chain_head WHERE name = 'outbox') AS head
                     ON CONFLICT (name) DO NOTHING
                     RETURNING name",
                    &names,
                    &starts,
                    at,
                )
                .fetch_all(&mut *tx)
                .await?;
                for name in added {
                    audit::note(tx, &ADD_ENDPOINT, at, &[name.as_bytes()], format!("endpoint {name}")).await?;
                }
                // The rows are locked in order of name, so that two planners never wait for each other. What was waited
                // for is read anew, but not the events: hence GREATEST, and what lies past this view is left for later.
                let moved = sqlx::query!(
                    r#"WITH head AS (SELECT COALESCE(max(position), 0) AS position FROM outbox_event),
                        endpoint AS (
                            SELECT name, position FROM event_endpoint
                            WHERE name = ANY($1) AND position < (SELECT position FROM head)
                            ORDER BY name FOR UPDATE
                        ),
                        wanted AS (SELECT * FROM UNNEST($2::text[], $3::text[]) AS wanted (name, kind)),
                        planned AS (
                            INSERT INTO delivery (endpoint, position, event_id, kind, case_id, state, attempts,
                                planned_time, next_attempt_time, epoch)
                            SELECT endpoint.name, event.position, event.id, event.kind, event.case_id, 1, 0, $4, $4, 0
                            FROM endpoint
                            JOIN outbox_event AS event
                                ON event.position > endpoint.position AND event.position <= endpoint.position + $5
                            JOIN wanted ON wanted.name = endpoint.name AND wanted.kind = event.kind
                            ON CONFLICT DO NOTHING
                            RETURNING 1
                        ),
                        moved AS (
                            UPDATE event_endpoint
                            SET position = GREATEST(endpoint.position, LEAST(endpoint.position + $5, head.position))
                            FROM endpoint, head
                            WHERE event_endpoint.name = endpoint.name
                            RETURNING event_endpoint.position < head.position AS more
                        )
                       SELECT (SELECT count(*) FROM planned) AS "deliveries!",
                              COALESCE((SELECT bool_or(more) FROM moved), false) AS "more!""#,
                    &names,
                    &owners,
                    &kinds,
                    at,
                    MAX_POSITIONS_PER_PASS,
                )
                .fetch_one(&mut *tx)
                .await?;
                Ok(Planned { deliveries: moved.deliveries.unsigned_abs(), more: moved.more })
            })
        })
        .await
    }
}
