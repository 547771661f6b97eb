//! Distribution (分派): cases are given to those whose turn it is, in one transaction for many, and everything follows:
//! participants, the channel's receipt, clocks, what other systems are told.
//!
//! One transaction at a time gives cases ([`desk::lock`]): two workers cannot both count the same clerk as the least busy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    assignment::{Assignee, Assignment, distribute},
    case::{self, Actor, CaseState, Move},
    event::EventData as OutboxData,
};

use super::{
    CaseEventKind, Change, EventData, change,
    change::{Command, Tools},
    clock,
    desk::{self, Desk},
    participant, row,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

/// Most cases of one transaction: about a second of work.
const CHUNK: i64 = 1_000;

impl Store {
    /// Gives the most urgent cases that nobody has to those whose turn it is; says how many.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn distribute_cases(&self, tools: Tools) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                desk::lock(tx).await?;
                let ids = sqlx::query_scalar!(
                    "SELECT id FROM case_file WHERE state = 2
                     ORDER BY urgent_time, urgency_rank, id LIMIT $1 FOR UPDATE SKIP LOCKED",
                    CHUNK,
                )
                .fetch_all(&mut *tx)
                .await?;
                if ids.is_empty() {
                    return Ok(0);
                }
                let mut changes = changes_of(tx, &tools, &ids, "DISTRIBUTE_CASES").await?;
                for change in &mut changes {
                    // Whoever had it before it was reopened may get it again.
                    change.case.assignee = None;
                    change.case.state = case::apply_by(change.case.state, Move::Assign, &[Actor::Worker])
                        .map_err(|refused| StoreError::Unexpected(refused.to_string()))?;
                }
                hand_out(tx, &tools, &mut changes).await?;
                Ok(change::finish_all(tx, &tools, changes).await?.len())
            })
        })
        .await
    }
}

/// Changes of cases that are locked, by the service itself, in the order of urgency.
pub(super) async fn changes_of(
    tx: &mut Tx,
    tools: &Tools,
    ids: &[Uuid],
    action: &'static str,
) -> Result<Vec<Change>, StoreError> {
    let now = tools.clock.now();
    let mut cases = row::lock_many(tx, ids).await?;
    cases.sort_by_key(|case| (case.urgent_time, -i64::from(case.priority), case.id));
    let command = |case_id| Command { case_id, etag: None, request: None, action };
    Ok(cases
        .into_iter()
        .map(|case| {
            let command = command(case.id);
            Change::of(case, now, Scope::system(), command)
        })
        .collect())
}

/// Gives each of the cases, whose state is [`CaseState::Assigned`] by now, to whose turn it is. Waits for others who give.
pub(super) async fn hand_out(tx: &mut Tx, tools: &Tools, changes: &mut [Change]) -> Result<(), StoreError> {
    desk::lock(tx).await?;
    let desk = Desk::load(tx, tools, changes).await?;
    let now = tools.clock.now();
    let mut turns = turns(&desk, changes, now);
    for change in changes.iter_mut() {
        if let Some(assignment) = turns.remove(&change.case.id.as_u128()) {
            give(change, assignment.assignee, assignment.nobody_free);
        }
    }
    settle(tx, tools, &desk, changes).await
}

/// Who is given each of the cases, by case: channels by their clerks, customer service's own by its staff.
fn turns(desk: &Desk, changes: &[Change], now: DateTime<Utc>) -> HashMap<u128, Assignment> {
    let (own, of_channels): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| change.case.is_customer_services());
    let asked = |changes: &[&Change]| {
        let to_another = |change: &&Change| {
            let mut asked = desk.to_assign(change);
            // Who has it is to lose it.
            asked.barred.extend(change.case.assignee.clone());
            asked
        };
        changes.iter().map(to_another).collect::<Vec<_>>()
    };
    let mut given = distribute(&asked(&of_channels), &desk.staff, now);
    given.extend(distribute(&asked(&own), &desk.customer_service, now));
    given.into_iter().map(|assignment| (assignment.case_id, assignment)).collect()
}

