//! Fresh copies of one migrated database, and what a run left in its copy.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use zhenshi::{
    clock::{Clock as _, SystemClock},
    store::migrate::migrate,
};

/// The tables that both sides write, in the order in which a transaction does. Audit log and outbox are not among them:
/// ours leaves one row of each for a batch, pgbench none.
pub(crate) const TABLES: [&str; 11] = [
    "request_key",
    "application",
    "customer_key",
    "customer",
    "contact_use",
    "contact_pending",
    "submission",
    "finding",
    "sealed",
    "application_party",
    "application_approval",
];

/// The database that is copied.
const TEMPLATE: &str = "bench_template";

/// The scratch server, reached by its socket as its superuser. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Server {
    socket: Arc<str>,
    copies: Arc<AtomicU32>,
}

/// A copy; gone after [`Copied::remove`].
pub(crate) struct Copied {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// What a run left in one table.
#[derive(Debug, Clone)]
pub(crate) struct TableSize {
    pub(crate) table: &'static str,
    pub(crate) rows: f64,
    /// Bytes of the table, its indexes and its partitions.
    pub(crate) bytes: f64,
}

impl Server {
    /// Migrates the template.
    pub(crate) async fn prepare(socket: String) -> anyhow::Result<Self> {
        let server = Self { socket: socket.into(), copies: Arc::default() };
        server.execute(format!("CREATE DATABASE {TEMPLATE}")).await?;
        migrate(&server.url(TEMPLATE), SystemClock.now()).await?;
        Ok(server)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=zhenshi", self.socket)
    }

    /// Folder of the server's socket.
    pub(crate) fn socket(&self) -> &str {
        &self.socket
    }

    async fn execute(&self, sql: String) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(connection.close().await?)
    }

    /// A fresh copy, written out whole: no run pays for what was before it.
    pub(crate) async fn copy(&self) -> anyhow::Result<Copied> {
        let name = format!("bench_{}", self.copies.fetch_add(1, Ordering::Relaxed));
        self.execute(format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await?;
        self.execute("CHECKPOINT".into()).await?;
        Ok(Copied { url: self.url(&name), name })
    }

    /// What there is in `copy` for each of `submissions`.
    pub(crate) async fn sizes(&self, copy: &Copied, submissions: usize) -> anyhow::Result<Vec<TableSize>> {
        let mut connection = PgConnection::connect(&copy.url).await?;
        let mut sizes = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let sql = format!(
                "SELECT (SELECT count(*) FROM {table})::float8, (SELECT sum(pg_total_relation_size(relid))
                 FROM (SELECT relid FROM pg_partition_tree('{table}') UNION SELECT '{table}'::regclass) t)::float8"
            );
            let row = connection.fetch_one(AssertSqlSafe(sql)).await?;
            let each = |total: f64| total / figures(submissions);
            sizes.push(TableSize { table, rows: each(row.try_get(0)?), bytes: each(row.try_get(1)?) });
        }
        connection.close().await?;
        Ok(sizes)
    }

    /// Removes `copy`, whoever is still connected to it.
    pub(crate) async fn remove(&self, copy: Copied) -> anyhow::Result<()> {
        self.execute(format!("DROP DATABASE {} WITH (FORCE)", copy.name)).await
    }
}

/// A count as a figure.
pub(crate) fn figures(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
