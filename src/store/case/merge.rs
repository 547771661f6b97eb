//! Sorting: one case takes the suspicions of others, which end with that.

use std::collections::BTreeSet;

use uuid::Uuid;
use zhenshi_domain::case::{self, Actor, CaseState, Move, RefusedMove};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    actors::actors,
    change::{self, Begun, Command, Tools},
    clock, distribute, members,
    opening::customers_key,
    row,
    row::NEVER,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

impl Store {
    /// The case of `command` takes the suspicions and members of `merged`, which are withdrawn.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn merge_cases(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        merged: Vec<Uuid>,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                // All at once and in order: two who merge crosswise cannot wait for each other.
                let all: Vec<Uuid> = merged.iter().copied().chain([command.case_id]).collect();
                let rows = row::lock_many(tx, &all).await?;
                let mut taker = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => *change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let others: Vec<_> = rows.into_iter().filter(|case| case.id != taker.case.id).collect();
                if others.len() != merged.len() {
                    return Ok(Answer::NotFound);
                }
                let actors = actors(tx, &scope, &taker.case).await?;
                if let Err(refused) = may_take(&taker, &actors) {
                    return Ok(Answer::Refused(refused));
                }
                let mut changes = Vec::with_capacity(others.len());
                for other in others {
                    let own =
                        Command { case_id: other.id, etag: None, request: None, action: command.action };
                    let mut change = Change::of(other, taker.now, scope.clone(), own);
                    if let Err(refused) = end(&mut change, &taker, &actors) {
                        return Ok(Answer::Refused(refused));
                    }
                    let data = EventData::none().id("merged_case_id", change.case.id);
                    taker.tell(CaseEventKind::Merged, data);
                    carry_hold(&mut taker, &mut change);
                    taker.case.priority = taker.case.priority.max(change.case.priority);
                    taker.case.add(
                        change.case.clues.iter().copied(),
                        change.case.seller_codes.iter().map(String::as_str),
                        change.case.agency_codes.iter().map(String::as_str),
                    );
                    changes.push(change);
                }
                super::text::insert(tx, taker.case.id, &reason).await?;
                taker.explain(reason.id);
                finish(tx, &tools, taker, changes).await
            })
        })
        .await
    }
}

/// Writes the merged cases first: a value has one open case at any time.
async fn finish(
    tx: &mut Tx,
    tools: &Tools,
    mut taker: Change,
    mut merged: Vec<Change>,
) -> Result<Answer, StoreError> {
    let id = taker.case.id;
    let ids: Vec<Uuid> = merged.iter().map(|change| change.case.id).collect();
    clock::reckon_all(tx, tools, &mut merged).await?;
    change::finish_all(tx, tools, merged).await?;
    take(tx, id, &ids).await?;
    let customers: BTreeSet<Uuid> = members::customers(tx, &[id]).await?.remove(&id).unwrap_or_default();
    taker.case.customers_key = customers_key(&customers, taker.case.is_customer_services());
    let mut changes = vec![taker];
    distribute::review(tx, tools, &mut changes).await?;
    let done = change::finish_all(tx, tools, changes).await?.pop();
    Ok(done.map_or(Answer::NotFound, |case| Answer::Done { case: Box::new(case), made_id: None }))
}

/// A case that is with the verifiers, or over, takes nothing more.
fn may_take(taker: &Change, actors: &[Actor]) -> Result<(), CaseRefusal> {
    let state = taker.case.state;
    if !actors.contains(&Actor::CustomerService) || state == CaseState::Submitted || state.is_over() {
        return Err(refused(taker, actors));
    }
    Ok(())
}

/// Ends a case that is merged into `taker`. What is customer service's own stays apart from what is a channel's.
fn end(change: &mut Change, taker: &Change, actors: &[Actor]) -> Result<(), CaseRefusal> {
    let after = case::apply_by(change.case.state, Move::Merge, actors)?;
    if change.case.is_customer_services() != taker.case.is_customer_services() {
        return Err(refused(change, actors));
    }
    let case = &mut change.case;
    case.state = after;
    case.merged_into = Some(taker.case.id);
    case.held = false;
    case.urgent_time = NEVER;
    change.tell(CaseEventKind::Merged, EventData::none().id("into_case_id", taker.case.id));
    Ok(())
}

/// A commission that is held because of a case that had been reopened stays held: what it is held for goes on in `taker`,
/// whose end decides, and releases the applications of both.
fn carry_hold(taker: &mut Change, merged: &mut Change) {
    if !std::mem::take(&mut merged.case.commission_held) {
        return;
    }
    let other = EventData::none().number("held", 0).id("into_case_id", taker.case.id);
    merged.tell(CaseEventKind::CommissionChanged, other);
    taker.case.commission_held = true;
    let data = EventData::none().number("held", 1).id("merged_case_id", merged.case.id);
    taker.tell(CaseEventKind::CommissionChanged, data);
}

fn refused(change: &Change, actors: &[Actor]) -> CaseRefusal {
    let state = change.case.state;
    let allowed = case::allowed_by(state, actors).into_iter().filter(|action| *action != Move::Merge);
    RefusedMove { state, action: Move::Merge, allowed: allowed.collect() }.into()
}

/// Moves suspicions and values of `merged` to `taker`, and copies their members.
async fn take(tx: &mut Tx, taker: Uuid, merged: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!("UPDATE case_value SET open = false WHERE case_id = ANY($1)", merged)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "INSERT INTO case_value (case_id, clue, clue_value_id, owner_kind, owner_code, open)
         SELECT DISTINCT $1::uuid, clue, clue_value_id, owner_kind, owner_code, true FROM case_value
         WHERE case_id = ANY($2)
         ON CONFLICT (case_id, clue_value_id, owner_kind, owner_code) DO UPDATE SET open = true",
        taker,
        merged,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel,
             branch_code, seller_code, agency_code, policy_no, added_time)
         SELECT $1, customer_id, application_id, submission_id, party_no, role, channel, branch_code, seller_code,
             agency_code, policy_no, added_time
         FROM case_member WHERE case_id = ANY($2)
         ON CONFLICT DO NOTHING",
        taker,
        merged,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE case_suspicion SET case_id = $1, opened = false WHERE case_id = ANY($2)",
        taker,
        merged
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
