//! Step three: request keys. The first with a key goes on; a later one is answered from the record.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{Answer, Item, Outcome, gate::Stamp};
use crate::store::{Scope, Store, StoreError, Tx, submission::read_submissions};

/// Claims the keys of all items, sorted. `None` means claimed now; otherwise what the record says.
pub(super) async fn claim(
    tx: &mut Tx,
    items: &[Arc<Item>],
    stamps: &[Stamp],
) -> Result<Vec<Option<Outcome>>, StoreError> {
    let request_ids: Vec<Uuid> = items.iter().map(|item| item.request_id).collect();
    let callers: Vec<String> = items.iter().map(|item| item.caller.to_string()).collect();
    let submission_ids: Vec<Uuid> = stamps.iter().map(|stamp| stamp.submission_id).collect();
    let digests: Vec<Vec<u8>> = items.iter().map(|item| item.digest.to_vec()).collect();

    let claimed = sqlx::query_scalar!(
        "INSERT INTO request_key (request_id, caller, submission_id, digest)
         SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::uuid[], $4::bytea[])
             AS new (request_id, caller, submission_id, digest)
         ORDER BY request_id, caller
         ON CONFLICT DO NOTHING
         RETURNING submission_id",
        &request_ids,
        &callers,
        &submission_ids,
        &digests,
    )
    .fetch_all(&mut *tx)
    .await?;

    if claimed.len() == items.len() {
        return Ok(items.iter().map(|_| None).collect());
    }
    let claimed: std::collections::HashSet<Uuid> = claimed.into_iter().collect();
    let lost = |place: &usize| !claimed.contains(&submission_ids[*place]);
    let losers: Vec<usize> = (0..items.len()).filter(lost).collect();
    let mut outcomes: Vec<Option<Outcome>> = items.iter().map(|_| None).collect();
    let mut answers = stored_answers(tx, items, &losers).await?;
    for place in losers {
        let item = &items[place];
        let stored = answers.remove(&(item.request_id, item.caller.to_string()));
        outcomes[place] = Some(match stored {
            Some((digest, answer)) if digest == item.digest => Outcome::Replayed(answer),
            Some(_) => Outcome::Reused,
            None => return Err(missing(item)),
        });
    }
    Ok(outcomes)
}

type StoredAnswers = HashMap<(Uuid, String), (Vec<u8>, Answer)>;

/// What was recorded under the keys of the `losers`.
async fn stored_answers(
    tx: &mut Tx,
    items: &[Arc<Item>],
    losers: &[usize],
) -> Result<StoredAnswers, StoreError> {
    let request_ids: Vec<Uuid> = losers.iter().map(|place| items[*place].request_id).collect();
    let callers: Vec<String> = losers.iter().map(|place| items[*place].caller.to_string()).collect();
    let keys = sqlx::query!(
        r#"SELECT k.request_id, k.caller, k.submission_id, k.digest
           FROM request_key k
           JOIN UNNEST($1::uuid[], $2::text[]) AS wanted (request_id, caller) USING (request_id, caller)"#,
        &request_ids,
        &callers,
    )
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<Uuid> = keys.iter().map(|key| key.submission_id).collect();
    let mut rows: HashMap<Uuid, Answer> =
        read_submissions(tx, &ids).await?.into_iter().map(|row| (row.id, Answer::from(row))).collect();
    Ok(keys
        .into_iter()
        .filter_map(|key| {
            Some(((key.request_id, key.caller), (key.digest, rows.remove(&key.submission_id)?)))
        })
        .collect())
}

fn missing(item: &Item) -> StoreError {
    StoreError::Corrupt { table: "request_key", column: "submission_id", row: item.request_id.to_string() }
}

impl Store {
    /// Whether `caller` has recorded something under `request_id`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn has_request(&self, caller: String, request_id: Uuid) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let found = sqlx::query_scalar!(
                    r#"SELECT EXISTS (SELECT FROM request_key WHERE request_id = $1 AND caller = $2) AS "found!""#,
                    request_id,
                    caller,
                )
                .fetch_one(tx)
                .await?;
                Ok(found)
            })
        })
        .await
    }
}
