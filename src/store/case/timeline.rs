//! The timeline of a case, oldest first.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::case::CaseState;

use super::{CaseEventKind, details::within};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEventRow {
    /// The case.
    pub case_id: Uuid,
    /// Its version after it.
    pub version: i64,
    /// Counts the entries of one version, from 0.
    pub ordinal: i16,
    /// What happened.
    pub kind: CaseEventKind,
    /// Who did it.
    pub actor: String,
    /// When.
    pub recorded_time: DateTime<Utc>,
    /// State before it.
    pub state_before: CaseState,
    /// State after it.
    pub state_after: CaseState,
    /// Codes, numbers and times of it, by name.
    pub data: Vec<(String, String)>,
    /// What the actor wrote.
    pub text_id: Option<Uuid>,
}

impl Store {
    /// Entries of the timeline of `case_id` after the entry `after` (version and ordinal), at most `limit`; none if there is
    /// no such case within `scope`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn list_case_events(
        &self,
        scope: Scope,
        case_id: Uuid,
        after: (i64, i16),
        limit: i64,
    ) -> Result<Option<Vec<CaseEventRow>>, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                if within(tx, &scope, case_id).await?.is_none() {
                    return Ok(None);
                }
                Ok(Some(read(tx, case_id, after, limit).await?))
            })
        })
        .await
    }
}

async fn read(
    tx: &mut Tx,
    case_id: Uuid,
    (version, ordinal): (i64, i16),
    limit: i64,
) -> Result<Vec<CaseEventRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT version, ordinal, kind, actor, recorded_time, state_before, state_after, data, text_id FROM case_event
         WHERE case_id = $1 AND (version, ordinal) > ($2, $3) ORDER BY version, ordinal LIMIT $4",
        case_id,
        version,
        ordinal,
        limit,
    )
    .fetch_all(tx)
    .await?;
    let wrong = |column| StoreError::Corrupt { table: "case_event", column, row: case_id.to_string() };
    let state = |code, column| CaseState::from_code(code).ok_or_else(|| wrong(column));
    rows.into_iter()
        .map(|row| {
            let data = row.data.as_object().into_iter().flatten();
            let data = data.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
            Ok(CaseEventRow {
                case_id,
                version: row.version,
                ordinal: row.ordinal,
                kind: CaseEventKind::of_number(row.kind).ok_or_else(|| wrong("kind"))?,
                actor: row.actor,
                recorded_time: row.recorded_time,
                state_before: state(row.state_before, "state_before")?,
                state_after: state(row.state_after, "state_after")?,
                data: data.collect(),
                text_id: row.text_id,
            })
        })
        .collect()
}
