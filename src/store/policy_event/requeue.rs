//! What is news again because of an event: the contacts of applications whose policy did not count and now does.

use std::collections::BTreeSet;

use uuid::Uuid;
use zhenshi_domain::policy::{PolicyBook, PolicyEvent};

use super::{PolicyEventRow, heads::heads, policy_names, row::named_before};
use crate::store::{
    StoreError, Tx,
    record::{Key, keys::unpack},
};

/// Queues the contacts of every application whose policy counts again because of `event`, for the next list. The list asks
/// the same question of the same events, so it agrees which members are new.
pub(super) async fn counting_again(tx: &mut Tx, event: &PolicyEventRow) -> Result<(), StoreError> {
    let application_ids: Vec<Uuid> = event.application_id.into_iter().collect();
    // The instant after: the event itself and what was recorded at the same time count.
    let after = event.recorded_time + chrono::TimeDelta::microseconds(1);
    let policy_nos = std::slice::from_ref(&event.policy_no);
    let rows = named_before(tx, &application_ids, policy_nos, after).await?;
    let heads = heads(tx, &application_ids, policy_nos, &rows).await?;
    let book = PolicyBook::new(rows.into_iter().map(PolicyEvent::from).collect());

    let mut keys = BTreeSet::new();
    for head in heads {
        let names = policy_names(head.id, &head.source, &head.original_application_no, &head.policy_no);
        if book.standing(&names).reinstated_time == Some(event.recorded_time) {
            keys.extend(unpack(&head.keys, head.id)?);
        }
    }
    queue(tx, event, &keys).await
}

/// Each key once, in order, so that two transactions that meet on a key never wait in a circle.
async fn queue(tx: &mut Tx, event: &PolicyEventRow, keys: &BTreeSet<Key>) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let epochs: Vec<i16> = keys.iter().map(|key| key.epoch).collect();
    let clues: Vec<i16> = keys.iter().map(|key| key.clue).collect();
    let fingerprints: Vec<Uuid> = keys.iter().map(|key| key.fingerprint).collect();
    sqlx::query!(
        "INSERT INTO contact_pending (epoch, clue, fingerprint, opened_time)
         SELECT epoch, clue, fingerprint, $4
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS new (epoch, clue, fingerprint)
         ORDER BY epoch, clue, fingerprint
         ON CONFLICT DO NOTHING",
        &epochs,
        &clues,
        &fingerprints,
        event.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}
