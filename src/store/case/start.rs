//! ASSIGNED to INVESTIGATING, by the assignee.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, EventData,
    change::{Begun, Command, Tools},
    handler, moves,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Starts the investigation.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn start_investigation(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Start).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                handler::note(tx, &change).await?;
                change.tell(CaseEventKind::Started, EventData::none());
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
