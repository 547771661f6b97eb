//! Clearing: a verified case has found that two customers may share a value, and they are not listed for it again.
//!
//! The pair, its audit entry and its event are one transaction, stamped under the list gate: a list whose cut lies before
//! does not know of it, whenever it is made.

use uuid::Uuid;

use super::cleared::ClearedKind;
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    store::{
        Scope, Store, StoreError, Tx,
        audit::{self, Entry, Event},
        codes::Coded as _,
        record::gate,
    },
};

/// Action of the audit entry of a cleared pair.
pub const ACTION_CLEAR: &str = "CLEAR_RELATION";
/// Kind of the outbox event of a cleared pair.
pub const EVENT_CLEARED: &str = "relation.cleared";

/// A pair to be cleared.
#[derive(Debug, Clone)]
pub struct NewClearedPair {
    /// The value that they share; it stands in a list.
    pub clue_value_id: Uuid,
    /// The two customers, in any order; one customer twice, where a clue is about one.
    pub customer_ids: [Uuid; 2],
    /// Why.
    pub kind: ClearedKind,
    /// Who cleared them.
    pub cleared_by: String,
    /// The reason for the audit log, without personal data.
    pub reason: String,
}

impl Store {
    /// Clears a pair for a value. The answer is the id under which it is cleared, now or since before.
    ///
    /// # Errors
    /// When the database cannot be reached or knows no such value.
    pub async fn clear_pair(
        &self,
        clock: SharedClock,
        entropy: SharedEntropy,
        new: NewClearedPair,
    ) -> Result<Uuid, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { clear(tx, &clock, &entropy, &new).await })
        })
        .await
    }
}

async fn clear(
    tx: &mut Tx,
    clock: &SharedClock,
    entropy: &SharedEntropy,
    new: &NewClearedPair,
) -> Result<Uuid, StoreError> {
    let cleared_time = gate::pass(tx, clock).await?.recorded_time;
    let id = ids::mint(cleared_time, entropy.as_ref())?;
    let [one, other] = new.customer_ids;
    let (low, high) = (one.min(other), one.max(other));
    let made = sqlx::query!(
        "INSERT INTO cleared_relation (id, clue_value_id, low_customer_id, high_customer_id, kind, cleared_by,
             cleared_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (clue_value_id, low_customer_id, high_customer_id) WHERE ended_time IS NULL DO NOTHING",
        id,
        new.clue_value_id,
        low,
        high,
        new.kind.number(),
        new.cleared_by,
        cleared_time,
    )
    .execute(&mut *tx)
    .await?;
    if made.rows_affected() == 0 {
        let known = sqlx::query_scalar!(
            "SELECT id FROM cleared_relation
             WHERE clue_value_id = $1 AND low_customer_id = $2 AND high_customer_id = $3 AND ended_time IS NULL",
            new.clue_value_id,
            low,
            high,
        )
        .fetch_one(tx)
        .await?;
        return Ok(known);
    }
    let entry = Entry {
        id: ids::mint(cleared_time, entropy.as_ref())?,
        recorded_time: cleared_time,
        actor: new.cleared_by.clone(),
        action: ACTION_CLEAR.into(),
        subject_kind: "cleared_relation".into(),
        subject_ids: vec![id, new.clue_value_id, low, high],
        reason: new.reason.clone(),
        digest: Vec::new(),
    };
    audit::append(tx, &entry).await?;
    let event = Event {
        id: ids::mint(cleared_time, entropy.as_ref())?,
        recorded_time: cleared_time,
        kind: EVENT_CLEARED,
        subject_ids: vec![id],
    };
    audit::publish(tx, &event).await?;
    Ok(id)
}
