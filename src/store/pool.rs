//! The pool: how connections are made and what every one of them is set to.

use std::{
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Connection as _, Executor as _, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::StoreError;

/// Longest that one statement may run.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest that a statement may wait for a lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest that a transaction may stand idle before the server ends it.
pub const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a connection of the pool: while the database is away, this is how long a caller waits to hear it.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);
/// How many such waits make up the patience of a start: a machine that has just booted is busy, its database may come up beside
/// the service, and nobody waits for an answer yet.
pub const START_WAITS: u32 = 15;
/// Longest that a connection may have lain idle and still be taken without asking the server whether it is there: asking is a round
/// trip of every transaction. One that broke meanwhile is found out by [`Store::begin`].
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// Role that owns the tables and runs the migrations.
pub const OWNER_ROLE: &str = "zhenshi_owner";
/// Role under which the service works; it owns nothing.
pub const APP_ROLE: &str = "zhenshi_app";

/// How to reach the database.
#[derive(Clone)]
pub struct StoreOptions {
    /// `postgres://…` of the service.
    pub url: String,
    /// Most connections at a time.
    pub max_connections: u32,
}

impl std::fmt::Debug for StoreOptions {
    // The URL holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions").field("max_connections", &self.max_connections).finish_non_exhaustive()
    }
}

/// The database, as the service's role sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// Callers wait for answers: see [`Store::serve_callers`].
    serving: Arc<AtomicBool>,
}

impl Store {
    /// Opens the pool. Every connection works as [`APP_ROLE`] with fixed limits of time.
    ///
    /// # Errors
    /// When the URL is not one, the database cannot be reached, or the role is unfit (see [`Store::check_role`]).
    pub async fn connect(options: &StoreOptions) -> Result<Self, StoreError> {
        let connect = parse_url(&options.url)?;
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, state| {
                Box::pin(async move {
                    if state.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    for setting in session_settings() {
                        connection.execute(sqlx::query(setting)).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(connect);
        let store = Self { pool, serving: Arc::default() };
        store.check_role().await?;
        Ok(store)
    }

    /// From now on callers wait for answers: whoever gets no connection within [`ACQUIRE_TIMEOUT`] is to hear it. Before, that is
    /// waited for [`START_WAITS`] times.
    pub fn serve_callers(&self) {
        self.serving.store(true, Ordering::Relaxed);
    }

    /// A transaction begun by `statement`. A connection that broke while it lay idle breaks here, before anything was done on it,
    /// and the next one is taken.
    ///
    /// # Errors
    /// When there is no connection within [`ACQUIRE_TIMEOUT`] (see [`Self::serve_callers`]), or none that holds.
    pub(super) async fn begin(
        &self,
        statement: &'static str,
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        let (mut waits, mut broken) = (1, 0);
        loop {
            let error = match self.pool.begin_with(statement).await {
                Ok(tx) => return Ok(tx),
                Err(error) => error,
            };
            if matches!(error, sqlx::Error::PoolTimedOut)
                && waits < START_WAITS
                && !self.serving.load(Ordering::Relaxed)
            {
                waits += 1;
            } else if broke(&error) && broken < self.pool.options().get_max_connections() {
                broken += 1;
            } else {
                return Err(error.into());
            }
        }
    }

    /// Refuses to work as a role that could change the tables or see past row security.
    async fn check_role(&self) -> Result<(), StoreError> {
        let role = sqlx::query!(
            r#"SELECT r.rolname::text AS "name!", r.rolsuper AS "superuser!", r.rolbypassrls AS "bypass!",
                      EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S'))
                      AS "owns!"
               FROM pg_roles r WHERE r.rolname = current_user"#
        )
        .fetch_one(&mut *self.begin("BEGIN READ ONLY").await?)
        .await?;
        let fault = if role.superuser {
            "is a superuser"
        } else if role.bypass {
            "bypasses row security"
        } else if role.owns {
            "owns tables"
        } else {
            return Ok(());
        };
        Err(StoreError::Unfit(format!(
            "the database role {} {fault}; the service's role must own nothing and have no such right: \
             run `zhenshi db migrate --print-roles` and apply what it prints",
            role.name
        )))
    }

    pub(super) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!(r#"SELECT 1 AS "one!""#).fetch_one(&self.pool).await?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether a connection that stood did not hold: another may. A server that lets nobody in is no such case.
fn broke(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // What a server says to those connected when it ends them, or when it ends itself.
        sqlx::Error::Database(said) => matches!(said.code().as_deref(), Some("57P01" | "57P02")),
        _ => false,
    }
}

/// Reads a URL; what is wrong with it is not quoted, because it holds a password.
pub(super) fn parse_url(url: &str) -> Result<PgConnectOptions, StoreError> {
    PgConnectOptions::from_str(url).map(|options| options.application_name("zhenshi")).map_err(|_| {
        StoreError::Unfit("the database URL is not of the form postgres://user@host/database".into())
    })
}

/// What every connection of the service is set to. The limits stand in the constants above; statements are constant
/// because a pool must not build SQL.
const fn session_settings() -> [&'static str; 7] {
    [
        "SET ROLE zhenshi_app",
        "SET statement_timeout = '30s'",
        "SET lock_timeout = '10s'",
        "SET idle_in_transaction_session_timeout = '10s'",
        "SET timezone = 'UTC'",
        // Every statement is prepared once and used for batches of any size: planning it anew for each would cost more than
        // running it, and a plan made for one row must not be found for 256.
        "SET plan_cache_mode = force_generic_plan",
        "SET jit = off",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_say_what_the_constants_say() {
        let settings = session_settings().join("\n");
        for (name, limit) in [
            ("statement_timeout", STATEMENT_TIMEOUT),
            ("lock_timeout", LOCK_TIMEOUT),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        ] {
            assert!(settings.contains(&format!("{name} = '{}s'", limit.as_secs())));
        }
        assert!(settings.contains(&format!("SET ROLE {APP_ROLE}")));
    }

    #[test]
    fn a_bad_url_is_refused_without_being_quoted() {
        let error = parse_url("postgres://user:secret@host:port/db").unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
