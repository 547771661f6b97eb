//! Step five: which customer each party is. A customer is a stable surrogate; fingerprints come and go with epochs.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Fresh, Tools, heads::Effect};
use crate::{
    ids,
    store::{StoreError, Tx},
};

/// The customer of each fingerprint of the batch's accepted parties.
pub(super) type Customers = HashMap<Uuid, Uuid>;

/// Finds or makes the customers of what comes into force. Keys are inserted sorted; who loses reads the winner's.
pub(super) async fn resolve(
    tx: &mut Tx,
    tools: &Tools,
    recorded_time: DateTime<Utc>,
    fresh: &[Fresh<'_>],
) -> Result<Customers, StoreError> {
    let accepted = || fresh.iter().filter(|done| matches!(done.effect, Effect::Replaces(_)));
    // One entry per fingerprint; all items of a batch are in the epoch in force.
    let mut wanted: BTreeMap<Uuid, (i16, bool)> = BTreeMap::new();
    for contacts in accepted().map(Fresh::contacts) {
        for party in &contacts.parties {
            wanted.insert(party.customer_fingerprint, (contacts.epoch, party.weak));
        }
    }
    if wanted.is_empty() {
        return Ok(Customers::new());
    }
    let epochs: Vec<i16> = wanted.values().map(|(epoch, _)| *epoch).collect();
    let fingerprints: Vec<Uuid> = wanted.keys().copied().collect();
    let candidates = wanted
        .iter()
        .map(|_| ids::mint(recorded_time, tools.entropy.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let made = sqlx::query!(
        "INSERT INTO customer_key (epoch, fingerprint, customer_id)
         SELECT * FROM UNNEST($1::smallint[], $2::uuid[], $3::uuid[]) AS new (epoch, fingerprint, customer_id)
         ORDER BY epoch, fingerprint
         ON CONFLICT DO NOTHING
         RETURNING fingerprint, customer_id",
        &epochs,
        &fingerprints,
        &candidates,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut customers: Customers = made.into_iter().map(|row| (row.fingerprint, row.customer_id)).collect();
    make(tx, recorded_time, &wanted, &customers).await?;
    if customers.len() < wanted.len() {
        let known = sqlx::query!(
            "SELECT k.fingerprint, k.customer_id
             FROM customer_key k
             JOIN UNNEST($1::smallint[], $2::uuid[]) AS wanted (epoch, fingerprint) USING (epoch, fingerprint)",
            &epochs,
            &fingerprints,
        )
        .fetch_all(&mut *tx)
        .await?;
        customers.extend(known.into_iter().map(|row| (row.fingerprint, row.customer_id)));
    }
    name_anew(tx, accepted(), &mut customers).await?;
    Ok(customers)
}

/// While a rotation is open, customers are told by the epoch in force and get their name of the next.
async fn name_anew<'a>(
    tx: &mut Tx,
    accepted: impl Iterator<Item = &'a Fresh<'a>>,
    customers: &mut Customers,
) -> Result<(), StoreError> {
    let mut named: BTreeMap<Uuid, (i16, Uuid)> = BTreeMap::new();
    for done in accepted {
        let Some(next) = done.anew.as_ref().and_then(|anew| anew.next.as_ref()) else { continue };
        for (party, again) in done.contacts().parties.iter().zip(&next.parties) {
            if let Some(customer) = customers.get(&party.customer_fingerprint) {
                named.insert(again.customer_fingerprint, (next.epoch, *customer));
            }
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    let fingerprints: Vec<Uuid> = named.keys().copied().collect();
    let (epochs, ids): (Vec<i16>, Vec<Uuid>) = named.values().copied().unzip();
    sqlx::query!(
        "INSERT INTO customer_key (epoch, fingerprint, customer_id)
         SELECT * FROM UNNEST($1::smallint[], $2::uuid[], $3::uuid[]) AS new (epoch, fingerprint, customer_id)
         ORDER BY epoch, fingerprint
         ON CONFLICT DO NOTHING",
        &epochs,
        &fingerprints,
        &ids,
    )
    .execute(tx)
    .await?;
    customers.extend(named.into_iter().map(|(fingerprint, (_, customer))| (fingerprint, customer)));
    Ok(())
}

/// Writes the customers whose keys were new.
async fn make(
    tx: &mut Tx,
    recorded_time: DateTime<Utc>,
    wanted: &BTreeMap<Uuid, (i16, bool)>,
    made: &Customers,
) -> Result<(), StoreError> {
    if made.is_empty() {
        return Ok(());
    }
    let (ids, weak): (Vec<Uuid>, Vec<bool>) = made
        .iter()
        .map(|(fingerprint, customer)| (*customer, wanted.get(fingerprint).is_some_and(|(_, weak)| *weak)))
        .unzip();
    sqlx::query!(
        "INSERT INTO customer (id, weak, first_recorded_time)
         SELECT id, weak, $3 FROM UNNEST($1::uuid[], $2::boolean[]) AS new (id, weak)
         ORDER BY id",
        &ids,
        &weak,
        recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}
