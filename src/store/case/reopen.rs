//! CLOSED or WITHDRAWN to OPEN: with a reason, and not while another case of the value is open.

use zhenshi_domain::case::{self, Actor, CaseState, Move};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    actors::actors,
    change::{self, Begun, Command, Tools},
    cleared, clock,
    effects::{self, Decided},
    pause,
    row::NEVER,
    text::NewText,
    value,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

impl Store {
    /// Takes a case up again.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn reopen_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let actors = actors(tx, &scope, &change.case).await?;
                if let Some(refusal) = refusal(tx, &change, &actors).await? {
                    return Ok(Answer::Refused(refusal));
                }
                reopen(tx, &tools, &mut change).await?;
                change.tell_with(tx, CaseEventKind::Reopened, EventData::none(), &reason).await?;
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }
}

/// Why the case cannot be taken up again by `actors`.
pub(in crate::store) async fn refusal(
    tx: &mut Tx,
    change: &Change,
    actors: &[Actor],
) -> Result<Option<CaseRefusal>, StoreError> {
    if let Err(refused) = case::apply_by(change.case.state, Move::Reopen, actors) {
        return Ok(Some(refused.into()));
    }
    // A merged case has no suspicion left: whoever took them is the case.
    if let Some(taker) = change.case.merged_into {
        let case_no = sqlx::query_scalar!("SELECT case_no FROM case_file WHERE id = $1", taker)
            .fetch_optional(&mut *tx)
            .await?;
        return Ok(Some(CaseRefusal::ValueHasOpenCase { case_no: case_no.unwrap_or_default() }));
    }
    let other = value::other_open_case(tx, change.case.id).await?;
    Ok(other.map(|case_no| CaseRefusal::ValueHasOpenCase { case_no }))
}

/// What reopening sets: to be distributed anew, with a clock of its own; the relations that it cleared hold no longer.
pub(in crate::store) async fn reopen(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
) -> Result<(), StoreError> {
    cleared::end_pairs(tx, tools, change).await?;
    pause::end(tx, change).await?;
    value::set_open(tx, change.case.id, true).await?;
    sqlx::query!(
        "UPDATE case_suspicion SET withdrawn = false, outcome = NULL, cleared_kind = NULL WHERE case_id = $1",
        change.case.id,
    )
    .execute(&mut *tx)
    .await?;
    let case = &mut change.case;
    case.state = CaseState::Open;
    case.channel_received_time = None;
    case.assignee = None;
    case.assigned_time = None;
    case.unit_code = String::new();
    case.with_compliance = false;
    case.nobody_free = false;
    case.taken_over = false;
    case.outcome = None;
    case.cleared_kind = None;
    case.servicing_no = String::new();
    case.closed_time = None;
    case.on_time = None;
    case.due_time = None;
    case.due_basis = None;
    case.unextended_due_time = None;
    case.extended_until = None;
    case.extended_working_days = 0;
    case.verification_due_time = None;
    case.opened_overdue = false;
    case.urgent_time = NEVER;
    clock::reckon(tx, tools, change).await?;
    Ok(())
}
