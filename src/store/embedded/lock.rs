//! File locks: who may serve from a data directory, who uses its server, who is starting or stopping it.
//!
//! The kernel drops a lock with its last descriptor, so a killed process leaves none behind. Three files:
//! - `instance.lock`, exclusive, for as long as `serve` lives;
//! - `usage.lock`, shared by everyone who uses the server; whoever can take it alone is the last and stops the server;
//! - `control.lock`, exclusive, while somebody prepares, starts or stops the server.
//!
//! To add a lock: a name here, its order (instance, control, usage) in this head.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::EmbeddedError;

/// How long a command waits for another one that is starting or stopping the server: longer than a start that has to
/// wait for surviving backends.
pub(super) const CONTROL_TIMEOUT: Duration = Duration::from_mins(2);

/// File of the control lock.
pub(super) const CONTROL_LOCK: &str = "control.lock";

/// How often a contended lock is tried.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Longest holder's name that is read from a lock file, in bytes.
const HOLDER_LIMIT: u64 = 64;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the right to serve from `directory`, at once or not at all.
    pub(super) fn instance(directory: &Path) -> Result<Self, EmbeddedError> {
        let mut lock = Self::open(directory, "instance.lock")?;
        match lock.file.try_lock() {
            Ok(()) => {
                // The holder's number is a courtesy to whoever is refused; the lock holds without it.
                let _ = lock.file.set_len(0).and_then(|()| write!(lock.file, "{}", std::process::id()));
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => {
                Err(EmbeddedError::InUse { directory: directory.to_path_buf(), holder: lock.holder() })
            }
            Err(TryLockError::Error(source)) => Err(lock.failed(source)),
        }
    }

    /// Waits for the right to prepare, start or stop the server, up to [`CONTROL_TIMEOUT`].
    pub(super) async fn control(directory: &Path) -> Result<Self, EmbeddedError> {
        let lock = Self::open(directory, CONTROL_LOCK)?;
        let begun = Instant::now();
        loop {
            match lock.file.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) if begun.elapsed() < CONTROL_TIMEOUT => {
                    tokio::time::sleep(RETRY_INTERVAL).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let directory = directory.to_path_buf();
                    return Err(EmbeddedError::Contended { directory, seconds: CONTROL_TIMEOUT.as_secs() });
                }
                Err(TryLockError::Error(source)) => return Err(lock.failed(source)),
            }
        }
    }

    /// Joins the users of the server. Only to be called under the control lock, where nobody can hold it alone.
    pub(super) fn usage(directory: &Path) -> Result<Self, EmbeddedError> {
        let lock = Self::open(directory, "usage.lock")?;
        match lock.file.lock_shared() {
            Ok(()) => Ok(lock),
            Err(source) => Err(lock.failed(source)),
        }
    }

    /// Leaves the users of the server and says whether nobody else is left. Only to be called under the control lock.
    pub(super) fn leave(self) -> Result<bool, EmbeddedError> {
        let left = self.file.unlock().map_err(TryLockError::Error).and_then(|()| self.file.try_lock());
        match left {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(self.failed(source)),
        }
    }

    /// A second descriptor of the same lock: a child that gets it holds the lock for as long as it lives.
    pub(super) fn share(&self) -> Result<File, EmbeddedError> {
        self.file.try_clone().map_err(|source| self.failed(source))
    }

    fn open(directory: &Path, name: &str) -> Result<Self, EmbeddedError> {
        let path = directory.join(name);
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(EmbeddedError::io(format!("open {}", path.display())))?;
        Ok(Self { file, path })
    }

    fn failed(&self, source: std::io::Error) -> EmbeddedError {
        EmbeddedError::Io { what: format!("lock {}", self.path.display()), source }
    }

    fn holder(&mut self) -> String {
        let mut text = String::new();
        let read =
            self.file.rewind().and_then(|()| (&self.file).take(HOLDER_LIMIT).read_to_string(&mut text));
        match (read, text.parse::<u32>()) {
            (Ok(_), Ok(pid)) => format!("pid {pid}"),
            _ => "of unknown pid".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_instance_is_refused_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let first = Lock::instance(directory.path()).unwrap();
        let refused = Lock::instance(directory.path()).unwrap_err().to_string();
        assert!(refused.contains(&directory.path().display().to_string()), "{refused}");
        assert!(refused.contains(&format!("pid {}", std::process::id())), "{refused}");
        drop(first);
        Lock::instance(directory.path()).unwrap();
    }

    #[test]
    fn only_the_last_user_is_told_so() {
        let directory = tempfile::tempdir().unwrap();
        let first = Lock::usage(directory.path()).unwrap();
        let second = Lock::usage(directory.path()).unwrap();
        assert!(!first.leave().unwrap());
        assert!(second.leave().unwrap());
    }

    #[tokio::test]
    async fn a_shared_descriptor_holds_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let lock = Lock::control(directory.path()).await.unwrap();
        let shared = lock.share().unwrap();
        drop(lock);
        let waiting = tokio::time::timeout(Duration::from_millis(100), Lock::control(directory.path()));
        assert!(waiting.await.is_err());
        drop(shared);
        Lock::control(directory.path()).await.unwrap();
    }
}
