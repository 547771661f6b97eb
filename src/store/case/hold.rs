//! Sorting: customer service keeps a case beyond its hour, or lets it go on.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, EventData,
    change::{Begun, Command, Tools},
    moves,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Holds the case, or (`hold` false) lets it go on: then it is released at its hour, or at once if that has come.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn hold_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        hold: bool,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Hold).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                change.case.held = hold;
                let data = EventData::none().number("held", i64::from(hold));
                change.tell_with(tx, CaseEventKind::Held, data, &reason).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
