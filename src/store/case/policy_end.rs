//! What the end of a policy does to its cases: surrender, cancellation, a declined or not taken-up application withdraw the
//! duty to correct. What a seller did stays, and is compliance's. A reinstated policy takes the case up again.

use std::collections::HashSet;

use uuid::Uuid;
use zhenshi_domain::{
    assignment::Assignee,
    case::{self, Actor, CaseState, Move, RefusedMove},
};

use super::{
    CaseEventKind, Change, EventData, change::Tools, clock, desk::Desk, distribute, effects::Decided,
    participant, pause, release, reopen, withdraw::withdraw,
};
use crate::store::{StoreError, Tx, policy_event};

/// Clue of a seller's contact, as its number.
const SELLER_CONTACT: i16 = 3;
/// Clue of one certificate under two names.
const IDENTITY_CONFLICT: i16 = 4;

/// What became of a case when its policies were looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Followed {
    /// Nothing: the same suspicions concern somebody as before.
    Unchanged,
    /// Something is in the row and the timeline: finish the change, with this.
    Changed(Decided),
}

/// Looks at the policies of a locked case again: withdraws what concerns nobody any more, takes up what does again.
pub(in crate::store) async fn follow(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
) -> Result<Followed, StoreError> {
    let counting = counting_applications(tx, change).await?;
    let (gone, all) = match suspicions_without_duty(tx, change.case.id, &counting).await? {
        // A doubt about one customer ends with his policies.
        (_, 0) => return follow_doubt(tx, tools, change, counting.is_empty()).await,
        found => found,
    };
    if change.case.state == CaseState::Withdrawn {
        return take_up(tx, tools, change, gone.len() < all).await;
    }
    if change.case.state.is_over() {
        return Ok(Followed::Unchanged);
    }
    let marked = sqlx::query!(
        "UPDATE case_suspicion SET withdrawn = (suspicion_id = ANY($2))
         WHERE case_id = $1 AND withdrawn <> (suspicion_id = ANY($2))",
        change.case.id,
        &gone,
    )
    .execute(&mut *tx)
    .await?;
    if gone.len() == all {
        return end(tx, tools, change).await;
    }
    if counting.is_empty() && !change.case.with_compliance && change.case.state != CaseState::Submitted {
        return hand_to_compliance(tx, tools, change).await;
    }
    if marked.rows_affected() == 0 {
        return Ok(Followed::Unchanged);
    }
    change
        .tell(CaseEventKind::PolicyChanged, EventData::none().number("withdrawn", marked_count(gone.len())));
    // Those of the suspicions that go on may be another's calls than before.
    Ok(Followed::Changed(Decided { clearance_changed: true, ..Decided::default() }))
}

fn marked_count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The applications of the case whose policies count.
async fn counting_applications(tx: &mut Tx, change: &Change) -> Result<HashSet<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT DISTINCT application_id FROM case_member WHERE case_id = $1",
        change.case.id
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut counting = HashSet::new();
    for id in ids {
        let facts = policy_event::facts(tx, Some(id), String::new(), change.now).await?;
        if facts.standing.condition.counts() {
            counting.insert(id);
        }
    }
    Ok(counting)
}

/// The suspicions whose members on counting policies are too few to be suspicious, and how many suspicions there are. What
/// a seller did is never among them.
async fn suspicions_without_duty(
    tx: &mut Tx,
    case_id: Uuid,
    counting: &HashSet<Uuid>,
) -> Result<(Vec<Uuid>, usize), StoreError> {
    let counting: Vec<Uuid> = counting.iter().copied().collect();
    let rows = sqlx::query!(
        "SELECT followed.suspicion_id, followed.clue,
             count(DISTINCT member.customer_id) FILTER (WHERE member.application_id = ANY($2)) AS \"customers!\",
             count(DISTINCT member.application_id) FILTER (WHERE member.application_id = ANY($2)) AS \"applications!\"
         FROM case_suspicion AS followed
         JOIN suspicion_member AS member ON member.suspicion_id = followed.suspicion_id
         WHERE followed.case_id = $1
         GROUP BY followed.suspicion_id, followed.clue",
        case_id,
        &counting,
    )
    .fetch_all(tx)
    .await?;
    let all = rows.len();
    let gone = rows
        .into_iter()
        .filter(|row| match row.clue {
            SELLER_CONTACT => false,
            IDENTITY_CONFLICT => row.applications < 2,
            _ => row.customers < 2,
        })
        .map(|row| row.suspicion_id)
        .collect();
    Ok((gone, all))
}

