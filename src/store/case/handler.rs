//! Who has handled a case: none of them verifies it.

use uuid::Uuid;

use super::Change;
use crate::store::{StoreError, Tx};

/// Notes that whoever makes `change` has handled the case, if he is a member of staff.
pub(in crate::store) async fn note(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    let Some(staff_code) = change.scope.staff() else { return Ok(()) };
    sqlx::query!(
        "INSERT INTO case_handler (case_id, staff_code, first_time) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        change.case.id,
        staff_code,
        change.now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Staff codes of all who have handled a case.
pub(in crate::store) async fn all(tx: &mut Tx, case_id: Uuid) -> Result<Vec<String>, StoreError> {
    let codes = sqlx::query_scalar!(
        "SELECT staff_code FROM case_handler WHERE case_id = $1 ORDER BY staff_code",
        case_id
    )
    .fetch_all(tx)
    .await?;
    Ok(codes)
}
