//! Customer service works on a case itself (article 13: 必要时也可以亲自开展可疑排查); compliance verifies it then.

use zhenshi_domain::case::Move;

use super::{
    Answer, CaseEventKind, EventData,
    change::{Begun, Command, Tools},
    clock,
    effects::{self, Decided},
    handler, moves,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Takes a case over.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn take_over_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::TakeOver).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let now = change.now;
                let case = &mut change.case;
                let from = case.assignee.replace(scope.staff().unwrap_or_default().to_owned());
                case.assigned_time = Some(now);
                case.unit_code = String::new();
                case.with_compliance = false;
                case.nobody_free = false;
                case.taken_over = true;
                // Customer service keeps the channel's clock, or begins it if no channel had the case yet.
                case.channel_received_time.get_or_insert(now);
                handler::note(tx, &change).await?;
                clock::reckon(tx, &tools, &mut change).await?;
                let data = EventData::none().code("from", from.as_deref().unwrap_or_default());
                change.tell_with(tx, CaseEventKind::TakenOver, data, &reason).await?;
                let decided = Decided { assignee_changed: true, ..Decided::default() };
                effects::finish(tx, &tools, *change, decided).await
            })
        })
        .await
    }
}
