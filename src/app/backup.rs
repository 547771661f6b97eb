//! Backups: the whole database through PostgreSQL's own dump, encrypted by age for those who may restore; and their restore,
//! after which whoever was destroyed meanwhile is destroyed again. The keyring is never inside.
//!
//! `container.rs` is the file, `make.rs` writes it, `restore.rs` reads it.

pub mod container;
pub mod make;
pub mod restore;

use std::{io, path::PathBuf};

use crate::store::StoreError;

/// Why there is no backup, or no restored database.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is a file already: a backup is never overwritten.
    #[error("{0} is there already: a backup is never overwritten")]
    Exists(PathBuf),
    /// Nobody to encrypt it for.
    #[error("nobody may restore it: give --recipient or backup.recipients (a public key of age, `age1…`)")]
    NoRecipient,
    /// A key is none.
    #[error("{0} holds no secret key of age (`AGE-SECRET-KEY-…`)")]
    NoIdentity(PathBuf),
    /// The file is no backup, or not a whole one, or not for this key.
    #[error("{path} is not a whole backup for this key: {problem}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// PostgreSQL's program is missing.
    #[error("{0} is missing: install PostgreSQL's client programs (apt-get install -y postgresql-client)")]
    NoProgram(&'static str),
    /// PostgreSQL's program failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// The restored database does not hold what the backup says.
    #[error("the restored database does not hold what the backup says: {0}")]
    Differs(String),
    /// A worker ended by a panic.
    #[error("the backup ended by a panic")]
    Panic,
}

impl BackupError {
    fn file(path: &std::path::Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path: path.clone(), source }
    }

    fn unusable(path: &std::path::Path, problem: &dyn std::fmt::Display) -> Self {
        Self::Unusable { path: path.to_owned(), problem: problem.to_string() }
    }
}
