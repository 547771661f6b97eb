//! Deadlines computed anew: after a policy event, or by another calendar. Nothing of the directory moves one.
//!
//! A policy event leaves a row in `policy_event_pending`, in its own transaction. A pass takes some of these, finds the cases
//! whose policies they may be of, and reckons them under their row locks; what did not move is not touched, so that nobody's
//! etag goes stale for nothing.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    CaseEventKind, CaseRow, Change, EventData,
    change::{self, Command, Tools},
    clock::reckon_all,
    effects::{self, Decided},
    policy_end::{self, Followed},
    row,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, policy_event::names_of_events},
};

/// Action of the audit entry that a moved deadline leaves.
pub const ACTION_RECOMPUTE_DEADLINES: &str = "RECOMPUTE_DEADLINES";

/// Action of the audit entry that a case leaves which was withdrawn or taken up with its policy.
pub const ACTION_FOLLOW_POLICY: &str = "FOLLOW_POLICY";

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// Policy events or cases that were taken: nothing more to do when there were none.
    pub taken: usize,
    /// Cases that changed.
    pub changed: usize,
}

impl Store {
    /// Reckons the cases of at most `limit` policy events that wait for it.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached; then the events wait on.
    pub async fn recompute_after_events(&self, tools: Tools, limit: i64) -> Result<Recomputed, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { after_events(tx, &tools, limit).await })
        })
        .await
    }

    /// Reckons at most `limit` open cases whose deadline was counted by another calendar than that of `tools`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn recompute_by_calendar(&self, tools: Tools, limit: i64) -> Result<Recomputed, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { by_calendar(tx, &tools, limit).await }))
            .await
    }

    /// Reckons the cases of `ids`, whatever may have moved.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn recompute_cases(&self, tools: Tools, ids: Vec<Uuid>) -> Result<Recomputed, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let changed = recompute(tx, &tools, &ids).await?;
                Ok(Recomputed { taken: ids.len(), changed })
            })
        })
        .await
    }
}

async fn after_events(tx: &mut Tx, tools: &Tools, limit: i64) -> Result<Recomputed, StoreError> {
    let event_ids = sqlx::query_scalar!(
        "DELETE FROM policy_event_pending WHERE policy_event_id IN (
             SELECT policy_event_id FROM policy_event_pending
             ORDER BY recorded_time, policy_event_id LIMIT $1 FOR UPDATE SKIP LOCKED
         ) RETURNING policy_event_id",
        limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    if event_ids.is_empty() {
        return Ok(Recomputed::default());
    }
    let names = names_of_events(tx, &event_ids).await?;
    // A servicing change's case is its contract's too.
    let ids = sqlx::query_scalar!(
        r#"WITH named AS (
               SELECT UNNEST($1::uuid[]) AS id
               UNION
               SELECT own.id FROM application AS contract JOIN application AS own
                   ON own.original_application_no = contract.application_no AND own.source = contract.source
               WHERE contract.id = ANY($1) AND contract.kind = 1 AND own.original_application_no <> ''
           )
           SELECT found.id AS "id!" FROM (
               SELECT member.case_id AS id FROM case_member AS member JOIN named ON named.id = member.application_id
               UNION
               SELECT member.case_id FROM case_member AS member
               WHERE member.policy_no = ANY($2) AND member.policy_no <> ''
               UNION
               SELECT member.case_id FROM case_member AS member JOIN application AS head
                   ON head.id = member.application_id
               WHERE head.policy_no = ANY($2) AND head.policy_no <> ''
           ) AS found JOIN case_file AS c ON c.id = found.id
           WHERE c.state <> 6"#,
        &names.application_ids,
        &names.policy_nos,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (followed, others) = follow_policies(tx, tools, &ids).await?;
    let changed = followed + recompute(tx, tools, &others).await?;
    Ok(Recomputed { taken: event_ids.len(), changed })
}

async fn by_calendar(tx: &mut Tx, tools: &Tools, limit: i64) -> Result<Recomputed, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM case_file
         WHERE state < 6 AND channel_received_time IS NOT NULL AND (calendar_version < $1 OR calendar_version > $1)
         LIMIT $2 FOR UPDATE SKIP LOCKED",
        tools.calendar_version,
        limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    if ids.is_empty() {
        return Ok(Recomputed::default());
    }
    let changed = recompute(tx, tools, &ids).await?;
    // Where nothing else changed the version alone is noted, and the etag stays.
    sqlx::query!(
        "UPDATE case_file SET calendar_version = $2 WHERE id = ANY($1) AND calendar_version <> $2",
        &ids,
        tools.calendar_version,
    )
    .execute(tx)
    .await?;
    Ok(Recomputed { taken: ids.len(), changed })
}

/// Locks cases, and withdraws or takes up those whose policies ended or count again; says how many these were, and which of
/// the others have a clock that may have moved.
async fn follow_policies(tx: &mut Tx, tools: &Tools, ids: &[Uuid]) -> Result<(usize, Vec<Uuid>), StoreError> {
    let mut followed = 0;
    let mut others = Vec::with_capacity(ids.len());
    for case in row::lock_many(tx, ids).await? {
        let before = case.state;
        let (case_id, received) = (case.id, case.channel_received_time.is_some());
        let command = Command { case_id, etag: None, request: None, action: ACTION_FOLLOW_POLICY };
        let mut change = Change::of(case, tools.clock.now(), Scope::system(), command);
        match policy_end::follow(tx, tools, &mut change).await? {
            Followed::Changed => {
                effects::finish(tx, tools, change, Decided::default()).await?;
                followed += 1;
            }
            Followed::Unchanged if received && !before.is_over() => others.push(case_id),
            Followed::Unchanged => {}
        }
    }
    Ok((followed, others))
}

/// Locks cases, reckons them, and writes those that changed.
async fn recompute(tx: &mut Tx, tools: &Tools, ids: &[Uuid]) -> Result<usize, StoreError> {
    let cases = row::lock_many(tx, ids).await?;
    let now = tools.clock.now();
    let before: Vec<CaseRow> = cases.clone();
    let change_of = |case: CaseRow| {
        let command =
            Command { case_id: case.id, etag: None, request: None, action: ACTION_RECOMPUTE_DEADLINES };
        Change::of(case, now, Scope::system(), command)
    };
    let mut reckoned: Vec<Change> = cases.into_iter().map(change_of).collect();
    let moved = reckon_all(tx, tools, &mut reckoned).await?;
    for ((change, moved), before) in reckoned.iter_mut().zip(moved).zip(&before) {
        // Counted for the first time; or a date that does not bind yet moved, or another clock.
        if !moved || before.due_time.is_none() {
            let due = change.case.due_time.unwrap_or(change.case.urgent_time);
            change.tell(CaseEventKind::DeadlineRecomputed, EventData::none().time("due_time", due));
        }
    }
    let unchanged: BTreeSet<Uuid> = before
        .into_iter()
        .zip(&reckoned)
        .filter(|(before, change)| {
            let calendar_version = before.calendar_version.clone();
            CaseRow { calendar_version, ..change.case.clone() } == *before
        })
        .map(|(before, _)| before.id)
        .collect();
    reckoned.retain(|change| !unchanged.contains(&change.case.id));
    let changed = reckoned.len();
    if changed > 0 {
        change::finish_all(tx, tools, reckoned).await?;
    }
    Ok(changed)
}
