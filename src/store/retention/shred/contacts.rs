//! Fingerprints of a customer's contacts, wherever they are kept: they go where nobody else has the value.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    entropy::bytes,
    store::{
        StoreError, Tx,
        record::keys::{Key, pack, unpack},
        retention::Tools,
    },
};

/// Number of the clue of bank accounts, by which approvals go.
const ACCOUNT: i16 = 2;

/// Contacts of a customer in `applications`, and whatever else holds their fingerprints and is nobody else's. Heads are
/// locked first, as the recorder does.
pub(super) async fn destroy_contacts_of(
    tx: &mut Tx,
    tools: &Tools,
    customer_id: Uuid,
    applications: &[Uuid],
) -> Result<(), StoreError> {
    let heads = sqlx::query!(
        "SELECT id, keys FROM application WHERE id = ANY($1) ORDER BY id FOR UPDATE",
        applications,
    )
    .fetch_all(&mut *tx)
    .await?;
    let gone = sqlx::query!(
        "DELETE FROM contact_use WHERE customer_id = $1 AND application_id = ANY($2)
         RETURNING epoch, clue, fingerprint",
        customer_id,
        applications,
    )
    .fetch_all(&mut *tx)
    .await?;
    let gone: BTreeSet<Key> = gone
        .into_iter()
        .map(|row| Key { epoch: row.epoch, clue: row.clue, fingerprint: row.fingerprint })
        .collect();
    for head in heads {
        let keys = unpack(&head.keys, head.id)?;
        let own: Vec<Key> = keys.iter().copied().filter(|key| gone.contains(key)).collect();
        // A value that another party of the application has too stays his.
        let shared = used(tx, &own, Some(head.id)).await?;
        let left: Vec<Key> =
            keys.into_iter().filter(|key| !gone.contains(key) || shared.contains(key)).collect();
        sqlx::query!("UPDATE application SET keys = $2 WHERE id = $1", head.id, pack(&left))
            .execute(&mut *tx)
            .await?;
    }
    let all: Vec<Key> = gone.into_iter().collect();
    let used = used(tx, &all, None).await?;
    let free: Vec<Key> = all.into_iter().filter(|key| !used.contains(key)).collect();
    forget_values(tx, tools, &free, applications).await
}

/// Which of `keys` somebody still uses, in `application` if one is given.
async fn used(tx: &mut Tx, keys: &[Key], application: Option<Uuid>) -> Result<BTreeSet<Key>, StoreError> {
    let (epochs, clues, prints) = columns(keys);
    let rows = sqlx::query!(
        r#"SELECT own.epoch AS "epoch!", own.clue AS "clue!", own.fingerprint AS "fingerprint!"
           FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS own (epoch, clue, fingerprint)
           WHERE EXISTS (SELECT FROM contact_use u WHERE u.epoch = own.epoch AND u.clue = own.clue
               AND u.fingerprint = own.fingerprint AND ($4::uuid IS NULL OR u.application_id = $4))"#,
        &epochs,
        &clues,
        &prints,
        application,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Key { epoch: row.epoch, clue: row.clue, fingerprint: row.fingerprint })
        .collect())
}

/// Removes the fingerprints of values that nobody uses any more from wherever lists keep them. What referred to the value
/// refers to its surrogate, which stays.
async fn forget_values(
    tx: &mut Tx,
    tools: &Tools,
    keys: &[Key],
    applications: &[Uuid],
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let (epochs, clues, prints) = columns(keys);
    sqlx::query!(
        "DELETE FROM contact_pending p
         USING UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS own (epoch, clue, fingerprint)
         WHERE p.epoch = own.epoch AND p.clue = own.clue AND p.fingerprint = own.fingerprint",
        &epochs,
        &clues,
        &prints,
    )
    .execute(&mut *tx)
    .await?;
    let instead = keys
        .iter()
        .map(|_| bytes::<16>(tools.entropy.as_ref()).map(Uuid::from_bytes))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "UPDATE clue_value v SET fingerprint = own.instead, next_fingerprint = NULL
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[], $4::uuid[]) AS own (epoch, clue, fingerprint, instead)
         WHERE v.epoch = own.epoch AND v.clue = own.clue AND v.fingerprint = own.fingerprint",
        &epochs,
        &clues,
        &prints,
        &instead,
    )
    .execute(&mut *tx)
    .await?;
    // Bounds of chunks that were written long ago.
    sqlx::query!(
        "UPDATE list_run r SET first_fingerprint = '00000000-0000-0000-0000-000000000000',
             last_fingerprint = '00000000-0000-0000-0000-000000000000'
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS own (epoch, clue, fingerprint)
         WHERE r.done_time IS NOT NULL AND r.epoch = own.epoch AND r.clue = own.clue
             AND own.fingerprint IN (r.first_fingerprint, r.last_fingerprint)",
        &epochs,
        &clues,
        &prints,
    )
    .execute(&mut *tx)
    .await?;
    let accounts: Vec<Uuid> =
        keys.iter().filter(|key| key.clue == ACCOUNT).map(|key| key.fingerprint).collect();
    sqlx::query!(
        "DELETE FROM application_approval WHERE application_id = ANY($1) AND account_key = ANY($2)",
        applications,
        &accounts,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn columns(keys: &[Key]) -> (Vec<i16>, Vec<i16>, Vec<Uuid>) {
    let epochs = keys.iter().map(|key| key.epoch).collect();
    let clues = keys.iter().map(|key| key.clue).collect();
    (epochs, clues, keys.iter().map(|key| key.fingerprint).collect())
}
