//! A database a test, copied from a template that is migrated once per run.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::{DateTime, TimeZone as _, Utc};
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::sync::OnceCell;
use zhenshi::{
    entropy::SeededEntropy,
    security::{audit_key::AuditKeys, keyring::Keyring},
    store::{Store, StoreOptions, migrate::migrate},
};

/// Name of the variable with the URL of a server on which the tests may do as they like.
const SERVER: &str = "ZHENSHI_TEST_DATABASE_URL";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// The instant at which the tests' clocks begin.
pub fn start_time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 2, 0, 0).unwrap()
}

/// A migrated database of the test's own. It is left behind; the server is thrown away.
#[derive(Clone)]
pub struct TestDatabase {
    pub url: String,
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set: run the tests through ./dev test"))
}

fn url_of(name: &str) -> String {
    let server = server();
    let (before, after) =
        server.split_once("/postgres").expect("the server's URL names the database postgres");
    format!("{before}/{name}{after}")
}

async fn run(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

impl TestDatabase {
    pub async fn new() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        let name = format!("t_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        run(&server(), format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: url_of(&name) }
    }

    /// A copy of this one, to which nobody may be connected.
    pub async fn copy(&self) -> Self {
        let original = self.url.split_once('?').map_or(self.url.as_str(), |(before, _)| before);
        let original = original.rsplit_once('/').expect("the URL names a database").1;
        let name = format!("c_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        run(&server(), format!("CREATE DATABASE {name} TEMPLATE {original}")).await;
        Self { url: url_of(&name) }
    }

    /// The same, refusing writes of the service without an audit entry.
    pub async fn guarded() -> Self {
        let database = Self::new().await;
        run(&database.url, super::audited::sql()).await;
        database
    }

    /// A database without our tables.
    pub async fn empty() -> Self {
        let name = format!("e_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        run(&server(), format!("CREATE DATABASE {name}")).await;
        Self { url: url_of(&name) }
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        let after =
            self.url.rsplit('/').find(|part| part.starts_with("t_") || part.starts_with("e_")).unwrap();
        after.split('?').next().unwrap()
    }

    /// The server's own database, to do to this one what cannot be done from inside.
    pub fn server_url() -> String {
        server()
    }

    /// The store as the service opens it.
    pub async fn store(&self) -> Store {
        Store::connect(&StoreOptions { url: self.url.clone(), max_connections: 8 }).await.unwrap()
    }

    /// A pool as the superuser, to look at everything and to get in the way.
    pub async fn admin(&self) -> PgPool {
        PgPool::connect_with(self.url.parse::<PgConnectOptions>().unwrap()).await.unwrap()
    }

    /// Ends every connection and lets nobody in: for the service the database is gone.
    pub async fn close_doors(&self) {
        let name = self.name();
        run(&server(), format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
        run(&server(), format!("{end} = '{name}'")).await;
    }

    /// Lets everybody in again.
    pub async fn open_doors(&self) {
        run(&server(), format!("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", self.name())).await;
    }
}

async fn make_template() -> String {
    let name = format!("template_{}", std::process::id());
    run(&server(), format!("CREATE DATABASE {name}")).await;
    migrate(&url_of(&name), start_time()).await.unwrap();
    // Each test begins with an empty log.
    run(&url_of(&name), "DELETE FROM audit_pending".into()).await;
    name
}

/// The keyring that they are of.
pub fn audit_keyring() -> Keyring {
    Keyring::generate(&SeededEntropy::new(9)).unwrap()
}

/// Keys of the audit chain for tests that run the relay themselves.
pub fn audit_keys() -> Arc<AuditKeys> {
    Arc::new(AuditKeys::new(&audit_keyring()).unwrap())
}

/// One number out of the database.
pub async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}
