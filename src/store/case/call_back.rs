//! Call-backs for the investigation: asked of customer service, and answered by it (article 13).

use uuid::Uuid;
use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, CaseRefusal, EventData,
    change::{Begun, Command, Tools},
    handler, moves,
    parts::{self, CallBackAnswer},
    text::NewText,
};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError, codes::Coded as _},
};

impl Store {
    /// Asks customer service to call the customer.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn request_call_back(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        question: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::RequestCallBack).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let id = ids::mint(change.now, tools.entropy.as_ref())?;
                let data = EventData::none().id("call_back_request_id", id);
                change.tell_with(tx, CaseEventKind::CallBackRequested, data, &question).await?;
                sqlx::query!(
                    "INSERT INTO case_call_back_request (id, case_id, requested_by, requested_time, question_text_id)
                     VALUES ($1, $2, $3, $4, $5)",
                    id,
                    change.case.id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                    question.id,
                )
                .execute(&mut *tx)
                .await?;
                handler::note(tx, &change).await?;
                change.made(id);
                change.finish(tx, &tools).await
            })
        })
        .await
    }

    /// Answers the request `id`, once. Who called has handled the case.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn answer_call_back(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        id: Uuid,
        answer: CallBackAnswer,
        note: Option<NewText>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let begun = moves::begin(tx, &tools, &scope, &command, Move::AnswerCallBack).await?;
                let mut change = match begun {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let requests = parts::call_back_requests(tx, change.case.id).await?;
                let Some(request) = requests.into_iter().find(|request| request.id == id) else {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                };
                // Somebody else has called meanwhile.
                if request.answered_time.is_some() {
                    return Ok(Answer::Stale);
                }
                let data =
                    EventData::none().id("call_back_request_id", id).number("answer", answer.number());
                let kind = CaseEventKind::CallBackAnswered;
                let text_id = moves::tell(tx, &mut change, kind, data, note.as_ref()).await?;
                sqlx::query!(
                    "UPDATE case_call_back_request SET answered_by = $2, answered_time = $3, answer = $4, answer_text_id = $5
                     WHERE id = $1",
                    id,
                    change.scope.staff().unwrap_or_default(),
                    change.now,
                    answer.number(),
                    text_id,
                )
                .execute(&mut *tx)
                .await?;
                handler::note(tx, &change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
