//! Cleared pairs: only a verified `CLEARED` makes them, for its value and its customers, and a reopened case ends them.

use uuid::Uuid;
use zhenshi_domain::case::Outcome;

use super::{Change, change::Tools};
use crate::{
    ids,
    store::{
        StoreError, Tx,
        audit::{self, Entry, Event},
        list::clear::{ACTION_CLEAR, EVENT_CLEARED},
        record::gate,
    },
};

/// Clears every pair of customers of each suspicion that ended `CLEARED`. Stamped under the list gate: a list whose cut lies
/// before does not know of it.
pub(in crate::store) async fn clear_pairs(
    tx: &mut Tx,
    tools: &Tools,
    change: &Change,
) -> Result<(), StoreError> {
    let cleared_time = gate::pass(tx, &tools.clock).await?.recorded_time;
    let pairs = sqlx::query!(
        "SELECT DISTINCT followed.clue_value_id, one.customer_id AS low, other.customer_id AS high,
             COALESCE(followed.cleared_kind, $3) AS kind
         FROM case_suspicion AS followed
         JOIN suspicion_member AS one ON one.suspicion_id = followed.suspicion_id
         JOIN suspicion_member AS other ON other.suspicion_id = followed.suspicion_id
             AND other.customer_id >= one.customer_id
             -- One customer with himself only where the clue is about one: a certificate under two names, a seller's contact.
             AND (other.customer_id <> one.customer_id OR followed.clue IN (3, 4))
         WHERE followed.case_id = $1 AND NOT followed.withdrawn AND COALESCE(followed.outcome, $2) = $4
             AND COALESCE(followed.cleared_kind, $3) IS NOT NULL",
        change.case.id,
        change.case.outcome.map(Outcome::code),
        change.case.cleared_kind.map(|kind| crate::store::codes::Coded::number(kind)),
        Outcome::Cleared.code(),
    )
    .fetch_all(&mut *tx)
    .await?;
    if pairs.is_empty() {
        return Ok(());
    }
    let ids = pairs
        .iter()
        .map(|_| ids::mint(cleared_time, tools.entropy.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let made = sqlx::query_scalar!(
        "INSERT INTO cleared_relation (id, clue_value_id, low_customer_id, high_customer_id, kind, cleared_by,
             cleared_time, case_id)
         SELECT id, value, low, high, kind, $6, $7, $8
         FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[]) AS new (id, value, low, high, kind)
         ON CONFLICT (clue_value_id, low_customer_id, high_customer_id) WHERE ended_time IS NULL DO NOTHING
         RETURNING id",
        &ids,
        &pairs.iter().map(|pair| pair.clue_value_id).collect::<Vec<_>>(),
        &pairs.iter().map(|pair| pair.low).collect::<Vec<_>>(),
        &pairs.iter().map(|pair| pair.high).collect::<Vec<_>>(),
        &pairs.iter().map(|pair| pair.kind.unwrap_or_default()).collect::<Vec<_>>(),
        change.scope.actor(),
        cleared_time,
        change.case.id,
    )
    .fetch_all(&mut *tx)
    .await?;
    tell(tx, tools, change, made).await
}

async fn tell(tx: &mut Tx, tools: &Tools, change: &Change, made: Vec<Uuid>) -> Result<(), StoreError> {
    if made.is_empty() {
        return Ok(());
    }
    let mut subject_ids = made.clone();
    subject_ids.push(change.case.id);
    let entry = Entry {
        id: ids::mint(change.now, tools.entropy.as_ref())?,
        recorded_time: change.now,
        actor: change.scope.actor().to_owned(),
        action: ACTION_CLEAR.into(),
        subject_kind: "cleared_relation".into(),
        subject_ids,
        reason: String::new(),
        digest: Vec::new(),
    };
    audit::append(tx, &entry).await?;
    let event = Event {
        id: ids::mint(change.now, tools.entropy.as_ref())?,
        recorded_time: change.now,
        kind: EVENT_CLEARED,
        subject_ids: made,
    };
    audit::publish(tx, &event).await
}

/// Ends the pairs that a case cleared: it is taken up again.
pub(in crate::store) async fn end_pairs(
    tx: &mut Tx,
    tools: &Tools,
    change: &Change,
) -> Result<(), StoreError> {
    let ended_time = gate::pass(tx, &tools.clock).await?.recorded_time;
    sqlx::query!(
        "UPDATE cleared_relation SET ended_time = GREATEST($2, cleared_time)
         WHERE case_id = $1 AND ended_time IS NULL",
        change.case.id,
        ended_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}
