//! Requests and grants, newest first.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::approval::AccessState;

use super::row::{AccessKind, GrantRow, select_grants};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

/// Which ones; all must hold, an unset one holds always.
#[derive(Debug, Clone, Default)]
pub struct GrantFilter {
    /// Where they stand.
    pub state: Option<AccessState>,
    /// Only those that can be used at this time.
    pub in_force_at: Option<DateTime<Utc>>,
    /// Only what this member of staff asked for.
    pub requester_code: Option<String>,
    /// One kind.
    pub kind: Option<AccessKind>,
    /// The last one of the page before.
    pub after: Option<Uuid>,
}

impl Store {
    /// At most `limit` of them.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_grants(
        &self,
        scope: Scope,
        filter: GrantFilter,
        limit: i64,
    ) -> Result<Vec<GrantRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let raws = select_grants!(
                    "WHERE ($1::smallint IS NULL OR g.state = $1)
                         AND ($2::timestamptz IS NULL OR (g.state = 3 AND g.end_time > $2))
                         AND ($3::text IS NULL OR g.requester_code = $3)
                         AND ($4::smallint IS NULL OR g.kind = $4)
                         AND ($5::uuid IS NULL OR g.id < $5)
                     ORDER BY g.id DESC LIMIT $6",
                    filter.state.map(AccessState::code),
                    filter.in_force_at,
                    filter.requester_code,
                    filter.kind.map(AccessKind::code),
                    filter.after,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                raws.into_iter().map(GrantRow::try_from).collect()
            })
        })
        .await
    }
}
