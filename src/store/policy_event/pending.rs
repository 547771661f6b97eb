//! Policy events that may have moved the deadline of a case, until a job has looked.

use uuid::Uuid;

use super::PolicyEventRow;
use crate::store::{StoreError, Tx};

/// Names that a policy goes by, as columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::store) struct EventNames {
    /// Applications.
    pub(in crate::store) application_ids: Vec<Uuid>,
    /// Numbers of policies.
    pub(in crate::store) policy_nos: Vec<String>,
}

/// Leaves `event` to the job.
pub(super) async fn leave(tx: &mut Tx, event: &PolicyEventRow) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO policy_event_pending (policy_event_id, recorded_time) VALUES ($1, $2)",
        event.id,
        event.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The names that the events carry, and those that other events tie to them.
pub(in crate::store) async fn names_of_events(
    tx: &mut Tx,
    event_ids: &[Uuid],
) -> Result<EventNames, StoreError> {
    let rows = sqlx::query!(
        r#"WITH RECURSIVE name (application_id, policy_no) AS (
               SELECT event.application_id, ''::text FROM policy_event AS event
               WHERE event.id = ANY($1) AND event.application_id IS NOT NULL
               UNION
               SELECT NULL::uuid, event.policy_no FROM policy_event AS event
               WHERE event.id = ANY($1) AND event.policy_no <> ''
               UNION
               SELECT tied.application_id, tied.policy_no
               FROM name CROSS JOIN LATERAL (
                   SELECT NULL::uuid AS application_id, event.policy_no FROM policy_event AS event
                   WHERE event.application_id = name.application_id AND event.policy_no <> ''
                   UNION
                   SELECT event.application_id, '' FROM policy_event AS event
                   WHERE event.policy_no = name.policy_no AND event.policy_no <> ''
                       AND event.application_id IS NOT NULL
               ) AS tied
           )
           SELECT application_id, policy_no AS "policy_no!" FROM name"#,
        event_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut names = EventNames::default();
    for row in rows {
        names.application_ids.extend(row.application_id);
        if !row.policy_no.is_empty() {
            names.policy_nos.push(row.policy_no);
        }
    }
    Ok(names)
}
