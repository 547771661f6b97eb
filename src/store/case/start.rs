//! ASSIGNED to INVESTIGATING, by the assignee.

use zhenshi_domain::case::{self, Move};

use super::{
    Answer, CaseEventKind, EventData,
    actors::actors,
    change::{self, Begun, Command, Tools},
    handler,
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
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let actors = actors(tx, &scope, &change.case).await?;
                match case::apply_by(change.case.state, Move::Start, &actors) {
                    Ok(state) => change.case.state = state,
                    Err(refused) => return Ok(Answer::Refused(refused.into())),
                }
                handler::note(tx, &change).await?;
                change.tell(CaseEventKind::Started, EventData::none());
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}
