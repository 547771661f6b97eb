//! One call, many cases: each is changed or refused by itself, all in one transaction under one idempotency key.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::case::Actor;

use super::{
    Answer, CaseFilter, CaseRow, Change, actors,
    change::{self, Command, Tools},
    filter,
    request::{self, RequestKey, Used},
    row,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

/// Most cases of one call.
pub const MOST_CASES: usize = 1_000;

impl Store {
    /// Ids of the cases within `scope` that match `filter`, the most urgent first and at most [`MOST_CASES`]; and how many match.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn matching_cases(
        &self,
        scope: Scope,
        filter: CaseFilter,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Uuid>, i64), StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let most = i64::try_from(MOST_CASES).unwrap_or(i64::MAX);
                filter::ids(tx, &scope, &filter, now, most).await
            })
        })
        .await
    }
}

/// A call that changes many cases.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The cases, each once, in the order of the answer.
    pub case_ids: Vec<Uuid>,
    /// Idempotency key.
    pub request: RequestKey,
    /// Action of the audit entry, `UPPER_SNAKE_CASE`.
    pub action: &'static str,
}

/// What became of one of the cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// The case.
    pub case_id: Uuid,
    /// As for a call of its own.
    pub answer: Answer,
}

/// How a batch begins.
pub(super) enum Begun {
    /// The cases are locked: decide, finish.
    Go(Work),
    /// There is an answer already.
    Answered(Vec<Each>),
}

/// Cases under change.
pub(super) struct Work {
    /// Those that nothing has refused so far, in the order of the call.
    pub(super) changes: Vec<Change>,
    order: Vec<Uuid>,
    refused: HashMap<Uuid, Answer>,
    scope: Scope,
    request: RequestKey,
}

/// Locks the cases of `batch`. A repeat is answered with the cases that it changed, as they stand.
pub(super) async fn begin(
    tx: &mut Tx,
    tools: &Tools,
    scope: &Scope,
    batch: &Batch,
) -> Result<Begun, StoreError> {
    let answer = |case_id, answer| Each { case_id, answer };
    let mut cases: HashMap<Uuid, CaseRow> =
        row::lock_many(tx, &batch.case_ids).await?.into_iter().map(|case| (case.id, case)).collect();
    match request::find(tx, scope.actor(), &batch.request).await? {
        Some(Used::Here { case_ids, .. }) => {
            let changed = row::lock_many(tx, &case_ids).await?;
            let answers = changed
                .into_iter()
                .map(|case| answer(case.id, Answer::Done { case: Box::new(case), made_id: None }));
            return Ok(Begun::Answered(answers.collect()));
        }
        Some(Used::Elsewhere) => {
            return Ok(Begun::Answered(vec![answer(Uuid::nil(), Answer::Reused)]));
        }
        None => {}
    }
    let now = tools.clock.now();
    let (mut changes, mut refused) = (Vec::new(), HashMap::new());
    for id in &batch.case_ids {
        match cases.remove(id) {
            Some(case) => {
                let command = Command { case_id: *id, etag: None, request: None, action: batch.action };
                changes.push(Change::of(case, now, scope.clone(), command));
            }
            None => {
                refused.insert(*id, Answer::NotFound);
            }
        }
    }
    Ok(Begun::Go(Work {
        changes,
        order: batch.case_ids.clone(),
        refused,
        scope: scope.clone(),
        request: batch.request.clone(),
    }))
}

impl Work {
    /// Asks `decide` about every case that is left; what it refuses is answered so and stays as it is.
    pub(super) fn decide(&mut self, mut decide: impl FnMut(&mut Change, &[Actor]) -> Result<(), Answer>) {
        let mut kept = Vec::with_capacity(self.changes.len());
        for mut change in self.changes.drain(..) {
            let actors = actors::without_assists(&self.scope, &change.case);
            match decide(&mut change, &actors) {
                Ok(()) => kept.push(change),
                Err(answer) => {
                    self.refused.insert(change.case.id, answer);
                }
            }
        }
        self.changes = kept;
    }

    /// Writes what is left, and answers for every case of the call.
    pub(super) async fn finish(mut self, tx: &mut Tx, tools: &Tools) -> Result<Vec<Each>, StoreError> {
        if !self.changes.is_empty() {
            let ids: Vec<Uuid> = self.changes.iter().map(|change| change.case.id).collect();
            let done = change::finish_all(tx, tools, self.changes).await?;
            request::keep(tx, self.scope.actor(), &self.request, &ids, None, tools.clock.now()).await?;
            for case in done {
                self.refused.insert(case.id, Answer::Done { case: Box::new(case), made_id: None });
            }
        }
        // By now what became of each, refused or not.
        let mut answers = self.refused;
        Ok(self
            .order
            .into_iter()
            .filter_map(|case_id| answers.remove(&case_id).map(|answer| Each { case_id, answer }))
            .collect())
    }
}
