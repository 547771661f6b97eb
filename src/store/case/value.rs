//! The values of a case: open with it, so that no value has two open cases, and closed with it.

use uuid::Uuid;

use crate::store::{StoreError, Tx};

/// The number of another open case that has a value of `case_id`, or that took its suspicions.
pub(in crate::store) async fn other_open_case(
    tx: &mut Tx,
    case_id: Uuid,
) -> Result<Option<String>, StoreError> {
    let other = sqlx::query_scalar!(
        "SELECT other.case_no FROM case_value AS own
         JOIN case_value AS theirs ON theirs.clue_value_id = own.clue_value_id AND theirs.owner_kind = own.owner_kind
             AND theirs.owner_code = own.owner_code AND theirs.open AND theirs.case_id <> own.case_id
         JOIN case_file AS other ON other.id = theirs.case_id
         WHERE own.case_id = $1
         ORDER BY other.case_no LIMIT 1",
        case_id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(other)
}

/// Opens or closes the values of a case.
pub(in crate::store) async fn set_open(tx: &mut Tx, case_id: Uuid, open: bool) -> Result<(), StoreError> {
    sqlx::query!("UPDATE case_value SET open = $2 WHERE case_id = $1 AND open <> $2", case_id, open)
        .execute(tx)
        .await?;
    Ok(())
}
