//! What a case that was taken up again begins with. What people asked for in an earlier life of it is void, and what a
//! verified end rested on proves nothing any more: else it could be withdrawn by one person, or closed again as it was.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::CaseEventKind;
use crate::store::{StoreError, Tx};

/// When the case was last reopened; none if it never was.
pub(in crate::store) async fn reopened_time(
    tx: &mut Tx,
    case_id: Uuid,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let time = sqlx::query_scalar!(
        "SELECT max(recorded_time) FROM case_event WHERE case_id = $1 AND kind = $2",
        case_id,
        CaseEventKind::Reopened.number(),
    )
    .fetch_one(tx)
    .await?;
    Ok(time)
}

/// The submission that the last end before the last reopening was verified by: evidence, attempts and revisions up to then
/// count no more. Those that came after it do, whenever the case was reopened: a customer may have mended his data meanwhile.
/// None if no verified end was reopened; what a policy's end had withdrawn goes on with what it had.
pub(in crate::store) async fn used_up_time(
    tx: &mut Tx,
    case_id: Uuid,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let time = sqlx::query_scalar!(
        "SELECT max(submitted.recorded_time) FROM case_event AS submitted
         WHERE submitted.case_id = $1 AND submitted.kind = $2 AND submitted.version < (
             SELECT max(closed.version) FROM case_event AS closed
             WHERE closed.case_id = $1 AND closed.kind = $3 AND closed.version < (
                 SELECT max(reopened.version) FROM case_event AS reopened
                 WHERE reopened.case_id = $1 AND reopened.kind = $4))",
        case_id,
        CaseEventKind::Submitted.number(),
        CaseEventKind::Closed.number(),
        CaseEventKind::Reopened.number(),
    )
    .fetch_one(tx)
    .await?;
    Ok(time)
}
