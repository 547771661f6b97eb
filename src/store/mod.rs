//! The store: everything that is kept, in PostgreSQL.
//!
//! Only this folder names sqlx, and no driver error crosses its edge. One file per table family; all access goes through
//! [`Store::with_tx`], so that a dropped call never leaves a transaction open. To add a table family: a migration with its
//! grants, a file here with functions over [`tx::Tx`], and `./dev prepare` for the checked queries.

pub mod account;
pub mod audit;
pub mod audit_read;
pub mod audit_verify;
pub mod bootstrap;
mod bounds;
pub mod calendar;
pub mod case;
pub mod codes;
pub mod delivery;
pub mod directory;
pub mod dump;
pub mod embedded;
pub mod epoch;
pub mod error;
pub mod filter;
pub mod keys;
pub mod list;
pub mod measure;
pub mod migrate;
pub mod outbox;
pub mod page_setting;
pub mod partitions;
pub mod payload;
pub mod policy_event;
pub mod pool;
pub mod privacy;
pub mod product;
pub mod reachability;
pub mod record;
pub mod relay;
pub mod retention;
pub mod rewrap;
pub mod session;
pub mod submission;
pub mod tokens;
pub mod tx;
pub mod versions;

pub use crate::security::scope::Scope;
pub use error::StoreError;
pub use pool::{Store, StoreOptions};
pub use tx::Tx;
