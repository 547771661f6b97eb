//! Comments: guidance, supervision, notes of who works on it.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, EventData,
    change::{Begun, Command, Tools},
    handler, moves,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Adds a comment. Who only supervises does not become a handler by it.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn add_comment(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        comment: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Comment).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if moves::takes_part(tx, &change).await? {
                    handler::note(tx, &change).await?;
                }
                change.tell_with(tx, CaseEventKind::Commented, EventData::none(), &comment).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
