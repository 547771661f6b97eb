//! Deadlines computed anew: after a policy event, or by another calendar, which also moves what `recount.rs` counts. Nothing
//! of the directory moves one.
//!
//! A policy event leaves a row in `policy_event_pending`, in its own transaction. A pass takes some of these, finds the cases
//! whose policies they may be of, and reckons them under their row locks; what did not move is not touched, so that nobody's
//! etag goes stale for nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{case::CaseState, timer::Clock};

use super::{
    CaseEventKind, CaseRow, Change, EventData,
    change::{self, Command, Tools},
    clock::reckon_all,
    effects,
    policy_end::{self, Followed},
    recount,
    row::{self, NEVER},
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
                let changed = recompute(tx, &tools, &ids, &BTreeMap::new()).await?;
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
    let changed = followed + recompute(tx, tools, &others, &BTreeMap::new()).await?;
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
    let mut done = recount::sortings(tx, tools, limit).await?;
    if !ids.is_empty() {
        let assists = recount::assists(tx, tools, &ids).await?;
        done.changed += recompute(tx, tools, &ids, &assists).await?;
        done.taken += ids.len();
        recount::note_calendar(tx, tools, &ids).await?;
    }
    Ok(done)
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
            Followed::Changed(decided) => {
                effects::finish(tx, tools, change, decided).await?;
                followed += 1;
            }
            Followed::Unchanged if before == CaseState::Open || received && !before.is_over() => {
                others.push(case_id);
            }
            Followed::Unchanged => {}
        }
    }
    Ok((followed, others))
}

/// Locks cases, reckons them, and writes those that changed, or one of whose assists is due at another time than before.
async fn recompute(
    tx: &mut Tx,
    tools: &Tools,
    ids: &[Uuid],
    assists: &BTreeMap<Uuid, DateTime<Utc>>,
) -> Result<usize, StoreError> {
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
    let mut unchanged = BTreeSet::new();
    for ((change, moved), before) in reckoned.iter_mut().zip(moved).zip(&before) {
        let calendar_version = before.calendar_version.clone();
        let same = CaseRow { calendar_version, ..change.case.clone() } == *before;
        // Counted for the first time; or a date that does not bind yet moved, or another clock.
        if !same && (!moved || before.due_time.is_none()) {
            // What waits for its channel has no deadline, but has become more or less urgent.
            let due =
                change.case.due_time.or_else(|| Some(change.case.urgent_time).filter(|end| *end != NEVER));
            let data = due.into_iter().fold(EventData::none(), |data, due| data.time("due_time", due));
            change.tell(CaseEventKind::DeadlineRecomputed, data);
        }
        match assists.get(&before.id) {
            Some(due) => {
                let data = EventData::none().number("clock", Clock::Assist.code()).time("due_time", *due);
                change.tell(CaseEventKind::DeadlineRecomputed, data);
            }
            None if same => {
                unchanged.insert(before.id);
            }
            None => {}
        }
    }
    reckoned.retain(|change| !unchanged.contains(&change.case.id));
    let changed = reckoned.len();
    if changed > 0 {
        change::finish_all(tx, tools, reckoned).await?;
    }
    Ok(changed)
}
