//! Monthly partitions: made ahead of time, and the default ones watched.

use chrono::{DateTime, Utc};

use super::{
    Scope, Store, StoreError,
    audit::{self, Deed},
};

/// What is in the audit log of new partitions.
const MAKE_PARTITIONS: Deed<'static> =
    Deed { actor: "partitions", action: "MAKE_PARTITIONS", subject_kind: "partition", subject_ids: &[] };

impl Store {
    /// Makes the partitions of the month of `at` and of the three after it; says how many were made.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a busy table did not let it in time: try again later.
    pub async fn ensure_partitions(&self, at: DateTime<Utc>) -> Result<i32, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let made = sqlx::query_scalar!(r#"SELECT ensure_partitions($1) AS "made!""#, at)
                    .fetch_one(&mut *tx)
                    .await?;
                if made > 0 {
                    let time = at.timestamp_micros().to_be_bytes();
                    let why = format!("{made} partitions, to three months after the time");
                    audit::note(tx, &MAKE_PARTITIONS, at, &[&time], why).await?;
                }
                Ok(made)
            })
        })
        .await
    }

    /// Submissions that lie in the default partition because no month has taken them: anything but 0 is an alarm.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn rows_in_default_partition(&self) -> Result<i64, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query_scalar!(r#"SELECT count(*) AS "rows!" FROM submission_default"#)
                    .fetch_one(tx)
                    .await?;
                Ok(rows)
            })
        })
        .await
    }
}
