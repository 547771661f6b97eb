//! Attempts to reach the customer: what `UNREACHABLE` rests on.

use uuid::Uuid;
use zhenshi_domain::case::{Move, evidence::ContactAttempt};

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    change::{Begun, Command, Tools},
    handler, moves,
    refusal::WrongArgument,
    text::NewText,
};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

impl Store {
    /// Records an attempt, made by whoever records it. It lies neither in the future nor before the case.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn record_contact_attempt(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        attempt: ContactAttempt,
        note: Option<NewText>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::RecordContactAttempt).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let wrong = if attempt.time > change.now {
                    Some(WrongArgument::AttemptInFuture)
                } else {
                    (attempt.time < change.case.created_time).then_some(WrongArgument::AttemptBeforeCase)
                };
                if let Some(wrong) = wrong {
                    return Ok(Answer::Refused(CaseRefusal::Argument(wrong)));
                }
                let id = ids::mint(change.now, tools.entropy.as_ref())?;
                let data = EventData::none()
                    .time("attempted_time", attempt.time)
                    .number("means", attempt.means.code())
                    .number("result", attempt.result.code());
                let kind = CaseEventKind::ContactAttempted;
                let text_id = moves::tell(tx, &mut change, kind, data, note.as_ref()).await?;
                insert(tx, &change, id, attempt, text_id).await?;
                handler::note(tx, &change).await?;
                change.made(id);
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}

async fn insert(
    tx: &mut Tx,
    change: &super::Change,
    id: Uuid,
    attempt: ContactAttempt,
    text_id: Option<Uuid>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_contact_attempt (id, case_id, attempted_time, means, result, attempted_by, text_id, recorded_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        change.case.id,
        attempt.time,
        attempt.means.code(),
        attempt.result.code(),
        change.scope.staff().unwrap_or_default(),
        text_id,
        change.now,
    )
    .execute(tx)
    .await?;
    Ok(())
}
