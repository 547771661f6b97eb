//! A database with a book: sealed up to yesterday, and a day's applications waiting.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use zhenshi::store::{Store, StoreOptions, migrate::migrate};
use zhenshi_domain::suspicion::schedule::cut;

/// Contacts of one application.
const CONTACTS: u64 = 9;
/// Applications made in one go: what a temporary table holds.
const AT_A_TIME: u64 = 100_000;
/// Number of the application before the day's first one: the same for every book, so that the day's data and what is planted
/// in them are the same. A multiple of 277,200, by which every rule of planting comes round.
const BEFORE_THE_DAY: u64 = 277_200 * 10_000;
/// How far before it the one is with whom an application of the book shares something.
const SHARED_BEFORE: u64 = 10;
/// The same of the day's: one of the first of the book.
const DAY_SHARED_BEFORE: u64 = BEFORE_THE_DAY - 1;
/// The day of the list.
pub(crate) const LIST_DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day of the calendar");

pub(crate) struct Book {
    pub(crate) store: Store,
    pub(crate) admin: PgConnectionUrl,
}

/// Where the database is, as its superuser.
pub(crate) struct PgConnectionUrl(String);

impl PgConnectionUrl {
    pub(crate) async fn open(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.0).await?)
    }

    pub(crate) async fn run(&self, sql: &str) -> anyhow::Result<()> {
        let mut connection = self.open().await?;
        connection.execute(AssertSqlSafe(sql.to_owned())).await?;
        Ok(connection.close().await?)
    }
}

impl Book {
    /// A book of about `contacts`, and `new` applications after it.
    pub(crate) async fn make(socket: &str, name: &str, contacts: u64, new: u64) -> anyhow::Result<Self> {
        let url = |database: &str| format!("postgres:///{database}?host={socket}&user=zhenshi");
        PgConnectionUrl(url("postgres")).run(&format!("CREATE DATABASE {name}")).await?;
        migrate(&url(name), cut(LIST_DATE)).await?;
        let admin = PgConnectionUrl(url(name));
        let applications = contacts / CONTACTS;
        eprintln!(
            "making the {name} book: {applications} applications, {} contacts",
            applications * CONTACTS
        );
        // Without its index a table fills several times as fast; PostgreSQL builds it in one sweep afterwards.
        admin.run("ALTER TABLE contact_use DROP CONSTRAINT contact_use_pkey").await?;
        let before = cut(LIST_DATE) - chrono::TimeDelta::days(30);
        let today = cut(LIST_DATE) - chrono::TimeDelta::hours(12);
        fill(&admin, 1, applications, SHARED_BEFORE, before).await?;
        fill(&admin, BEFORE_THE_DAY + 1, BEFORE_THE_DAY + new, DAY_SHARED_BEFORE, today).await?;
        admin
            .run(
                "ALTER TABLE contact_use ADD PRIMARY KEY (epoch, clue, fingerprint, application_id, submission_id,
                    party_no, purpose)",
            )
            .await?;
        admin
            .run(&format!(
                "UPDATE list_gate SET closed_until = '{}';
                 CREATE TABLE day AS SELECT DISTINCT epoch, clue, fingerprint FROM contact_use WHERE recorded_time = '{today}'",
                cut(LIST_DATE) - chrono::TimeDelta::days(1)
            ))
            .await?;
        admin.run("VACUUM (ANALYZE)").await?;
        admin.run("CREATE EXTENSION pg_prewarm").await?;
        let store = Store::connect(&StoreOptions { url: url(name), max_connections: 4 }).await?;
        Ok(Self { store, admin })
    }

    /// Everything as before the list, and in memory.
    pub(crate) async fn reset(&self, pending: &str) -> anyhow::Result<()> {
        self.admin
            .run(&format!(
                "TRUNCATE suspicion_member, cleared_relation, suspicion, list_run, suspicion_list, clue_value,
                    contact_pending CASCADE;
                 UPDATE list_gate SET closed_until = '{}';
                 INSERT INTO contact_pending (epoch, clue, fingerprint, opened_time) {pending}",
                cut(LIST_DATE) - chrono::TimeDelta::days(1)
            ))
            .await?;
        self.admin.run("VACUUM (ANALYZE) contact_pending").await?;
        self.admin
            .run(
                "SELECT pg_prewarm(name::regclass) FROM unnest(ARRAY['contact_use', 'contact_use_pkey',
                    'application_party', 'application_party_pkey', 'application_party_customer']) AS name",
            )
            .await?;
        self.admin.run("CHECKPOINT").await
    }

    /// The day's keys.
    pub(crate) const DAY: &str = "SELECT epoch, clue, fingerprint, 'epoch' FROM day";
    /// Every key of the book.
    pub(crate) const ALL: &str =
        "SELECT DISTINCT epoch, clue, fingerprint, 'epoch'::timestamptz FROM contact_use";
}

async fn fill(
    admin: &PgConnectionUrl,
    first: u64,
    last: u64,
    shared_before: u64,
    at: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mut connection = admin.open().await?;
    let mut from = first;
    while from <= last {
        let to = last.min(from + AT_A_TIME - 1);
        // Several statements at once take no parameters.
        let sql = include_str!("book.sql")
            .replace("$1", &from.to_string())
            .replace("$2", &to.to_string())
            .replace("$3", &format!("'{at}'::timestamptz"))
            .replace("$4", &shared_before.to_string());
        connection.execute(AssertSqlSafe(sql)).await?;
        from = to + 1;
    }
    Ok(connection.close().await?)
}
