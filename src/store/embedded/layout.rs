//! The built-in server's part of the data directory: paths, owners, modes and the password.
//!
//! ```text
//! DATA_DIR/              0711 as root (the server's user must pass through), 0700 otherwise
//!   instance.lock, control.lock, usage.lock   see lock.rs
//!   pg-password          0600, the service's
//!   pg-server.log        0600, the service's; .1 is the one before
//!   pg/                  0700, the server's user; data/ (PGDATA), run/ (the socket)
//! ```
//!
//! What the service reads or writes as root lies outside `pg/`: whoever got hold of the server's user must not be able to
//! lead root elsewhere by a link. To add a file: a method here, a line above.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{ErrorKind, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown, lchown},
    },
    path::{Path, PathBuf},
};

use super::{
    EmbeddedError, PORT,
    lock::CONTROL_LOCK,
    process::{Account, Runner, TOOL_TIMEOUT, look_up_id},
};

/// Longest path of a Unix socket in bytes (`sun_path` of unix(7) without its closing zero).
pub(super) const SOCKET_PATH_LIMIT: usize = 107;

/// Size in bytes from which the server's log is put aside at the next start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// Mode of the data directory as root: others pass through and see nothing.
const PASSABLE: u32 = 0o711;
/// Mode of what only its owner may enter.
const PRIVATE_DIRECTORY: u32 = 0o700;
/// Mode of what only its owner may read.
const PRIVATE_FILE: u32 = 0o600;

/// Paths under one data directory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Makes the data directory if it is not there, and resolves its path.
    pub(super) async fn open(data_dir: &Path) -> Result<(Self, bool), EmbeddedError> {
        let uid = look_up_id("-u", None).await?;
        let is_root = uid == Some(0);
        let shown = data_dir.display();
        let mode = if is_root { PASSABLE } else { PRIVATE_DIRECTORY };
        let refused = |directory: &Path, what: String| {
            let (directory, uid) = (directory.to_path_buf(), uid.unwrap_or_default());
            move |source: std::io::Error| match source.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    EmbeddedError::Unwritable { directory, uid, source }
                }
                _ => EmbeddedError::Io { what, source },
            }
        };
        let parent = data_dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        fs::create_dir_all(parent)
            .map_err(|error| refused(standing(parent), format!("make {}", parent.display()))(error))?;
        match DirBuilder::new().mode(mode).create(data_dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => result.map_err(refused(parent, format!("make {shown}")))?,
        }
        let root = fs::canonicalize(data_dir).map_err(EmbeddedError::io(format!("resolve {shown}")))?;
        let owner = fs::metadata(&root).map_err(EmbeddedError::io(format!("read {shown}")))?.uid();
        if is_root && owner == 0 {
            let opened = fs::set_permissions(&root, Permissions::from_mode(PASSABLE));
            opened.map_err(EmbeddedError::io(format!("set the mode of {shown}")))?;
        }
        // The first file that is needed; whoever can make it can make the others.
        let probe = root.join(CONTROL_LOCK);
        let opened = OpenOptions::new().append(true).create(true).mode(PRIVATE_FILE).open(&probe);
        opened.map_err(refused(&root, format!("open {}", probe.display())))?;
        Ok((Self { root }, is_root))
    }

    /// The data directory itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The server user's directory.
    pub(super) fn pg(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// PGDATA.
    pub(super) fn data(&self) -> PathBuf {
        self.pg().join("data")
    }

    /// PGDATA while it is being made; what is found here was never finished.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.pg().join("data.new")
    }

    /// The password's copy that `initdb` reads; it stands here only while that runs.
    pub(super) fn password_for_init(&self) -> PathBuf {
        self.pg().join("password.new")
    }

    /// Directory of the socket.
    pub(super) fn run(&self) -> PathBuf {
        self.pg().join("run")
    }

    /// The socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.run().join(format!(".s.PGSQL.{PORT}"))
    }

    /// Lock files of the server: in PGDATA and beside the socket.
    pub(super) fn server_locks(&self) -> [PathBuf; 2] {
        [self.data().join("postmaster.pid"), self.run().join(format!(".s.PGSQL.{PORT}.lock"))]
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("pg-server.log")
    }

    /// Major version of the data; nothing if there is no data yet.
    pub(super) fn held_major(&self) -> Result<Option<u32>, EmbeddedError> {
        let path = self.data().join("PG_VERSION");
        let failed = EmbeddedError::io(format!("read {}", path.display()));
        match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| failed(ErrorKind::InvalidData.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Makes `pg/` and its socket directory, and settles whose they are: as root, an existing directory's owner stays its
    /// owner, a new one goes to `user`.
    pub(super) async fn prepare(&self, is_root: bool, user: &str) -> Result<Runner, EmbeddedError> {
        self.check_socket_path()?;
        let pg = self.pg();
        let failed = |what: &str| EmbeddedError::io(format!("{what} {}", pg.display()));
        match DirBuilder::new().mode(PRIVATE_DIRECTORY).create(&pg) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => result.map_err(failed("make"))?,
        }
        let account = if is_root {
            let found = fs::symlink_metadata(&pg).map_err(failed("read"))?;
            Some(if found.uid() == 0 {
                let account = account_of(user).await?;
                lchown(&pg, Some(account.uid), Some(account.gid)).map_err(failed("give away"))?;
                account
            } else {
                Account { uid: found.uid(), gid: found.gid() }
            })
        } else {
            None
        };
        let runner = Runner::new(account, pg.clone());
        if let Some(account) = account {
            self.check_passable(&runner, account).await?;
        }
        let mut command = runner.command("mkdir");
        command.args(["-p", "-m", &format!("{PRIVATE_DIRECTORY:o}")]).arg(self.run());
        runner.run(command, TOOL_TIMEOUT).await?;
        Ok(runner)
    }

    /// The password: the one that is kept, or `fresh`, which is then kept. It is on disk before a database is made with it.
    pub(super) fn password(&self, fresh: &str) -> Result<String, EmbeddedError> {
        let path = self.root.join("pg-password");
        let failed = |what: &str| EmbeddedError::io(format!("{what} {}", path.display()));
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(text.trim_end().to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed("read")(error)),
        }
        if self.held_major()?.is_some() {
            return Err(EmbeddedError::NoPassword(path));
        }
        let unfinished = self.root.join("pg-password.new");
        let write = || -> std::io::Result<()> {
            remove_if_there(&unfinished)?;
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(&unfinished)?;
            file.write_all(fresh.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            File::open(&self.root)?.sync_all()
        };
        write().map_err(failed("write"))?;
        Ok(fresh.to_owned())
    }

    /// Puts the password where the server's user can read it, for `initdb`.
    pub(super) fn lend_password(&self, password: &str, runner: &Runner) -> Result<(), EmbeddedError> {
        let path = self.password_for_init();
        let write = || -> std::io::Result<()> {
            remove_if_there(&path)?;
            // A new file, so that no link is followed into what is not the server's.
            let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(&path)?;
            if let Some(Account { uid, gid }) = runner.account() {
                fchown(&file, Some(uid), Some(gid))?;
            }
            file.write_all(password.as_bytes())
        };
        write().map_err(EmbeddedError::io(format!("write {}", path.display())))
    }

    /// Takes the lent password back.
    pub(super) fn take_password_back(&self) -> Result<(), EmbeddedError> {
        let path = self.password_for_init();
        remove_if_there(&path).map_err(EmbeddedError::io(format!("remove {}", path.display())))
    }

    /// Opens the server's log at its end, a new one if it has grown over its limit, and says how long it is.
    pub(super) fn open_log(&self) -> Result<(File, u64), EmbeddedError> {
        let path = self.log();
        let open = || -> std::io::Result<(File, u64)> {
            if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_LIMIT) {
                fs::rename(&path, path.with_extension("log.1"))?;
            }
            let log = OpenOptions::new().append(true).create(true).mode(PRIVATE_FILE).open(&path)?;
            let length = log.metadata()?.len();
            Ok((log, length))
        };
        open().map_err(EmbeddedError::io(format!("open {}", path.display())))
    }

    fn check_socket_path(&self) -> Result<(), EmbeddedError> {
        let path = self.socket();
        let length = path.as_os_str().as_bytes().len();
        if length > SOCKET_PATH_LIMIT { Err(EmbeddedError::SocketPath { path, length }) } else { Ok(()) }
    }

    async fn check_passable(&self, runner: &Runner, account: Account) -> Result<(), EmbeddedError> {
        let pg = self.pg();
        if runner.can_enter(&pg).await? {
            return Ok(());
        }
        let mut blocked = pg.as_path();
        for parent in pg.ancestors().collect::<Vec<_>>().into_iter().rev() {
            if !runner.can_enter(parent).await? {
                blocked = parent;
                break;
            }
        }
        let (blocked, directory) = (blocked.to_path_buf(), self.root.clone());
        Err(EmbeddedError::Untraversable { blocked, directory, uid: account.uid })
    }
}