/// A doubt: withdrawn with its policy, taken up with it.
async fn follow_doubt(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
    nothing_counts: bool,
) -> Result<Followed, StoreError> {
    match (change.case.state, nothing_counts) {
        (CaseState::Withdrawn, counts_not) => take_up(tx, tools, change, !counts_not).await,
        (state, true) if !state.is_over() => end(tx, tools, change).await,
        _ => Ok(Followed::Unchanged),
    }
}

async fn end(tx: &mut Tx, tools: &Tools, change: &mut Change) -> Result<Followed, StoreError> {
    if case::apply_by(change.case.state, Move::Withdraw, &[Actor::PolicyEvent]).is_err() {
        return Ok(Followed::Unchanged);
    }
    withdraw(tx, tools, change).await?;
    change.tell(CaseEventKind::PolicyChanged, EventData::none());
    change.tell(CaseEventKind::Withdrawn, EventData::none().name("by", "POLICY"));
    Ok(Followed::Changed(Decided::default()))
}

/// Takes a case up again that a policy's end had withdrawn; not one that people withdrew, or that another case took.
async fn take_up(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
    concerns_somebody: bool,
) -> Result<Followed, StoreError> {
    if !concerns_somebody || !withdrawn_by_policy(tx, change.case.id).await? {
        return Ok(Followed::Unchanged);
    }
    if reopen::refusal(tx, change, &[Actor::PolicyEvent]).await?.is_some() {
        return Ok(Followed::Unchanged);
    }
    reopen::reopen(tx, tools, change).await?;
    change.tell(CaseEventKind::Reopened, EventData::none().name("by", "POLICY"));
    Ok(Followed::Changed(Decided::default()))
}

async fn withdrawn_by_policy(tx: &mut Tx, case_id: Uuid) -> Result<bool, StoreError> {
    let last = sqlx::query_scalar!(
        "SELECT data ->> 'by' FROM case_event WHERE case_id = $1 AND kind = $2 ORDER BY version DESC LIMIT 1",
        case_id,
        CaseEventKind::Withdrawn.number(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(last.flatten().as_deref() == Some("POLICY"))
}

/// Nothing is left to correct, but a seller's conduct: compliance has it, and waits for nobody.
async fn hand_to_compliance(tx: &mut Tx, tools: &Tools, change: &mut Change) -> Result<Followed, StoreError> {
    // What the channel waited for is not what compliance waits for.
    pause::end(tx, change).await?;
    let by = [Actor::PolicyEvent];
    let refused = |refused: RefusedMove| StoreError::Unexpected(refused.to_string());
    change.tell(CaseEventKind::PolicyChanged, EventData::none());
    if change.case.state == CaseState::Sorting {
        release::release(change, &by).map_err(refused)?;
    }
    let action = if change.case.state == CaseState::Open { Move::Assign } else { Move::Reassign };
    change.case.state = case::apply_by(change.case.state, action, &by).map_err(refused)?;
    distribute::give(change, Assignee::Compliance, false);
    let desk = Desk::load(tx, tools, std::slice::from_ref(change)).await?;
    participant::hand_over(tx, tools, &desk, change).await?;
    clock::reckon(tx, tools, change).await?;
    Ok(Followed::Changed(Decided { assignee_changed: true, ..Decided::default() }))
}
