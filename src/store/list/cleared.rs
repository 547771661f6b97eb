//! Pairs of customers whom a verified case has cleared.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{Scope, Store, StoreError, bounds::Bounds, codes::Coded as _};

/// Why two customers may share a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearedKind {
    /// They are family.
    Family,
    /// It is their company's.
    Company,
    /// It is a privacy number of a platform.
    PrivacyNumber,
    /// Another reason.
    Other,
}

/// A cleared pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedRelationRow {
    /// Id.
    pub id: Uuid,
    /// The value that they may share.
    pub clue_value_id: Uuid,
    /// The two customers.
    pub customer_ids: [Uuid; 2],
    /// Why.
    pub kind: ClearedKind,
    /// Since when.
    pub cleared_time: DateTime<Utc>,
    /// Until when; nothing while it holds.
    pub ended_time: Option<DateTime<Utc>>,
}

impl Store {
    /// Cleared pairs with a customer who is a party of an application within `scope`, newest first, at most `limit`: those
    /// of `customer_id`, if one is given, and after the pair `after`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_cleared_relations(
        &self,
        scope: Scope,
        customer_id: Option<Uuid>,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ClearedRelationRow>, StoreError> {
        let bounds = Bounds::from(&scope);
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT c.id, c.clue_value_id, c.low_customer_id, c.high_customer_id, c.kind, c.cleared_time,
                            c.ended_time
                     FROM cleared_relation c
                     WHERE ($1::uuid IS NULL OR c.low_customer_id = $1 OR c.high_customer_id = $1)
                         AND ($2::uuid IS NULL OR (c.cleared_time, c.id)
                             < (SELECT l.cleared_time, l.id FROM cleared_relation l WHERE l.id = $2))
                         AND EXISTS (
                             SELECT FROM application_party p JOIN application a ON a.id = p.application_id
                             WHERE p.customer_id IN (c.low_customer_id, c.high_customer_id)
                                 AND a.channel = ANY($3) AND ($4 OR a.source = ANY($5))
                                 AND ($6::text IS NULL OR a.branch_code = $6))
                     ORDER BY c.cleared_time DESC, c.id DESC LIMIT $7",
                    customer_id,
                    after,
                    &bounds.channels,
                    bounds.every_source,
                    &bounds.sources,
                    bounds.branch_code,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| {
                        Ok(ClearedRelationRow {
                            id: row.id,
                            clue_value_id: row.clue_value_id,
                            customer_ids: [row.low_customer_id, row.high_customer_id],
                            kind: ClearedKind::from_number(row.kind, row.id)?,
                            cleared_time: row.cleared_time,
                            ended_time: row.ended_time,
                        })
                    })
                    .collect()
            })
        })
        .await
    }
}
