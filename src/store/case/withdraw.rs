//! To WITHDRAWN: by customer service with a second person, or by a policy event. There is no duty to correct any more.

use chrono::{DateTime, Utc};
use zhenshi_domain::case::{CaseState, Move};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    change::{Begun, Command, Tools},
    clock,
    effects::{self, Decided},
    life, moves,
    row::NEVER,
    text::NewText,
    value,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

impl Store {
    /// Asks to withdraw a case; asked before by somebody else, withdraws it.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn withdraw_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Withdraw).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let actor = scope.actor().to_owned();
                let since = life::reopened_time(tx, change.case.id).await?;
                match asked_by(tx, &change, since).await? {
                    Some(first) if first == actor => {
                        return Ok(Answer::Refused(CaseRefusal::SecondPersonRequired));
                    }
                    Some(_) => {
                        confirm(tx, &change, since, &actor).await?;
                        let data = EventData::none();
                        change.tell_with(tx, CaseEventKind::Withdrawn, data, &reason).await?;
                        withdraw(tx, &tools, &mut change).await?;
                    }
                    None => {
                        // Until somebody else says so too it stays where it is.
                        change.case.state = change.state_before();
                        let data = EventData::none();
                        change.tell_with(tx, CaseEventKind::WithdrawalAsked, data, &reason).await?;
                        ask(tx, &change, &actor, &reason).await?;
                    }
                }
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }
}

/// Who asked to withdraw the case and was not answered yet, `since` it was last taken up: whoever asked before that asked of
/// another matter.
async fn asked_by(
    tx: &mut Tx,
    change: &Change,
    since: Option<DateTime<Utc>>,
) -> Result<Option<String>, StoreError> {
    let asked = sqlx::query_scalar!(
        "SELECT asked_by FROM case_withdrawal WHERE case_id = $1 AND confirmed_by IS NULL
             AND ($2::timestamptz IS NULL OR asked_time >= $2)
         ORDER BY asked_time DESC LIMIT 1",
        change.case.id,
        since,
    )
    .fetch_optional(tx)
    .await?;
    Ok(asked)
}

async fn ask(tx: &mut Tx, change: &Change, actor: &str, reason: &NewText) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_withdrawal (case_id, asked_by, asked_time, text_id) VALUES ($1, $2, $3, $4)",
        change.case.id,
        actor,
        change.now,
        reason.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn confirm(
    tx: &mut Tx,
    change: &Change,
    since: Option<DateTime<Utc>>,
    actor: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE case_withdrawal SET confirmed_by = $2, confirmed_time = $3
         WHERE case_id = $1 AND confirmed_by IS NULL AND ($4::timestamptz IS NULL OR asked_time >= $4)",
        change.case.id,
        actor,
        change.now,
        since,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What a withdrawal sets: clocks stop, values are free.
pub(in crate::store) async fn withdraw(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
) -> Result<(), StoreError> {
    change.case.state = CaseState::Withdrawn;
    change.case.verification_due_time = None;
    change.case.paused_since = None;
    change.case.held = false;
    change.case.urgent_time = NEVER;
    sqlx::query!(
        "UPDATE case_stop SET until_time = $2 WHERE case_id = $1 AND until_time IS NULL",
        change.case.id,
        change.now,
    )
    .execute(&mut *tx)
    .await?;
    value::set_open(tx, change.case.id, false).await?;
    clock::reckon(tx, tools, change).await?;
    Ok(())
}
