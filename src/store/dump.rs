//! What a backup needs of the database: one unchanging view, the counts of that view, and PostgreSQL's own programs. The
//! container around it is `app/backup`.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};

use super::{StoreError, bootstrap, migrate::known_schema, pool::parse_url};

/// Which migrations a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Version of the newest.
    pub newest: i64,
    /// How many.
    pub count: i64,
}

/// What a database holds, to be compared after a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
    /// End of the audit chain: position and MAC (base64).
    pub chain: (i64, String),
}

/// One unchanging view that a dump can share.
#[derive(Debug)]
pub struct View {
    connection: PgConnection,
    /// Its name for `pg_dump --snapshot`.
    pub name: String,
    /// Migrations.
    pub schema: Schema,
    /// What it holds.
    pub contents: Contents,
}

impl View {
    /// Opens a view of the database at `url` as its owner; it lasts until [`View::close`].
    ///
    /// # Errors
    /// When the database cannot be reached, is not migrated, or the login may not be its owner.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let mut connection = owner(url).await?;
        sqlx::query!("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut connection).await?;
        let name = sqlx::query_scalar!(r#"SELECT pg_export_snapshot() AS "name!""#)
            .fetch_one(&mut connection)
            .await?;
        let schema = schema(&mut connection).await?.ok_or_else(|| {
            StoreError::Unfit("the database is not migrated: there is nothing to back up".into())
        })?;
        let contents = contents(&mut connection).await?;
        Ok(Self { connection, name, schema, contents })
    }

    /// Ends the view.
    ///
    /// # Errors
    /// When the connection was lost meanwhile: then the dump was not of one view.
    pub async fn close(mut self) -> Result<(), StoreError> {
        sqlx::query!("COMMIT").execute(&mut self.connection).await?;
        self.connection.close().await?;
        Ok(())
    }
}

async fn owner(url: &str) -> Result<PgConnection, StoreError> {
    let mut connection = PgConnection::connect_with(&parse_url(url)?).await?;
    sqlx::query!("SET ROLE zhenshi_owner").execute(&mut connection).await?;
    sqlx::query!("SELECT set_config('zhenshi.extent', 'everything', false)")
        .fetch_one(&mut connection)
        .await?;
    Ok(connection)
}

/// Migrations of a database; none if it has none of ours.
async fn schema(connection: &mut PgConnection) -> Result<Option<Schema>, StoreError> {
    let there =
        sqlx::query_scalar!(r#"SELECT to_regclass('public._sqlx_migrations') IS NOT NULL AS "there!""#)
            .fetch_one(&mut *connection)
            .await?;
    if !there {
        return Ok(None);
    }
    // The table is sqlx's own and not there when queries are checked.
    let row: (Option<i64>, i64) =
        sqlx::query_as("SELECT max(version), count(*) FROM _sqlx_migrations WHERE success")
            .fetch_one(connection)
            .await?;
    Ok(row.0.map(|newest| Schema { newest, count: row.1 }))
}

/// Rows of what must not get lost, and the end of the audit chain.
async fn contents(connection: &mut PgConnection) -> Result<Contents, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT 'submission' AS "name!", count(*) AS "rows!" FROM submission
           UNION ALL SELECT 'finding', count(*) FROM finding
           UNION ALL SELECT 'sealed', count(*) FROM sealed
           UNION ALL SELECT 'request_key', count(*) FROM request_key
           UNION ALL SELECT 'application', count(*) FROM application
           UNION ALL SELECT 'application_party', count(*) FROM application_party
           UNION ALL SELECT 'customer', count(*) FROM customer
           UNION ALL SELECT 'customer_key', count(*) FROM customer_key
           UNION ALL SELECT 'contact_use', count(*) FROM contact_use
           UNION ALL SELECT 'contact_pending', count(*) FROM contact_pending
           UNION ALL SELECT 'policy_event', count(*) FROM policy_event
           UNION ALL SELECT 'suspicion', count(*) FROM suspicion
           UNION ALL SELECT 'case_file', count(*) FROM case_file
           UNION ALL SELECT 'case_event', count(*) FROM case_event
           UNION ALL SELECT 'case_evidence_piece', count(*) FROM case_evidence_piece
           UNION ALL SELECT 'directory_entry', count(*) FROM directory_entry
           UNION ALL SELECT 'audit_entry', count(*) FROM audit_entry
           UNION ALL SELECT 'audit_pending', count(*) FROM audit_pending
           UNION ALL SELECT 'outbox_event', count(*) FROM outbox_event
           UNION ALL SELECT 'erasure', count(*) FROM erasure"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let head = sqlx::query!("SELECT position, mac FROM chain_head WHERE name = 'audit'")
        .fetch_one(connection)
        .await?;
    Ok(Contents {
        rows: rows.into_iter().map(|row| (row.name, row.rows)).collect(),
        chain: (head.position, BASE64_STANDARD.encode(head.mac)),
    })
}

/// What the database at `url` holds now.
///
/// # Errors
/// When it cannot be reached.
pub async fn contents_of(url: &str) -> Result<Contents, StoreError> {
    let mut connection = owner(url).await?;
    let contents = contents(&mut connection).await?;
    connection.close().await?;
    Ok(contents)
}

/// Makes the database at `url` ready to be restored into.
///
/// # Errors
/// [`StoreError::Unfit`] if it holds anything, or if `schema` is not what this program knows.
pub async fn prepare_target(url: &str, schema: Schema) -> Result<(), StoreError> {
    let known = known_schema();
    if schema != known {
        return Err(StoreError::Unfit(format!(
            "the backup has {} migrations up to {}, this program knows {} up to {}: restore it with the release that made it, \
             then migrate",
            schema.count, schema.newest, known.count, known.newest
        )));
    }
    let mut connection = PgConnection::connect_with(&parse_url(url)?).await?;
    let held = sqlx::query_scalar!(
        r#"SELECT count(*) AS "held!" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"#
    )
    .fetch_one(&mut connection)
    .await?;
    if held > 0 {
        return Err(StoreError::Unfit(format!(
            "the target holds {held} tables already: restore into an empty database only"
        )));
    }
    bootstrap::ensure_roles(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// `program` of PostgreSQL, to be run on the database at `url` as its owner. The password goes by the environment, which
/// other users of the machine cannot see.
pub fn command(program: &PathBuf, url: &str) -> Command {
    let (url, password) = without_password(url);
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C");
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    // Row security holds for the owner too.
    command.env("PGOPTIONS", "-c zhenshi.extent=everything");
    command.args(["--role=zhenshi_owner", "--dbname"]).arg(url);
    command
}

/// The URL without its password, and that.
fn without_password(url: &str) -> (String, Option<String>) {
    let (main, query) = url.split_once('?').map_or((url, None), |(main, query)| (main, Some(query)));
    let mut password = None;
    let mut main = main.to_owned();
    if let Some((scheme, rest)) = main.clone().split_once("://")
        && let Some((login, place)) = rest.split_once('@')
        && let Some((user, secret)) = login.split_once(':')
    {
        password = Some(decode(secret));
        main = format!("{scheme}://{user}@{place}");
    }
    let mut kept = Vec::new();
    for parameter in query.into_iter().flat_map(|query| query.split('&')) {
        match parameter.strip_prefix("password=") {
            Some(secret) => password = Some(decode(secret)),
            None => kept.push(parameter),
        }
    }
    if !kept.is_empty() {
        main = format!("{main}?{}", kept.join("&"));
    }
    (main, password)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|two| std::str::from_utf8(two).ok()))
            .flatten()
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stands_among_the_arguments() {
        let secret = Some("p@ss".to_owned());
        let cases = [
            ("postgres://u:p%40ss@host:5432/d", "postgres://u@host:5432/d", secret.clone()),
            ("postgres:///d?host=%2Frun&user=u&password=p%40ss", "postgres:///d?host=%2Frun&user=u", secret),
            ("postgres:///d?host=/run", "postgres:///d?host=/run", None),
        ];
        for (url, wanted, password) in cases {
            assert_eq!(without_password(url), (wanted.to_owned(), password), "{url}");
        }
    }
}
