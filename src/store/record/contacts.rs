//! Step six: contacts end and begin; new keys wait for the next list.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{ContactUse, Fresh, Key, PartyEntry, customers::Customers, gate::Gate, heads::Effect};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Ends the contacts that a batch takes out of force and writes those that it puts in force.
pub(super) async fn write(
    tx: &mut Tx,
    gate: &Gate,
    fresh: &[Fresh<'_>],
    customers: &Customers,
) -> Result<(), StoreError> {
    end(tx, gate, fresh).await?;
    let mut begun = begin(fresh, customers)?;
    if begun.is_empty() {
        return Ok(());
    }
    begun.sort_by_key(|new| (new.key, new.application_id, new.contact.party_no, new.contact.purpose));
    insert(tx, gate, &begun).await?;
    queue(tx, gate, &begun).await
}

/// Ending never deletes: a list is a function of its cut. Clocks of two replicas may differ, so an end is never put
/// before its beginning.
async fn end(tx: &mut Tx, gate: &Gate, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let mut ended: Vec<(Key, Uuid)> = Vec::new();
    for done in fresh {
        if let Effect::Replaces(keys) | Effect::Ends(keys) = &done.effect {
            ended.extend(keys.iter().map(|key| (*key, done.item.application_id)));
        }
    }
    if ended.is_empty() {
        return Ok(());
    }
    ended.sort_unstable();
    let epochs: Vec<i16> = ended.iter().map(|(key, _)| key.epoch).collect();
    let clues: Vec<i16> = ended.iter().map(|(key, _)| key.clue).collect();
    let fingerprints: Vec<Uuid> = ended.iter().map(|(key, _)| key.fingerprint).collect();
    let applications: Vec<Uuid> = ended.iter().map(|(_, application)| *application).collect();
    sqlx::query!(
        "UPDATE contact_use AS used
         SET ended_time = GREATEST(used.recorded_time, $5)
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[], $4::uuid[])
             AS ended (epoch, clue, fingerprint, application_id)
         WHERE used.epoch = ended.epoch AND used.clue = ended.clue AND used.fingerprint = ended.fingerprint
             AND used.application_id = ended.application_id AND used.ended_time IS NULL",
        &epochs,
        &clues,
        &fingerprints,
        &applications,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One contact on its way into the table.
struct Begun<'a> {
    key: Key,
    application_id: Uuid,
    submission_id: Uuid,
    contact: &'a ContactUse,
    party: &'a PartyEntry,
    customer_id: Uuid,
    baseline: bool,
}

fn begin<'a>(fresh: &'a [Fresh<'a>], customers: &Customers) -> Result<Vec<Begun<'a>>, StoreError> {
    let mut begun = Vec::new();
    for done in fresh.iter().filter(|done| matches!(done.effect, Effect::Replaces(_))) {
        let every =
            done.every_contacts().flat_map(|contacts| contacts.uses.iter().map(move |one| (contacts, one)));
        for (contacts, contact) in every {
            let party = contacts.parties.iter().find(|party| party.party_no == contact.party_no);
            let party = party.ok_or_else(|| StoreError::Unexpected("a contact of no party".into()))?;
            begun.push(Begun {
                key: Key { epoch: contacts.epoch, clue: contact.clue, fingerprint: contact.fingerprint },
                application_id: done.item.application_id,
                submission_id: done.submission.id,
                contact,
                party,
                customer_id: super::rows::customer_of(customers, party)?,
                baseline: done.item.baseline,
            });
        }
    }
    Ok(begun)
}

async fn insert(tx: &mut Tx, gate: &Gate, begun: &[Begun<'_>]) -> Result<(), StoreError> {
    let epochs: Vec<i16> = begun.iter().map(|new| new.key.epoch).collect();
    let clues: Vec<i16> = begun.iter().map(|new| new.key.clue).collect();
    let fingerprints: Vec<Uuid> = begun.iter().map(|new| new.key.fingerprint).collect();
    let applications: Vec<Uuid> = begun.iter().map(|new| new.application_id).collect();
    let submissions: Vec<Uuid> = begun.iter().map(|new| new.submission_id).collect();
    let parties: Vec<i16> = begun.iter().map(|new| new.contact.party_no).collect();
    let purposes: Vec<i16> = begun.iter().map(|new| new.contact.purpose).collect();
    let roles: Vec<i16> = begun.iter().map(|new| new.party.role.number()).collect();
    let customers: Vec<Uuid> = begun.iter().map(|new| new.customer_id).collect();
    let names: Vec<Option<Uuid>> = begun.iter().map(|new| new.party.name_fingerprint).collect();
    let baselines: Vec<bool> = begun.iter().map(|new| new.baseline).collect();
    sqlx::query!(
        "INSERT INTO contact_use (epoch, clue, fingerprint, application_id, submission_id, party_no, purpose, role,
             baseline, customer_id, name_fingerprint, recorded_time)
         SELECT epoch, clue, fingerprint, application_id, submission_id, party_no, purpose, role, baseline, customer_id,
             name_fingerprint, $12
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[],
             $7::smallint[], $8::smallint[], $9::uuid[], $10::uuid[], $11::boolean[])
             AS new (epoch, clue, fingerprint, application_id, submission_id, party_no, purpose, role, customer_id,
                 name_fingerprint, baseline)",
        &epochs,
        &clues,
        &fingerprints,
        &applications,
        &submissions,
        &parties,
        &purposes,
        &roles,
        &customers,
        &names as &[Option<Uuid>],
        &baselines,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Queues each key once, in order: two batches that meet on a key wait for each other and never in a circle.
async fn queue(tx: &mut Tx, gate: &Gate, begun: &[Begun<'_>]) -> Result<(), StoreError> {
    let keys: BTreeSet<(Key, bool)> = begun.iter().map(|new| (new.key, new.baseline)).collect();
    let epochs: Vec<i16> = keys.iter().map(|(key, _)| key.epoch).collect();
    let clues: Vec<i16> = keys.iter().map(|(key, _)| key.clue).collect();
    let fingerprints: Vec<Uuid> = keys.iter().map(|(key, _)| key.fingerprint).collect();
    let baselines: Vec<bool> = keys.iter().map(|(_, baseline)| *baseline).collect();
    sqlx::query!(
        "INSERT INTO contact_pending (epoch, clue, fingerprint, baseline, opened_time)
         SELECT epoch, clue, fingerprint, baseline, $5
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[], $4::boolean[])
             AS new (epoch, clue, fingerprint, baseline)
         ORDER BY epoch, clue, fingerprint, baseline
         ON CONFLICT DO NOTHING",
        &epochs,
        &clues,
        &fingerprints,
        &baselines,
        gate.closed_until,
    )
    .execute(tx)
    .await?;
    Ok(())
}
