//! Certificates that are the same in both epochs, while a rotation is open. A sealed party has one fingerprint only; whoever looks
//! for all that is a person's asks for both.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::store::{StoreError, Tx};

/// Notes `pairs`: fingerprints in `from`, and the same in `to`.
pub(in crate::store) async fn link(
    tx: &mut Tx,
    from: i16,
    to: i16,
    pairs: Vec<(Uuid, Uuid)>,
) -> Result<(), StoreError> {
    let pairs: BTreeMap<Uuid, Uuid> = pairs.into_iter().collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let (olds, news): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    sqlx::query!(
        "INSERT INTO epoch_subject (from_epoch, from_fingerprint, to_epoch, to_fingerprint)
         SELECT $1, old, $2, new FROM UNNEST($3::uuid[], $4::uuid[]) AS pair (old, new) ORDER BY old
         ON CONFLICT DO NOTHING",
        from,
        to,
        &olds,
        &news,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The certificate in every epoch in which it is known.
pub(in crate::store) async fn every(
    tx: &mut Tx,
    epoch: i16,
    fingerprint: Uuid,
) -> Result<Vec<(i16, Uuid)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT to_epoch AS "epoch!", to_fingerprint AS "fingerprint!" FROM epoch_subject
           WHERE from_epoch = $1 AND from_fingerprint = $2
           UNION ALL
           SELECT from_epoch, from_fingerprint FROM epoch_subject WHERE to_epoch = $1 AND to_fingerprint = $2"#,
        epoch,
        fingerprint,
    )
    .fetch_all(tx)
    .await?;
    Ok(std::iter::once((epoch, fingerprint))
        .chain(rows.into_iter().map(|row| (row.epoch, row.fingerprint)))
        .collect())
}

/// Forgets a destroyed person's certificates.
pub(in crate::store) async fn forget(tx: &mut Tx, prints: &[(i16, Uuid)]) -> Result<(), StoreError> {
    let (epochs, fingerprints): (Vec<i16>, Vec<Uuid>) = prints.iter().copied().unzip();
    sqlx::query!(
        "DELETE FROM epoch_subject AS same
         USING UNNEST($1::smallint[], $2::uuid[]) AS own (epoch, fingerprint)
         WHERE (same.from_epoch = own.epoch AND same.from_fingerprint = own.fingerprint)
            OR (same.to_epoch = own.epoch AND same.to_fingerprint = own.fingerprint)",
        &epochs,
        &fingerprints,
    )
    .execute(tx)
    .await?;
    Ok(())
}
