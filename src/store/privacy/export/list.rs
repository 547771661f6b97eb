//! The register of exports: newest first, all of them, one's own, or those that wait for somebody's decision.

use uuid::Uuid;

use super::row::{ExportRow, ExportState, select_exports};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

/// Which ones; all must hold, an unset one holds always.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// Where they stand.
    pub state: Option<ExportState>,
    /// Only what this member of staff asked for.
    pub requester_code: Option<String>,
    /// Only what waits for this one of the named roles.
    pub waits_for: Option<Decider>,
    /// The last one of the page before.
    pub after: Option<Uuid>,
}

/// Whose decision is waited for.
#[derive(Debug, Clone)]
pub struct Decider {
    /// Staff code: what he asked for or agreed to himself waits for another.
    pub code: String,
    /// He is the customer-service manager; else the information supervisor, of whom no correction needs anything.
    pub manager: bool,
}

impl Store {
    /// At most `limit` exports, newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_exports(
        &self,
        scope: Scope,
        filter: ExportFilter,
        limit: i64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        let (code, manager) = filter.waits_for.map(|of| (of.code, of.manager)).unzip();
        self.with_read(scope, move |tx| {
            Box::pin(async move {
                let raws = select_exports!(
                    "WHERE ($1::smallint IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2)
                         AND ($3::text IS NULL OR requester_code = $3)
                         AND ($4::text IS NULL OR (state = 1 AND requester_code <> $4
                             AND supervisor_code IS DISTINCT FROM $4 AND manager_code IS DISTINCT FROM $4
                             AND CASE WHEN $5 THEN manager_code IS NULL
                                 ELSE supervisor_code IS NULL AND corrects_id IS NULL END))
                     ORDER BY id DESC LIMIT $6",
                    filter.state.map(ExportState::code),
                    filter.after,
                    filter.requester_code,
                    code,
                    manager.unwrap_or_default(),
                    limit,
                )
                .fetch_all(tx)
                .await?;
                raws.into_iter().map(ExportRow::try_from).collect()
            })
        })
        .await
    }
}
