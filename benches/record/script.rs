//! The transaction that pgbench writes: the rows that our side left for one submission, with ids of its own.
//!
//! One prepared statement without parameters, a transaction by itself: the fewest round trips and the least work for the
//! server that there can be. Every text and every sealed value is a constant of the sample's length (pgbench need not even
//! send it); every uuid that names or fingerprints something is made anew, once a transaction, and stands wherever the
//! sample had the same one. Columns are read from the catalogue: a column that a migration adds comes along by itself.

use std::{collections::HashMap, fmt::Write as _};

use anyhow::{Context as _, bail};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use crate::database::TABLES;

/// The rows that one submission left.
pub(crate) struct Sample {
    tables: Vec<SampleTable>,
}

struct SampleTable {
    name: &'static str,
    /// Name and type.
    columns: Vec<(String, String)>,
    rows: Vec<Value>,
}

/// Which rows of `table` belong to the submission `$1`.
fn belonging(table: &str) -> Option<&'static str> {
    Some(match table {
        "submission" => "id = $1",
        "request_key"
        | "finding"
        | "sealed"
        | "application_party"
        | "application_approval"
        | "contact_use" => "submission_id = $1",
        "application" => "id = (SELECT application_id FROM submission WHERE id = $1)",
        "customer" => "id IN (SELECT customer_id FROM application_party WHERE submission_id = $1)",
        "customer_key" => {
            "customer_id IN (SELECT customer_id FROM application_party WHERE submission_id = $1)"
        }
        "contact_pending" => {
            "(epoch, clue, fingerprint) IN (SELECT epoch, clue, fingerprint FROM contact_use WHERE submission_id = $1)"
        }
        _ => return None,
    })
}

/// Reads what the last submission left.
pub(crate) async fn read_sample(connection: &mut PgConnection) -> anyhow::Result<Sample> {
    let newest = "SELECT id FROM submission ORDER BY id DESC LIMIT 1";
    let submission: Uuid = sqlx::query_scalar(newest).fetch_one(&mut *connection).await?;
    let mut tables = Vec::with_capacity(TABLES.len());
    for name in TABLES {
        let columns = sqlx::query(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
             WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        )
        .bind(name)
        .fetch_all(&mut *connection)
        .await?;
        let columns = columns.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        let belonging =
            belonging(name).with_context(|| format!("which rows of {name} belong to a submission?"))?;
        let sql = format!("SELECT to_jsonb(t) FROM {name} t WHERE {belonging}");
        let rows =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(submission).fetch_all(&mut *connection).await?;
        tables.push(SampleTable { name, columns: columns.collect::<Result<_, sqlx::Error>>()?, rows });
    }
    Ok(Sample { tables })
}

/// An id in the order of time, as `ids::mint` makes them: milliseconds first, luck after.
const TIMED: &str = "encode(substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) \
                     || substring(uuid_send(gen_random_uuid()) FROM 7), 'hex')::uuid";
/// Any other id or fingerprint.
const RANDOM: &str = "gen_random_uuid()";

/// Ids that the transaction makes: the sample's, and the names under which the statement knows the new ones.
#[derive(Default)]
struct Ids {
    names: HashMap<String, String>,
    made: Vec<String>,
}

impl Ids {
    fn name(&mut self, sampled: &str, timed: bool) -> String {
        if let Some(name) = self.names.get(sampled) {
            return name.clone();
        }
        let name = format!("u{}", self.made.len());
        self.made.push(format!("{} AS {name}", if timed { TIMED } else { RANDOM }));
        self.names.insert(sampled.to_owned(), name.clone());
        name
    }
}

impl Sample {
    /// The statement.
    pub(crate) fn statement(&self) -> anyhow::Result<String> {
        let mut ids = Ids::default();
        // Submissions and customers first: theirs are the ids in the order of time.
        for table in self.tables.iter().filter(|table| ["submission", "customer"].contains(&table.name)) {
            for row in &table.rows {
                ids.name(row["id"].as_str().context("an id that is no text")?, true);
            }
        }
        let mut inserts = String::new();
        for table in self.tables.iter().filter(|table| !table.rows.is_empty()) {
            let rows = table
                .rows
                .iter()
                .map(|row| table.values(row, &mut ids))
                .collect::<anyhow::Result<Vec<_>>>()?;
            let columns: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
            write!(
                inserts,
                ", insert_{name} AS (INSERT INTO {name} ({columns}) SELECT v.* FROM ids, LATERAL (VALUES {rows}) v)",
                name = table.name,
                columns = columns.join(", "),
                rows = rows.join(", "),
            )?;
        }
        Ok(format!("WITH ids AS MATERIALIZED (SELECT {}){inserts} SELECT 1;\n", ids.made.join(", ")))
    }
}

impl SampleTable {
    fn values(&self, row: &Value, ids: &mut Ids) -> anyhow::Result<String> {
        let mut values = Vec::with_capacity(self.columns.len());
        for (column, kind) in &self.columns {
            values.push(match &row[column] {
                Value::Null => format!("NULL::{kind}"),
                Value::String(text) if kind == "uuid" => format!("ids.{}", ids.name(text, false)),
                Value::String(text) => format!("{}::{kind}", quoted(text)?),
                other => format!("{}::{kind}", quoted(&other.to_string())?),
            });
        }
        Ok(format!("({})", values.join(", ")))
    }
}

/// A literal. pgbench would read a colon before a letter as a variable, and so do we not let one in.
fn quoted(text: &str) -> anyhow::Result<String> {
    let variable = text.as_bytes().windows(2).any(|pair| pair[0] == b':' && pair[1].is_ascii_alphabetic());
    if variable {
        bail!("a value that pgbench would read as a variable");
    }
    Ok(format!("'{}'", text.replace('\'', "''")))
}
