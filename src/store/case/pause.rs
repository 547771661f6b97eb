//! Pause and resume: the clock of the working days stands still and goes on. Call-back and cooling-off never do.
//!
//! A pause is no state: it is a row of `case_stop`, open while it lasts, and `paused_since` of the case. Nobody pauses a case
//! that is his own; he may resume it. It also [ends](end) with what it was for: a submission, another channel, compliance.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    change::{Begun, Command, Tools},
    clock, moves,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

/// Kind of a stop that somebody made by hand.
const PAUSED: i16 = 1;

impl Store {
    /// Pauses a case.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn pause_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Pause).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if moves::is_own(tx, &change).await? {
                    return Ok(Answer::Refused(CaseRefusal::SecondPersonRequired));
                }
                if change.case.paused_since.is_some() {
                    return moves::not_again(tx, &change, Move::Pause).await;
                }
                // One that ended at this very instant goes on.
                sqlx::query!(
                    "INSERT INTO case_stop (case_id, kind, from_time) VALUES ($1, $2, $3)
                     ON CONFLICT (case_id, kind, from_time) DO UPDATE SET until_time = NULL",
                    change.case.id,
                    PAUSED,
                    change.now,
                )
                .execute(&mut *tx)
                .await?;
                change.case.paused_since = Some(change.now);
                change.tell_with(tx, CaseEventKind::Paused, EventData::none(), &reason).await?;
                clock::reckon(tx, &tools, &mut change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }

    /// Resumes a case that is paused.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn resume_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Resume).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if !end(tx, &mut change).await? {
                    return moves::not_again(tx, &change, Move::Resume).await;
                }
                clock::reckon(tx, &tools, &mut change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// Ends the pause of a case under change, and says whether it was paused. Its clock goes on from now: [reckon](clock::reckon)
/// it afterwards.
pub(in crate::store) async fn end(tx: &mut Tx, change: &mut Change) -> Result<bool, StoreError> {
    let Some(since) = change.case.paused_since.take() else { return Ok(false) };
    sqlx::query!(
        "UPDATE case_stop SET until_time = $3 WHERE case_id = $1 AND kind = $2 AND until_time IS NULL",
        change.case.id,
        PAUSED,
        change.now,
    )
    .execute(tx)
    .await?;
    change.tell(CaseEventKind::Resumed, EventData::none().time("paused_since", since));
    Ok(true)
}
