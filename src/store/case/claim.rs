//! A clerk takes a case himself (领取): the most urgent one of his branch that nobody works on.

use uuid::Uuid;
use zhenshi_domain::{
    assignment::Assignee,
    case::{self, Move},
};

use super::{
    Answer, CaseRefusal, Change,
    actors::actors,
    change::{self, Command, Tools},
    desk::{self, Desk},
    distribute::{give, settle},
    refusal::NotEligible,
    request::{self, RequestKey, Used},
    row,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// How many cases are looked at for one that is no matter of the clerk's own.
const LOOKED_AT: i64 = 50;

impl Store {
    /// The most urgent case of the clerk's branch that nobody works on; none if there is none.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn claim_next_case(
        &self,
        tools: Tools,
        scope: Scope,
        key: RequestKey,
    ) -> Result<Option<Answer>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let Some(code) = scope.staff() else { return Ok(None) };
                match request::find(tx, scope.actor(), &key).await? {
                    Some(Used::Here { case_ids, .. }) => return first(tx, &case_ids).await,
                    Some(Used::Elsewhere) => return Ok(Some(Answer::Reused)),
                    None => {}
                }
                desk::lock(tx).await?;
                if is_full(tx, code).await? {
                    let why = CaseRefusal::NotEligible(NotEligible::AtCapacity);
                    return Ok(Some(Answer::Refused(why)));
                }
                let Some(id) = next(tx, &scope, code).await? else { return Ok(None) };
                let Some(case) = row::lock(tx, id).await? else { return Ok(None) };
                let command = Command { case_id: id, etag: None, request: Some(key), action: "CLAIM_CASE" };
                let mut change = Change::of(case, tools.clock.now(), scope.clone(), command);
                let actors = actors(tx, &scope, &change.case).await?;
                match case::apply_by(change.case.state, Move::Claim, &actors) {
                    Ok(state) => change.case.state = state,
                    Err(refused) => return Ok(Some(Answer::Refused(refused.into()))),
                }
                let mut changes = vec![change];
                let desk = Desk::load(tx, &tools, &changes).await?;
                for change in &mut changes {
                    give(change, Assignee::Clerk(code.to_owned()), false);
                }
                settle(tx, &tools, &desk, &mut changes).await?;
                let case = change::finish_all(tx, &tools, changes).await?.pop();
                Ok(case.map(|case| Answer::Done { case: Box::new(case), made_id: None }))
            })
        })
        .await
    }
}

/// The case of an earlier call, as it stands.
async fn first(tx: &mut Tx, case_ids: &[Uuid]) -> Result<Option<Answer>, StoreError> {
    let Some(id) = case_ids.first() else { return Ok(None) };
    let case = row::read(tx, *id).await?;
    Ok(Some(case.map_or(Answer::NotFound, |case| Answer::Done { case: Box::new(case), made_id: None })))
}

/// Whether he has as many cases as he can have.
async fn is_full(tx: &mut Tx, code: &str) -> Result<bool, StoreError> {
    let full = sqlx::query_scalar!(
        r#"SELECT COALESCE((SELECT count(*) FROM case_file c WHERE c.assignee = e.code AND c.state < 6) >= e.capacity, false)
             AS "full!"
         FROM directory_entry e WHERE e.kind = 5 AND e.code = $1"#,
        code,
    )
    .fetch_optional(tx)
    .await?;
    Ok(full.unwrap_or(true))
}

/// The most urgent case that is no matter of his own: one that nobody has, or that only lies with the team leader because
/// nobody was free.
async fn next(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Option<Uuid>, StoreError> {
    let (Some(channel), Some(branch_code)) = (scope.channel(), scope.branch()) else { return Ok(None) };
    let ids = sqlx::query_scalar!(
        "SELECT id FROM case_file
         WHERE channel = $1 AND branch_code = $2 AND (state = 2 OR state = 3 AND nobody_free) AND state < 6
             AND NOT 5 = ANY(clues)
         ORDER BY urgent_time, urgency_rank, id LIMIT $3 FOR UPDATE SKIP LOCKED",
        channel.number(),
        branch_code,
        LOOKED_AT,
    )
    .fetch_all(&mut *tx)
    .await?;
    let extent = desk::widen(tx).await?;
    let concerned = desk::concerned(tx, &ids).await?;
    desk::narrow(tx, extent).await?;
    Ok(ids.into_iter().find(|id| !concerned.get(id).is_some_and(|codes| codes.contains(code))))
}
