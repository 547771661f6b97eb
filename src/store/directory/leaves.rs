//! The leaves of members of staff: an entry's present ones in place of those before.

use uuid::Uuid;

use super::entry::Entry;
use crate::store::{StoreError, Tx};

/// Writes the leaves of `entries`, each with its id.
pub(super) async fn write<'a>(
    tx: &mut Tx,
    entries: impl Iterator<Item = (Uuid, &'a Entry)>,
) -> Result<(), StoreError> {
    let (mut ids, mut owners, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, entry) in entries {
        ids.push(id);
        for leave in &entry.leaves {
            owners.push(id);
            first.push(leave.first_day);
            last.push(leave.last_day);
        }
    }
    sqlx::query!("DELETE FROM directory_leave WHERE entry_id = ANY($1)", &ids).execute(&mut *tx).await?;
    if owners.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO directory_leave (entry_id, first_day, last_day)
         SELECT * FROM UNNEST($1::uuid[], $2::date[], $3::date[])",
        &owners,
        &first,
        &last,
    )
    .execute(tx)
    .await?;
    Ok(())
}
