//! What the tables say of the lists' progress, for metrics.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::suspicion::Clue;

use crate::store::{Scope, Store, StoreError, codes::Coded as _};

/// The figures of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFigures {
    /// Day of the newest daily list, sealed or not.
    pub newest_date: Option<NaiveDate>,
    /// Closed lists that are not sealed.
    pub unsealed: i64,
    /// When the oldest of them was closed.
    pub oldest_unsealed: Option<DateTime<Utc>>,
    /// Their chunks that are not written.
    pub open_chunks: i64,
    /// The newest sealed daily list.
    pub newest_sealed: Option<Uuid>,
}

impl Store {
    /// Looks at everything at once.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn measure_lists(&self) -> Result<ListFigures, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let figures = sqlx::query_as!(
                    ListFigures,
                    r#"SELECT
                        (SELECT max(list_date) FROM suspicion_list WHERE kind = 1) AS newest_date,
                        (SELECT count(*) FROM suspicion_list WHERE state = 1) AS "unsealed!",
                        (SELECT min(closed_time) FROM suspicion_list WHERE state = 1) AS oldest_unsealed,
                        (SELECT count(*) FROM list_run WHERE done_time IS NULL) AS "open_chunks!",
                        (SELECT id FROM suspicion_list WHERE kind = 1 AND state = 2
                         ORDER BY list_date DESC LIMIT 1) AS newest_sealed"#,
                )
                .fetch_one(tx)
                .await?;
                Ok(figures)
            })
        })
        .await
    }

    /// Suspicions of the list `list_id` by clue; clues without one are left out.
    ///
    /// # Errors
    /// When the database cannot be reached or a row does not hold what this version writes.
    pub async fn suspicions_by_clue(&self, list_id: Uuid) -> Result<Vec<(Clue, i64)>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT clue, count(*) AS "suspicions!" FROM suspicion WHERE list_id = $1 GROUP BY clue"#,
                    list_id,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| Ok((Clue::from_number(row.clue, list_id)?, row.suspicions)))
                    .collect()
            })
        })
        .await
    }
}
