//! What can go wrong with the built-in server, in words that say what to do.
//!
//! To add a cause: a variant here, its words in `#[error]`; paths and tails of the server's log may be named, values and
//! passwords never (the server is told to log no statement and no row, see `server.rs`).

use std::path::PathBuf;

use super::{binaries::MIN_MAJOR, layout::SOCKET_PATH_LIMIT};

/// Why the built-in PostgreSQL does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No usable binaries on this machine.
    #[error(
        "no PostgreSQL {MIN_MAJOR} or newer on this machine; install it with: {install}\n\
         (a server of Debian's own is not needed: put `create_main_cluster = false` into \
         /etc/postgresql-common/createcluster.conf first), or name another place with --postgres-bin, or an existing \
         database with DATABASE_URL. Looked in: {looked}"
    )]
    NoBinaries {
        /// The command that installs them.
        install: &'static str,
        /// The places and what was wrong with each.
        looked: String,
    },
    /// The directory was made by another major version than any found binary.
    #[error(
        "{directory} holds data of PostgreSQL {held}, but the binaries found are of {found}: install PostgreSQL {held} \
         or name its binaries with --postgres-bin (data is never converted silently)"
    )]
    MajorVersion {
        /// Data directory.
        directory: PathBuf,
        /// Major version that made it.
        held: u32,
        /// Major versions of the binaries, comma-separated.
        found: String,
    },
    /// Another service owns this data directory.
    #[error(
        "the data directory {directory} is in use by another `zhenshi serve` ({holder}): stop it or use another --data-dir"
    )]
    InUse {
        /// Data directory.
        directory: PathBuf,
        /// Who holds it, as far as known.
        holder: String,
    },
    /// Another command was starting or stopping the server for too long.
    #[error("another command has been starting or stopping the database in {directory} for over {seconds} s")]
    Contended {
        /// Data directory.
        directory: PathBuf,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// PostgreSQL refuses to run as root and no other user can be found.
    #[error(
        "PostgreSQL does not run as root, and `{0}` is not an ordinary user of this machine: name one with --postgres-user"
    )]
    NoUser(String),
    /// The server's user cannot reach the data directory.
    #[error(
        "the database's user (uid {uid}) cannot enter {blocked}, which lies above {directory}: \
         `chmod o+x {blocked}` or use a --data-dir elsewhere, such as /var/lib/zhenshi"
    )]
    Untraversable {
        /// The parent that bars the way.
        blocked: PathBuf,
        /// The data directory.
        directory: PathBuf,
        /// User id of the server.
        uid: u32,
    },
    /// The data directory, or the place where it is to be made, is not this user's to write to.
    #[error(
        "the service's user (uid {uid}) cannot write to {directory} ({source}): `chown {uid} {directory}`, \
         run it as the directory's owner, or use another --data-dir"
    )]
    Unwritable {
        /// The directory.
        directory: PathBuf,
        /// User id of the service.
        uid: u32,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The kernel's limit on the path of a Unix socket.
    #[error(
        "the socket's path {path} has {length} bytes, and a Unix socket's may have {SOCKET_PATH_LIMIT}: \
         use a shorter --data-dir"
    )]
    SocketPath {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// There is a database but the file with its password is gone.
    #[error("{0} is missing, and the database beside it cannot be opened without: restore it from a backup")]
    NoPassword(PathBuf),
    /// The operating system refused.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What it answered.
        source: std::io::Error,
    },
    /// A program of PostgreSQL or of the system failed.
    #[error("`{tool}` {reason}\n{output}")]
    Tool {
        /// Name of the program.
        tool: String,
        /// How it ended.
        reason: String,
        /// The last lines of what it said.
        output: String,
    },
    /// The server did not come up.
    #[error("the built-in PostgreSQL {reason}; the end of {log}:\n{tail}")]
    Start {
        /// What happened.
        reason: String,
        /// Path of the server's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The server could not be stopped.
    #[error("the built-in PostgreSQL (pid {0}) did not stop")]
    Stop(u32),
    /// The task that watches the server ended by itself.
    #[error("the task that watches the built-in PostgreSQL ended unexpectedly")]
    Supervisor,
}

impl EmbeddedError {
    /// Maps an I/O error, saying what was tried ("open /some/file").
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
