//! What another calendar moves beside the deadlines: when assists are due, and when the sorting of a doubt ends.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{deadline::end_of_working_day, shanghai};

use super::{
    CaseEventKind, Change, EventData,
    actors::ASSISTS,
    change::{self, Command, Tools},
    create::next_hour,
    recompute::{ACTION_RECOMPUTE_DEADLINES, Recomputed},
    row,
};
use crate::{
    security::scope::Scope,
    store::{StoreError, Tx},
};

/// Counts the assists of locked cases that nobody has answered, from when they were asked for. Says by case when the first
/// of those that moved is due.
pub(super) async fn assists(
    tx: &mut Tx,
    tools: &Tools,
    case_ids: &[Uuid],
) -> Result<BTreeMap<Uuid, DateTime<Utc>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT case_id, channel, branch_code, staff_code, added_time, due_time AS "due_time!"
           FROM case_participant
           WHERE case_id = ANY($1) AND kind = $2 AND answered_time IS NULL AND NOT overridden AND due_time IS NOT NULL"#,
        case_ids,
        ASSISTS,
    )
    .fetch_all(&mut *tx)
    .await?;
    let days = tools.profile.cases().assist_working_days;
    let moved: Vec<_> = rows
        .into_iter()
        .map(|row| (end_of_working_day(&tools.calendar, row.added_time, days).value, row))
        .filter(|(due_time, row)| *due_time != row.due_time)
        .collect();
    if moved.is_empty() {
        return Ok(BTreeMap::new());
    }
    sqlx::query!(
        "UPDATE case_participant AS p SET due_time = new.due_time
         FROM UNNEST($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::timestamptz[])
             AS new (case_id, channel, branch_code, staff_code, due_time)
         WHERE p.case_id = new.case_id AND p.kind = $6 AND p.channel = new.channel
             AND p.branch_code = new.branch_code AND p.staff_code = new.staff_code",
        &moved.iter().map(|(_, row)| row.case_id).collect::<Vec<_>>(),
        &moved.iter().map(|(_, row)| row.channel).collect::<Vec<_>>(),
        &moved.iter().map(|(_, row)| row.branch_code.clone()).collect::<Vec<_>>(),
        &moved.iter().map(|(_, row)| row.staff_code.clone()).collect::<Vec<_>>(),
        &moved.iter().map(|(due_time, _)| *due_time).collect::<Vec<_>>(),
        ASSISTS,
    )
    .execute(tx)
    .await?;
    let mut first = BTreeMap::new();
    for (due_time, row) in moved {
        let known = first.entry(row.case_id).or_insert(due_time);
        *known = due_time.min(*known);
    }
    Ok(first)
}

/// Counts when the sorting of at most `limit` doubts ends, at the hour that was set when they were reported.
pub(super) async fn sortings(tx: &mut Tx, tools: &Tools, limit: i64) -> Result<Recomputed, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM case_file
         WHERE state = 1 AND list_id IS NULL AND (calendar_version < $1 OR calendar_version > $1)
         LIMIT $2 FOR UPDATE SKIP LOCKED",
        tools.calendar_version,
        limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    if ids.is_empty() {
        return Ok(Recomputed::default());
    }
    let now = tools.clock.now();
    let mut changes = Vec::new();
    for mut case in row::lock_many(tx, &ids).await? {
        let Some(before) = case.release_time else { continue };
        let time = next_hour(&tools.calendar, case.created_time, shanghai::time(before));
        if time == before {
            continue;
        }
        case.release_time = Some(time);
        let command =
            Command { case_id: case.id, etag: None, request: None, action: ACTION_RECOMPUTE_DEADLINES };
        let mut change = Change::of(case, now, Scope::system(), command);
        change.tell(CaseEventKind::DeadlineRecomputed, EventData::none().time("release_time", time));
        changes.push(change);
    }
    let count = changes.len();
    if count > 0 {
        change::finish_all(tx, tools, changes).await?;
    }
    note_calendar(tx, tools, &ids).await?;
    Ok(Recomputed { taken: ids.len(), changed: count })
}

/// Notes the calendar of `tools` on cases that were counted by it: where nothing else changed their etag stays.
pub(super) async fn note_calendar(tx: &mut Tx, tools: &Tools, case_ids: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE case_file SET calendar_version = $2 WHERE id = ANY($1) AND calendar_version <> $2",
        case_ids,
        tools.calendar_version,
    )
    .execute(tx)
    .await?;
    Ok(())
}
