//! Transactions: the only way into the database.
//!
//! sqlx 0.9.0 puts a connection with an open transaction back into the pool when the future that is inside `BEGIN` is
//! dropped, and a gRPC handler's future is dropped whenever a caller's deadline passes. So every transaction runs in a
//! task of its own, which nobody's impatience can drop.

use std::{future::Future, pin::Pin, time::Instant};

use sqlx::{PgConnection, Postgres, Transaction};
use tracing::{Instrument as _, Span};

use super::{Store, StoreError, codes::Coded as _};
use crate::{security::scope::Scope, telemetry::metrics::METRICS};

/// A transaction: borrowed by the functions of this folder.
pub type Tx = PgConnection;

/// What a transaction's work returns.
pub type Work<'tx, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'tx>>;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Changes.
    Change,
    /// Reading what each statement finds committed.
    Read,
    /// Reading one unchanging view of the whole database.
    Snapshot,
}

impl Purpose {
    const fn begin(self) -> &'static str {
        match self {
            Self::Change => "BEGIN",
            Self::Read => "BEGIN READ ONLY",
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        }
    }
}

impl Store {
    /// Runs `work` in one transaction under `scope` and commits it; row security on the plain tables goes by it.
    ///
    /// # Errors
    /// What `work` returns, after a roll-back; [`StoreError::CommitUnknown`] if the connection is lost at COMMIT.
    pub async fn with_tx<T, F>(&self, scope: Scope, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx mut Tx) -> Work<'tx, T> + Send + 'static,
    {
        self.run(Purpose::Change, scope, work).await
    }

    /// Runs `work`, which only reads, in one transaction under `scope`; each of its statements sees what was committed before.
    ///
    /// # Errors
    /// What `work` returns, and the server's refusal of any change.
    pub async fn with_read<T, F>(&self, scope: Scope, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx mut Tx) -> Work<'tx, T> + Send + 'static,
    {
        self.run(Purpose::Read, scope, work).await
    }

    /// Runs `work` on one unchanging view of the whole database, read only.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn with_snapshot<T, F>(&self, scope: Scope, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx mut Tx) -> Work<'tx, T> + Send + 'static,
    {
        self.run(Purpose::Snapshot, scope, work).await
    }

    async fn run<T, F>(&self, purpose: Purpose, scope: Scope, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx mut Tx) -> Work<'tx, T> + Send + 'static,
    {
        let store = self.clone();
        let work = async move {
            let asked = Instant::now();
            let mut tx = store.begin(purpose.begin()).await?;
            METRICS.database.acquire_wait.observe(asked.elapsed().as_secs_f64());
            set_scope(&mut tx, &scope).await?;
            let answer = work(&mut tx).await;
            match (&answer, purpose) {
                (Ok(_), Purpose::Change) => commit(tx).await?,
                // Nobody waits for the end of what changed nothing: it goes out when the connection returns to the pool.
                (Ok(_), Purpose::Read | Purpose::Snapshot) => drop(tx),
                // A failed roll-back closes the connection, which rolls back too.
                (Err(_), _) => drop(tx.rollback().await),
            }
            answer
        };
        let task = tokio::spawn(work.in_current_span());
        task.await
            .unwrap_or_else(|_| Err(StoreError::Unexpected("a transaction's task ended by a panic".into())))
    }
}

/// What the policies of `migrations/20261124000004_row_security.sql` compare rows with.
async fn set_scope(tx: &mut Tx, scope: &Scope) -> Result<(), StoreError> {
    let staff = scope.staff().unwrap_or_default();
    let (channel, branch) = scope.home();
    let channel = channel.map(|channel| channel.number().to_string()).unwrap_or_default();
    let channels: Vec<String> = scope
        .reach()
        .map(|reach| &*reach.channels)
        .unwrap_or_default()
        .iter()
        .map(|one| one.number().to_string())
        .collect();
    sqlx::query!(
        "SELECT set_config('zhenshi.extent', $1, true) AS extent, set_config('zhenshi.role', $2, true) AS role,
                set_config('zhenshi.actor', $3, true) AS actor, set_config('zhenshi.staff', $4, true) AS staff,
                set_config('zhenshi.channel', $5, true) AS channel, set_config('zhenshi.branch', $6, true) AS branch,
                set_config('zhenshi.channels', $7, true) AS channels",
        scope.extent().name(),
        scope.role().name(),
        scope.actor(),
        staff,
        channel,
        branch,
        format!("{{{}}}", channels.join(",")),
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}

/// Commits, and tells a lost connection apart from a refusal: after the first nobody knows.
async fn commit(tx: Transaction<'_, Postgres>) -> Result<(), StoreError> {
    // Only as part of a trace: the jobs' own transactions would each be one.
    let span = if Span::current().is_none() { Span::none() } else { tracing::info_span!("commit") };
    tx.commit().instrument(span).await.map_err(|error| match StoreError::from(error) {
        StoreError::Unavailable(_) => StoreError::CommitUnknown,
        other => other,
    })
}
