//! What became of the suspicions of a list: the figures of sorting, which reconcile.

use uuid::Uuid;

use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

/// Suspicions of a list, by what became of them: `listed` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListFigures {
    /// In the list.
    pub listed: i64,
    /// Without a case yet.
    pub waiting: i64,
    /// With a case of their own that went out of sorting.
    pub distributed: i64,
    /// In a case that was there before, or that took theirs.
    pub merged: i64,
    /// With a case of their own that is in sorting.
    pub held: i64,
}

impl Store {
    /// The figures of the list `list_id`, the whole of it whoever asks: they are to add up.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_figures(&self, list_id: Uuid) -> Result<ListFigures, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let figures = sqlx::query_as!(
                    ListFigures,
                    r#"SELECT count(*) AS "listed!", count(*) FILTER (WHERE own.case_id IS NULL) AS "waiting!",
                         count(*) FILTER (WHERE own.opened AND c.state <> 1) AS "distributed!",
                         count(*) FILTER (WHERE NOT own.opened) AS "merged!",
                         count(*) FILTER (WHERE own.opened AND c.state = 1) AS "held!"
                     FROM suspicion s
                     LEFT JOIN case_suspicion own ON own.suspicion_id = s.id
                     LEFT JOIN case_file c ON c.id = own.case_id
                     WHERE s.list_id = $1"#,
                    list_id,
                )
                .fetch_one(tx)
                .await?;
                Ok(figures)
            })
        })
        .await
    }
}