/// The lowest directory above `path`, or itself, that is there.
fn standing(path: &Path) -> &Path {
    path.ancestors().find(|above| above.is_dir()).unwrap_or(path)
}

/// Removes a file or a link itself; nothing if there is none.
pub(super) fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

async fn account_of(user: &str) -> Result<Account, EmbeddedError> {
    match (look_up_id("-u", Some(user)).await?, look_up_id("-g", Some(user)).await?) {
        (Some(uid), Some(gid)) if uid != 0 => Ok(Account { uid, gid }),
        _ => Err(EmbeddedError::NoUser(user.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn layout(root: &Path) -> Layout {
        Layout::open(root).await.unwrap().0
    }

    #[tokio::test]
    async fn password_is_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let layout = layout(&scratch.path().join("d")).await;
        assert_eq!(layout.password("aa").unwrap(), "aa");
        assert_eq!(layout.password("bb").unwrap(), "aa");
        let mode = fs::metadata(layout.root().join("pg-password")).unwrap().mode();
        assert_eq!(mode & 0o777, PRIVATE_FILE);
    }

    #[tokio::test]
    async fn lost_password_is_named() {
        let scratch = tempfile::tempdir().unwrap();
        let layout = layout(scratch.path()).await;
        fs::create_dir_all(layout.data()).unwrap();
        fs::write(layout.data().join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(layout.held_major().unwrap(), Some(15));
        assert!(layout.password("aa").unwrap_err().to_string().contains("pg-password"));
    }

    #[test]
    fn socket_path_has_a_limit() {
        let rest = "/pg/run/.s.PGSQL.5432".len();
        let root = |length: usize| Layout { root: PathBuf::from(format!("/{}", "a".repeat(length - 1))) };
        root(SOCKET_PATH_LIMIT - rest).check_socket_path().unwrap();
        let error = root(SOCKET_PATH_LIMIT - rest + 1).check_socket_path().unwrap_err().to_string();
        assert!(error.contains("108 bytes") && error.contains("107"), "{error}");
    }

    #[tokio::test]
    async fn a_long_log_is_put_aside() {
        let scratch = tempfile::tempdir().unwrap();
        let layout = layout(scratch.path()).await;
        let (log, length) = layout.open_log().unwrap();
        assert_eq!(length, 0);
        log.set_len(LOG_LIMIT + 1).unwrap();
        assert_eq!(layout.open_log().unwrap().1, 0);
        assert!(layout.root().join("pg-server.log.1").exists());
    }
}
