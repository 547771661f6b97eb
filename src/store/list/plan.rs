//! Planning: the keys that wait for a list are parted into chunks of about equal size.
//!
//! Fingerprints are spread evenly, so equal ranges hold about as many keys. How a list is parted changes nothing of what
//! it says.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ListKind, OpenList};
use crate::store::{Scope, Store, StoreError, Tx};

/// About so many keys are written in one transaction: a second's work, lost if the worker is killed in it.
pub const CHUNK_KEYS: i64 = 5_000;

impl Store {
    /// Makes the chunks of `list`, unless another worker has.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn plan_list(&self, list: &OpenList, at: DateTime<Utc>) -> Result<(), StoreError> {
        let list = list.clone();
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { plan(tx, &list, at).await })).await
    }
}

async fn plan(tx: &mut Tx, list: &OpenList, at: DateTime<Utc>) -> Result<(), StoreError> {
    let planned =
        sqlx::query_scalar!("SELECT planned_time FROM suspicion_list WHERE id = $1 FOR UPDATE", list.id)
            .fetch_one(&mut *tx)
            .await?;
    if planned.is_some() {
        return Ok(());
    }
    let waiting = sqlx::query!(
        r#"SELECT epoch, clue, count(*) AS "keys!" FROM contact_pending
           WHERE opened_time < $1 AND baseline = $2
               -- Of an epoch that is not in force yet, or not any more, is the copy.
               AND epoch NOT IN (SELECT to_epoch FROM epoch_rotation WHERE switched_time IS NULL
                   UNION ALL SELECT from_epoch FROM epoch_rotation WHERE switched_time IS NOT NULL)
           GROUP BY epoch, clue ORDER BY epoch, clue"#,
        list.cut_time,
        list.kind == ListKind::SelfInspection,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut epochs, mut clues, mut firsts, mut lasts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in waiting {
        for (first, last) in ranges(row.keys) {
            epochs.push(row.epoch);
            clues.push(row.clue);
            firsts.push(first);
            lasts.push(last);
        }
    }
    let chunks: Vec<i32> = (0i32..).take(epochs.len()).collect();
    sqlx::query!(
        "INSERT INTO list_run (list_id, chunk, epoch, clue, first_fingerprint, last_fingerprint)
         SELECT $1, chunk, epoch, clue, first, last
         FROM UNNEST($2::integer[], $3::smallint[], $4::smallint[], $5::uuid[], $6::uuid[])
             AS part (chunk, epoch, clue, first, last)",
        list.id,
        &chunks,
        &epochs,
        &clues,
        &firsts,
        &lasts,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("UPDATE suspicion_list SET planned_time = $2 WHERE id = $1", list.id, at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Equal ranges of all fingerprints for so many keys, both ends included.
fn ranges(keys: i64) -> Vec<(Uuid, Uuid)> {
    let parts = u128::from(u64::try_from(keys.max(1)).unwrap_or(1).div_ceil(CHUNK_KEYS.unsigned_abs()));
    let width = u128::MAX / parts;
    let first = |part: u128| part * width;
    (0..parts)
        .map(|part| {
            let last = if part + 1 == parts { u128::MAX } else { first(part + 1) - 1 };
            (Uuid::from_u128(first(part)), Uuid::from_u128(last))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_cover_every_fingerprint_once(keys in 0i64..3_000_000, fingerprint in any::<u128>()) {
            let ranges = ranges(keys);
            prop_assert_eq!(ranges[0].0, Uuid::nil());
            prop_assert_eq!(ranges[ranges.len() - 1].1, Uuid::max());
            let fingerprint = Uuid::from_u128(fingerprint);
            let within = ranges.iter().filter(|(first, last)| *first <= fingerprint && fingerprint <= *last);
            prop_assert_eq!(within.count(), 1);
        }
    }

    #[test]
    fn a_chunk_holds_about_the_same_number_of_keys() {
        assert_eq!(ranges(CHUNK_KEYS).len(), 1);
        assert_eq!(ranges(CHUNK_KEYS + 1).len(), 2);
        assert_eq!(ranges(10 * CHUNK_KEYS).len(), 10);
    }
}
