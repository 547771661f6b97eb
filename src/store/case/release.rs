//! SORTING to OPEN: at the set hour by the worker in customer service's name, or before by customer service itself. From then
//! on it is as urgent as its customers' days say.

use zhenshi_domain::case::{self, Actor, Move};

use super::{
    Answer, CaseEventKind, Change, EventData,
    batch::{self, Batch, Each},
    change::{self, Tools},
    clock,
    distribute::changes_of,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

/// Most cases of one transaction.
const CHUNK: i64 = 1_000;

impl Store {
    /// Releases the cases whose hour has come and that nobody holds; says how many.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn release_due_cases(&self, tools: Tools) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let ids = sqlx::query_scalar!(
                    "SELECT id FROM case_file WHERE state = 1 AND NOT held AND release_time <= $1
                     ORDER BY release_time, id LIMIT $2 FOR UPDATE SKIP LOCKED",
                    tools.clock.now(),
                    CHUNK,
                )
                .fetch_all(&mut *tx)
                .await?;
                if ids.is_empty() {
                    return Ok(0);
                }
                let mut changes = changes_of(tx, &tools, &ids, "RELEASE_CASES").await?;
                for change in &mut changes {
                    release(change, &[Actor::Worker])
                        .map_err(|refused| StoreError::Unexpected(refused.to_string()))?;
                }
                clock::reckon_all(tx, &tools, &mut changes).await?;
                Ok(change::finish_all(tx, &tools, changes).await?.len())
            })
        })
        .await
    }

    /// Releases cases by hand, held ones too.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn release_cases(
        &self,
        tools: Tools,
        scope: Scope,
        batch: Batch,
    ) -> Result<Vec<Each>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut work = match batch::begin(tx, &tools, &scope, &batch).await? {
                    batch::Begun::Go(work) => work,
                    batch::Begun::Answered(answers) => return Ok(answers),
                };
                work.decide(|change, actors| {
                    release(change, actors).map_err(|refused| Answer::Refused(refused.into()))
                });
                clock::reckon_all(tx, &tools, &mut work.changes).await?;
                work.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// SORTING to OPEN, by one of `actors`.
pub(super) fn release(change: &mut Change, actors: &[Actor]) -> Result<(), case::RefusedMove> {
    change.case.state = case::apply_by(change.case.state, Move::Release, actors)?;
    change.case.held = false;
    let data = EventData::none();
    // The worker does what customer service would.
    let data = if change.scope.is_service() { data.name("on_behalf_of", "customer_service") } else { data };
    change.tell(CaseEventKind::Released, data);
    Ok(())
}
