//! What changed, by position of the outbox: positions have no gaps and follow the order of commits, so a reader by position
//! misses nothing, however late a transaction commits.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{CaseFilter, CaseRow, filter::Question, raw::Raw, row};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, outbox},
};

/// Most positions that one reading looks through: what a token of long ago costs at a time.
pub const MOST_POSITIONS: i64 = 2_000;

/// Cases that changed after a position, in the order of their newest changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The cases as they stand.
    pub cases: Vec<CaseRow>,
    /// Everything up to here is in `cases`.
    pub position: i64,
    /// The position up to which events have one.
    pub head: i64,
}

/// A change of a case, with all that decides who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseChange {
    /// Position of the change.
    pub position: i64,
    /// The case as it stands.
    pub seen: Arc<SeenCase>,
}

/// A case with all that decides who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCase {
    /// The case.
    pub case: CaseRow,
    /// Team leader of its assignee; empty if there is none.
    pub team_leader: String,
    /// Who takes part.
    pub participants: Vec<String>,
}

/// Changes of a range of positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The changes after this position.
    pub after: i64,
    /// Up to this one, which is included.
    pub upto: i64,
    /// All of them, in order.
    pub changes: Vec<CaseChange>,
}

impl Store {
    /// The newest position, for the service itself.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn newest_position(&self) -> Result<i64, StoreError> {
        self.outbox_position(Scope::system()).await
    }

    /// The position up to which events have one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn outbox_position(&self, scope: Scope) -> Result<i64, StoreError> {
        self.with_read(scope, move |tx| Box::pin(async move { outbox::position(tx).await })).await
    }

    /// Cases within `scope` that match `filter` and whose newest change has a position after `after`; at most `limit`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn changed_cases(
        &self,
        scope: Scope,
        filter: CaseFilter,
        after: i64,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let head = outbox::position(tx).await?;
                let upto = head.min(after.saturating_add(MOST_POSITIONS));
                let newest = newest(tx, after, upto).await?;
                let ids: Vec<Uuid> = newest.iter().map(|(_, id)| *id).collect();
                let question = Question { scope: &scope, filter: &filter, now };
                let raws: Vec<Raw> = question.among(&ids).build_query_as().fetch_all(&mut *tx).await?;
                let cases = raws.into_iter().map(CaseRow::try_from).collect::<Result<Vec<_>, _>>()?;
                let mut known: HashMap<Uuid, CaseRow> =
                    cases.into_iter().map(|case| (case.id, case)).collect();
                let mut found =
                    newest.into_iter().filter_map(|(position, id)| Some((position, known.remove(&id)?)));
                let page: Vec<(i64, CaseRow)> = found.by_ref().take(limit).collect();
                let position = match (found.next(), page.last()) {
                    (Some(_), Some((last, _))) => *last,
                    _ => upto.max(after),
                };
                let cases = page.into_iter().map(|(_, case)| case).collect();
                Ok(Changed { cases, position, head })
            })
        })
        .await
    }

    /// Every change after `after`, in order, of a bounded range; for the service itself, which asks for each watcher what he
    /// may see.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_changes(&self, after: i64) -> Result<Changes, StoreError> {
        self.with_read(Scope::system(), move |tx| {
            Box::pin(async move {
                let head = outbox::position(tx).await?;
                let upto = head.min(after.saturating_add(MOST_POSITIONS));
                let changes = if upto > after { changes(tx, after, upto).await? } else { Vec::new() };
                Ok(Changes { after, upto: upto.max(after), changes })
            })
        })
        .await
    }
}

/// Positions and cases of the range whose newest change lies in it.
async fn newest(tx: &mut Tx, after: i64, upto: i64) -> Result<Vec<(i64, Uuid)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.position, e.case_id AS "case_id!" FROM outbox_event AS e
           WHERE e.position > $1 AND e.position <= $2 AND e.kind = 'case.changed' AND e.case_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM outbox_event AS n
                   WHERE n.case_id = e.case_id AND n.kind = 'case.changed' AND n.position > e.position)
           ORDER BY e.position"#,
        after,
        upto,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.position, row.case_id)).collect())
}

async fn changes(tx: &mut Tx, after: i64, upto: i64) -> Result<Vec<CaseChange>, StoreError> {
    let events = sqlx::query!(
        r#"SELECT position, case_id AS "case_id!" FROM outbox_event
           WHERE position > $1 AND position <= $2 AND kind = 'case.changed' AND case_id IS NOT NULL ORDER BY position"#,
        after,
        upto,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut ids: Vec<Uuid> = events.iter().map(|event| event.case_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = seen(tx, &ids).await?;
    let known = |case_id, position| Some(CaseChange { position, seen: Arc::clone(seen.get(&case_id)?) });
    Ok(events.into_iter().filter_map(|event| known(event.case_id, event.position)).collect())
}

/// Cases with all that decides who may see them.
async fn seen(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<SeenCase>>, StoreError> {
    let cases = row::read_many(tx, ids).await?;
    let assignees: Vec<String> = cases.iter().filter_map(|case| case.assignee.clone()).collect();
    let leaders = sqlx::query!(
        "SELECT code, team_leader_code FROM directory_entry WHERE kind = 5 AND code = ANY($1)",
        &assignees
    )
    .fetch_all(&mut *tx)
    .await?;
    let leaders: HashMap<String, String> =
        leaders.into_iter().map(|row| (row.code, row.team_leader_code)).collect();
    let rows = sqlx::query!(
        "SELECT case_id, staff_code FROM case_participant WHERE case_id = ANY($1) AND staff_code <> ''",
        ids
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut participants: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        participants.entry(row.case_id).or_default().push(row.staff_code);
    }
    let seen = cases.into_iter().map(|case| {
        let team_leader =
            case.assignee.as_ref().and_then(|code| leaders.get(code)).cloned().unwrap_or_default();
        let participants = participants.remove(&case.id).unwrap_or_default();
        (case.id, Arc::new(SeenCase { case, team_leader, participants }))
    });
    Ok(seen.collect())
}
