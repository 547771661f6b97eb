//! Migrations: embedded, applied in order as the owner of the tables.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, migrate::Migrator};

use super::{
    StoreError,
    audit::{self, Deed},
    bootstrap,
    dump::Schema,
    pool::parse_url,
};

/// What is in the audit log of migrations.
const MIGRATE: Deed<'static> =
    Deed { actor: "operator", action: "MIGRATE", subject_kind: "schema", subject_ids: &[] };

/// Advisory lock of whoever migrates.
const MIGRATE_LOCK: i64 = 7_305_808_869_232_536_433;

/// Everything in `migrations/`.
static MIGRATOR: Migrator = sqlx::migrate!();

/// Makes the roles, applies what is missing, and makes the partitions of `at`.
///
/// # Errors
/// When the database cannot be reached, a role is missing, or it has migrations that this version does not know.
pub async fn migrate(url: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(&parse_url(url)?).await?;
    bootstrap::ensure_roles(&mut connection).await?;
    sqlx::query!("SET ROLE zhenshi_owner").execute(&mut connection).await?;
    // Row security holds for the owner too: a migration that changes rows must see all of them.
    sqlx::query!("SELECT set_config('zhenshi.extent', 'everything', false)")
        .fetch_one(&mut connection)
        .await?;
    // One at a time, from before it is counted: else two that run at once both say that they did it. The session ends the lock.
    sqlx::query!("SELECT pg_advisory_lock($1)", MIGRATE_LOCK).fetch_one(&mut connection).await?;
    let before = applied(&mut connection).await?;
    MIGRATOR.run(&mut connection).await.map_err(from_migration)?;
    let after = applied(&mut connection).await?;
    sqlx::query!(r#"SELECT ensure_partitions($1) AS "made!""#, at).fetch_one(&mut connection).await?;
    if after > before {
        let what = [&before.to_be_bytes()[..], &after.to_be_bytes(), &at.timestamp_micros().to_be_bytes()];
        let why = format!("migrations {} to {after} by version {}", before + 1, env!("CARGO_PKG_VERSION"));
        audit::note(&mut connection, &MIGRATE, at, &what, why).await?;
    }
    connection.close().await?;
    Ok(())
}

/// What a database has of the migrations that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Applied.
    pub applied: i64,
    /// Known to this version.
    pub known: i64,
}

/// Counts what is applied; a database without our table has none.
///
/// # Errors
/// When the database cannot be reached.
pub async fn progress(url: &str) -> Result<Progress, StoreError> {
    let mut connection = PgConnection::connect_with(&parse_url(url)?).await?;
    let applied = applied(&mut connection).await?;
    connection.close().await?;
    Ok(Progress { applied, known: i64::try_from(MIGRATOR.iter().count()).unwrap_or(i64::MAX) })
}

/// The migrations that this program knows.
pub(super) fn known_schema() -> Schema {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
    Schema { newest, count: i64::try_from(MIGRATOR.iter().count()).unwrap_or(i64::MAX) }
}

/// How many migrations are applied.
async fn applied(connection: &mut PgConnection) -> Result<i64, StoreError> {
    let there =
        sqlx::query_scalar!(r#"SELECT to_regclass('public._sqlx_migrations') IS NOT NULL AS "there!""#)
            .fetch_one(&mut *connection)
            .await?;
    if there {
        // The table is sqlx's own and not there when queries are checked, so this one is not checked.
        Ok(sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
            .fetch_one(connection)
            .await?)
    } else {
        Ok(0)
    }
}

fn from_migration(error: sqlx::migrate::MigrateError) -> StoreError {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::VersionMissing(version) => StoreError::Unfit(format!(
            "the database has migration {version}, which this version does not know: it was migrated by a newer release"
        )),
        MigrateError::VersionMismatch(version) => StoreError::Unfit(format!(
            "migration {version} was changed after it was applied: this is not the release that made the database"
        )),
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => source.into(),
        _ => StoreError::Unexpected("migration".into()),
    }
}
