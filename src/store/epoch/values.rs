//! The last part of the backfill: values that lists have named. Each keeps its id, which cleared pairs and cases refer to, and learns
//! what it will be called in the next epoch, from any party that still uses it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    backfill::{Tools, open},
    progress::locked,
    translators,
};
use crate::store::{Scope, Store, StoreError, Tx, submission::read_sealed};

/// Values of one transaction.
const BATCH: i64 = 200;

impl Store {
    /// Gives one batch of values their names of the next epoch. `false` when there is none left.
    ///
    /// # Errors
    /// When the database cannot be reached, or what is sealed does not open.
    pub async fn backfill_values(&self, to: i16, tools: Tools) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { batch(tx, to, &tools).await })).await
    }
}

async fn batch(tx: &mut Tx, to: i16, tools: &Tools) -> Result<bool, StoreError> {
    let cursors = locked(tx, to).await?;
    let rows = sqlx::query!(
        r#"SELECT value.id, value.fingerprint, used.submission_id AS "submission_id?"
           FROM clue_value AS value
           LEFT JOIN LATERAL (
               SELECT u.submission_id FROM contact_use AS u
               JOIN sealed AS z ON z.submission_id = u.submission_id AND z.party_no = u.party_no
                   AND z.wrapped_key IS NOT NULL
               WHERE u.epoch = $1 AND u.clue = value.clue AND u.fingerprint = value.fingerprint LIMIT 1
           ) AS used ON true
           WHERE value.id > $2 AND value.epoch = $1 AND value.next_fingerprint IS NULL
           ORDER BY value.id LIMIT $3"#,
        cursors.from,
        cursors.value,
        BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        // Lists may have named more meanwhile: the next round begins from the first.
        move_cursor(tx, to, Uuid::nil(), 0).await?;
        return Ok(false);
    };
    let submissions: Vec<Uuid> = rows.iter().filter_map(|row| row.submission_id).collect();
    let sealed = read_sealed(tx, &submissions).await?;
    let known = translators(tx, &tools.prints).await?;
    let (Some(old), Some(new)) = (known.get(cursors.from)?, known.get(cursors.to)?) else {
        return Err(StoreError::Unfit("an epoch of the rotation is of another normaliser".into()));
    };
    let translations: BTreeMap<Uuid, _> = open(&tools.sealer, &sealed)?
        .into_iter()
        .map(|(id, forms)| (id, forms.translation(old, new)))
        .collect();
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for row in rows {
        let found = row.submission_id.and_then(|id| translations.get(&id)?.find(row.fingerprint));
        if let Some(name) = found {
            ids.push(row.id);
            names.push(name);
        }
    }
    sqlx::query!(
        "UPDATE clue_value AS value SET next_fingerprint = named.fingerprint
         FROM UNNEST($1::uuid[], $2::uuid[]) AS named (id, fingerprint) WHERE value.id = named.id",
        &ids,
        &names,
    )
    .execute(&mut *tx)
    .await?;
    move_cursor(tx, to, last, i64::try_from(ids.len()).unwrap_or(i64::MAX)).await?;
    Ok(true)
}

async fn move_cursor(tx: &mut Tx, to: i16, value: Uuid, made: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE epoch_rotation SET cursor_value = $2, made = made + $3 WHERE to_epoch = $1",
        to,
        value,
        made,
    )
    .execute(tx)
    .await?;
    Ok(())
}
