//! The worklist: a page of cases in order of urgency, with the counts of each state beside it.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::case::CaseState;

use super::{
    CaseFilter, CaseRow,
    filter::{Question, Urgency},
    raw::{Raw, corrupt},
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, outbox},
};

/// Most cases of one state, and one way into the caller's reach, that are counted: a worklist says "10,000 or more", and
/// [`super::statistics`] counts exactly.
pub const MOST_COUNTED: i64 = 10_000;

/// How many cases are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: CaseState,
    /// How many, at most [`MOST_COUNTED`].
    pub count: i64,
    /// How many of them are overdue.
    pub overdue: i64,
}

/// What a worklist is asked for.
#[derive(Debug, Clone)]
pub struct ListQuestion {
    /// Which cases.
    pub filter: CaseFilter,
    /// Those after this place.
    pub after: Option<Urgency>,
    /// Most cases.
    pub limit: i64,
    /// The counts too.
    pub counts: bool,
    /// Time by which a case is overdue.
    pub now: DateTime<Utc>,
}

/// A stretch of the worklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The cases, the most urgent first.
    pub cases: Vec<CaseRow>,
    /// The counts, if they were asked for; states without cases are left out.
    pub counts: Vec<StateCount>,
    /// Everything up to this position of the outbox is in the cases as they are shown.
    pub position: i64,
}

impl Store {
    /// Cases within `scope`, in order of urgency.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn list_cases(&self, scope: Scope, asked: ListQuestion) -> Result<Listed, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let question = Question { scope: &scope, filter: &asked.filter, now: asked.now };
                let (position, raws) = page(tx, &question, &asked).await?;
                let cases = raws.into_iter().map(CaseRow::try_from).collect::<Result<_, _>>()?;
                let counts = if asked.counts { counts(tx, &question).await? } else { Vec::new() };
                Ok(Listed { cases, counts, position })
            })
        })
        .await
    }
}

impl Store {
    /// How PostgreSQL finds such a stretch, one line a step: what a slow worklist is looked into with.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn plan_of_cases(&self, scope: Scope, asked: ListQuestion) -> Result<Vec<String>, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let question = Question { scope: &scope, filter: &asked.filter, now: asked.now };
                Ok(question.plan(asked.after, asked.limit).build_query_scalar().fetch_all(tx).await?)
            })
        })
        .await
    }
}

/// The page, and the position that its statement saw. An empty one has no row that could tell: then the position is read first,
/// so that what gets its own after it is told again and nothing is left out.
async fn page(
    tx: &mut Tx,
    question: &Question<'_>,
    asked: &ListQuestion,
) -> Result<(i64, Vec<Raw>), StoreError> {
    let placed: Vec<Placed> =
        question.page(asked.after, asked.limit).build_query_as().fetch_all(&mut *tx).await?;
    if let Some(first) = placed.first() {
        return Ok((first.position, placed.into_iter().map(|one| one.raw).collect()));
    }
    let position = outbox::position(tx).await?;
    let raws = question.page(asked.after, asked.limit).build_query_as().fetch_all(tx).await?;
    Ok((position, raws))
}

/// A case of a page, and the position that its statement saw.
#[derive(sqlx::FromRow)]
struct Placed {
    #[sqlx(flatten)]
    raw: Raw,
    position: i64,
}

async fn counts(tx: &mut Tx, question: &Question<'_>) -> Result<Vec<StateCount>, StoreError> {
    let rows: Vec<(i16, i64, i64)> = question.counts(MOST_COUNTED).build_query_as().fetch_all(tx).await?;
    rows.into_iter()
        .map(|(state, count, overdue)| {
            let state = CaseState::from_code(state).ok_or_else(|| corrupt("state", Uuid::nil()))?;
            Ok(StateCount { state, count: count.min(MOST_COUNTED), overdue: overdue.min(MOST_COUNTED) })
        })
        .collect()
}
