//! Another channel answers its assist (协办), or customer service does without the answer.

use zhenshi_domain::{
    application::Channel,
    case::{self, Move},
};

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    actors::{ASSISTS, actors},
    change::{self, Begun, Command, Tools},
    clock, handler,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, codes::Coded as _},
};

impl Store {
    /// Answers the assist of `channel`, or closes it without an answer of the channel (`overrides`).
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn answer_assist(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        channel: Channel,
        overrides: bool,
        words: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let actors = actors(tx, &scope, &change.case).await?;
                let action = if overrides { Move::OverrideAssist } else { Move::AnswerAssist };
                if let Err(refused) = case::apply_by(change.case.state, action, &actors) {
                    return Ok(Answer::Refused(refused.into()));
                }
                // Who overrides it closes it for anybody, who answers it only his own.
                let own = scope.staff().filter(|_| !overrides);
                let asked = sqlx::query_scalar!(
                    "SELECT staff_code FROM case_participant
                     WHERE case_id = $1 AND kind = $2 AND channel = $3 AND answered_time IS NULL
                         AND ($4::text IS NULL OR staff_code = $4)
                     FOR UPDATE",
                    change.case.id,
                    ASSISTS,
                    channel.number(),
                    own,
                )
                .fetch_all(&mut *tx)
                .await?;
                if asked.is_empty() {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                }
                handler::note(tx, &change).await?;
                let data = EventData::none()
                    .number("channel", channel.number())
                    .number("overridden", i64::from(overrides));
                change.tell_with(tx, CaseEventKind::AssistAnswered, data, &words).await?;
                sqlx::query!(
                    "UPDATE case_participant
                     SET answered_time = $4, answered_by = $5, answer_text_id = $6, overridden = $7
                     WHERE case_id = $1 AND kind = $2 AND channel = $3 AND staff_code = ANY($8)
                         AND answered_time IS NULL",
                    change.case.id,
                    ASSISTS,
                    channel.number(),
                    change.now,
                    scope.actor(),
                    words.id,
                    overrides,
                    &asked,
                )
                .execute(&mut *tx)
                .await?;
                clock::reckon(tx, &tools, &mut change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