/// Notes who has the case now.
pub(super) fn give(change: &mut Change, assignee: Assignee, nobody_free: bool) {
    let now = change.now;
    let case = &mut change.case;
    case.assignee = None;
    case.unit_code.clear();
    case.with_compliance = false;
    case.nobody_free = nobody_free;
    case.taken_over = case.is_customer_services();
    case.assigned_time = Some(now);
    case.channel_received_time.get_or_insert(now);
    let data = EventData::none();
    let data = match assignee {
        Assignee::Clerk(code) | Assignee::TeamLeader(code) => {
            let data = data.code("assignee", &code);
            case.assignee = Some(code);
            data
        }
        Assignee::Unit(code) => {
            let data = data.code("unit_code", &code);
            case.unit_code = code;
            data
        }
        Assignee::Compliance => {
            case.with_compliance = true;
            data.name("department", "compliance")
        }
    };
    let data = if nobody_free { data.number("nobody_free", 1) } else { data };
    change.tell(CaseEventKind::Assigned, data);
}

/// What follows once it is clear who has each case: participants, turns, clocks, what others are told.
pub(super) async fn settle(
    tx: &mut Tx,
    tools: &Tools,
    desk: &Desk,
    changes: &mut [Change],
) -> Result<(), StoreError> {
    let asked = participant::arrange(tx, tools, desk, changes).await?;
    note_turns(tx, changes).await?;
    clock::reckon_all(tx, tools, changes).await?;
    for change in changes.iter_mut() {
        let case = change.facts()?;
        change.publish(OutboxData::Assigned { case }, Vec::new());
    }
    participant::tell_asked(changes, &asked)
}

/// Whoever got a case stands behind the others who have as many.
async fn note_turns(tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    let codes: Vec<String> = changes.iter().filter_map(|change| change.case.assignee.clone()).collect();
    let Some(now) = changes.iter().map(|change| change.now).max() else { return Ok(()) };
    sqlx::query!(
        "INSERT INTO clerk_turn (staff_code, last_assigned_time)
         SELECT DISTINCT code, $2::timestamptz FROM UNNEST($1::text[]) AS new (code) ORDER BY code
         ON CONFLICT (staff_code) DO UPDATE SET last_assigned_time = EXCLUDED.last_assigned_time",
        &codes,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// After suspicions joined cases that are distributed already: another channel may have to answer, and somebody who has a
/// case or is copied on it may be concerned himself by now.
pub(super) async fn review(tx: &mut Tx, tools: &Tools, changes: &mut Vec<Change>) -> Result<(), StoreError> {
    // What waits may be more urgent by what joined it.
    let mut waiting: Vec<Change> =
        changes.extract_if(.., |change| change.case.state == CaseState::Open).collect();
    clock::reckon_all(tx, tools, &mut waiting).await?;
    changes.append(&mut waiting);
    let with_somebody = |change: &mut Change| {
        !matches!(change.case.state, CaseState::Sorting | CaseState::Open) && !change.case.state.is_over()
    };
    let mut distributed: Vec<Change> = changes.extract_if(.., with_somebody).collect();
    if distributed.is_empty() {
        return Ok(());
    }
    desk::lock(tx).await?;
    let desk = Desk::load(tx, tools, &distributed).await?;
    let asked = participant::arrange(tx, tools, &desk, &mut distributed).await?;
    let concerned = |change: &mut Change| {
        let case = &change.case;
        // What is with the verifiers is out of his hands.
        case.state != CaseState::Submitted
            && case.assignee.as_ref().is_some_and(|code| desk.is_concerned(case.id, code))
    };
    let mut elsewhere: Vec<Change> = distributed.extract_if(.., concerned).collect();
    for change in &mut elsewhere {
        change.case.state = case::apply_by(change.case.state, Move::Reassign, &[Actor::Worker])
            .map_err(|refused| StoreError::Unexpected(refused.to_string()))?;
    }
    hand_out(tx, tools, &mut elsewhere).await?;
    clock::reckon_all(tx, tools, &mut distributed).await?;
    changes.append(&mut distributed);
    changes.append(&mut elsewhere);
    participant::tell_asked(changes, &asked)
}
