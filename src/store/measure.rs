//! What the tables say of the service's own health, for metrics: how far the relay lags, whether months are made ahead.

use chrono::{DateTime, Utc};

use super::{Scope, Store, StoreError};
use crate::telemetry::metrics::METRICS;

/// Rows are counted up to this many: a backlog is an alarm long before, and counting millions would add to it.
const MAX_COUNTED: i64 = 100_000;

/// The figures of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measures {
    /// Position of the last entry of the audit chain.
    pub chain_position: i64,
    /// Audit entries without a position, at most 100,000.
    pub unchained: i64,
    /// When the oldest of them was recorded.
    pub oldest_unchained: Option<DateTime<Utc>>,
    /// Position of the last event.
    pub outbox_position: i64,
    /// Events without a position, at most 100,000.
    pub outbox_waiting: i64,
    /// Submissions in the default partition, at most 100,000.
    pub default_rows: i64,
    /// When the oldest reminder or escalation of a case was due that is not sent.
    pub oldest_timer: Option<DateTime<Utc>>,
    /// Months after that of the look that have a partition of every table.
    pub months_ahead: i64,
}

impl Store {
    /// Looks at everything at once, as of `at`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn measure(&self, at: DateTime<Utc>) -> Result<Measures, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let figures = sqlx::query_as!(
                    Measures,
                    r#"SELECT
                        (SELECT position FROM chain_head WHERE name = 'audit') AS "chain_position!",
                        (SELECT count(*) FROM (SELECT FROM audit_pending LIMIT $2) AS counted) AS "unchained!",
                        (SELECT recorded_time FROM audit_pending ORDER BY id LIMIT 1) AS oldest_unchained,
                        (SELECT position FROM chain_head WHERE name = 'outbox') AS "outbox_position!",
                        (SELECT count(*) FROM (SELECT FROM outbox_pending LIMIT $2) AS counted) AS "outbox_waiting!",
                        (SELECT count(*) FROM (SELECT FROM submission_default LIMIT $2) AS counted) AS "default_rows!",
                        (SELECT due_time FROM case_timer WHERE state = 1 AND due_time <= $1
                             ORDER BY due_time, id LIMIT 1) AS oldest_timer,
                        (SELECT min(ahead) FROM (
                            SELECT count(child.oid) AS ahead
                            FROM unnest(ARRAY['submission', 'finding', 'sealed']) AS parent (name)
                            LEFT JOIN pg_inherits ON inhparent = to_regclass(parent.name)
                            LEFT JOIN pg_class child ON child.oid = inhrelid
                                AND child.relname ~ '_[0-9]{4}_[0-9]{2}$'
                                AND right(child.relname, 7) > to_char($1 AT TIME ZONE 'UTC', 'YYYY_MM')
                            GROUP BY parent.name
                        ) AS months) AS "months_ahead!""#,
                    at,
                    MAX_COUNTED,
                )
                .fetch_one(tx)
                .await?;
                Ok(figures)
            })
        })
        .await
    }

    /// Sets the metrics of the pool to what it is at this moment. Asks nobody.
    pub fn measure_pool(&self) {
        let (open, idle) = (i64::from(self.pool().size()), self.pool().num_idle());
        let database = &METRICS.database;
        database.pool_open.set(open);
        database.pool_in_use.set((open - i64::try_from(idle).unwrap_or(0)).max(0));
        database.pool_max.set(i64::from(self.pool().options().get_max_connections()));
    }
}
