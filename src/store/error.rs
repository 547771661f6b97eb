//! What can go wrong in the store, without a word of what was being stored.
//!
//! A driver's message can quote a value (a unique violation does), so only SQLSTATE, table and constraint cross the edge.

use std::time::Duration;

use crate::{entropy::EntropyError, security::sealing::SealError};

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is starting or is shutting down. Nothing was changed.
    #[error("the database cannot be reached ({0})")]
    Unavailable(&'static str),
    /// The connection was lost while COMMIT was under way: the change may or may not stand.
    #[error("the connection was lost at COMMIT")]
    CommitUnknown,
    /// Another transaction was in the way (deadlock, serialisation): nothing was changed, the same can be tried again.
    #[error("conflict with another transaction (SQLSTATE {0})")]
    Conflict(String),
    /// The database refused the rows themselves.
    #[error("the database refused a row (SQLSTATE {sqlstate}, table {table}, constraint {constraint})")]
    Refused {
        /// SQLSTATE of the refusal.
        sqlstate: String,
        /// Table, if the database named it.
        table: String,
        /// Constraint, if the database named it.
        constraint: String,
    },
    /// A row does not hold what this code wrote.
    #[error("table {table}, column {column}, row {row}: not a value that this version writes")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Id of the row.
        row: String,
    },
    /// A statement ran longer than its limit of time.
    #[error("a statement was stopped after its limit of {0:?}")]
    Timeout(Duration),
    /// A value could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No luck to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// Start is refused: the words say why and what to do.
    #[error("{0}")]
    Unfit(String),
    /// A mistake in this code or a database that is not ours.
    #[error("unexpected database error ({0})")]
    Unexpected(String),
}

impl StoreError {
    /// Whether the same call may succeed a little later.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::CommitUnknown | Self::Conflict(_) | Self::Timeout(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) => from_sqlstate(refusal.as_ref()),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Self::Unavailable("connection lost"),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection within the time limit"),
            sqlx::Error::PoolClosed => Self::Unavailable("closed"),
            sqlx::Error::WorkerCrashed => Self::Unavailable("connection worker ended"),
            sqlx::Error::Protocol(_) => Self::Unavailable("connection broken in the middle of a message"),
            sqlx::Error::RowNotFound => Self::Unexpected("a row that must be there is not".into()),
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Unexpected(format!("column {index} does not decode"))
            }
            // The words of the others may quote a value.
            _ => Self::Unexpected("driver error".into()),
        }
    }
}

fn from_sqlstate(refusal: &dyn sqlx::error::DatabaseError) -> StoreError {
    let sqlstate = refusal.code().unwrap_or_default().into_owned();
    match sqlstate.as_str() {
        "40001" | "40P01" | "55P03" => StoreError::Conflict(sqlstate),
        "57014" => StoreError::Timeout(super::pool::STATEMENT_TIMEOUT),
        // Administrator shutdown, crash shutdown, cannot connect now; too many connections; class 08 and 58.
        "57P01" | "57P02" | "57P03" | "53300" => StoreError::Unavailable("shutting down, starting or full"),
        // What a database says on connecting while its operators keep everybody out.
        "55000" => StoreError::Unavailable("not accepting connections"),
        state if state.starts_with("08") => StoreError::Unavailable("connection exception"),
        // Disk full and other lack of resources: passing, but not a matter of the row.
        state if state.starts_with("53") => StoreError::Unavailable("out of resources"),
        // A check without a name is a partition's own: the row was on its way to the default partition while its month got
        // a partition. The same rows find it when they are sent again.
        "23514" if refusal.constraint().is_none() => StoreError::Conflict(sqlstate),
        // Data exceptions, constraint violations, and what a trigger raises.
        state if state.starts_with("22") || state.starts_with("23") || state.starts_with("P0") => {
            StoreError::Refused {
                table: refusal.table().unwrap_or_default().to_owned(),
                constraint: refusal.constraint().unwrap_or_default().to_owned(),
                sqlstate,
            }
        }
        _ => StoreError::Unexpected(format!("SQLSTATE {sqlstate}")),
    }
}
