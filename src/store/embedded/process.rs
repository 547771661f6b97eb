//! Running PostgreSQL's programs: as the right user, in a directory that this user can enter, with nothing of the
//! service's environment (which may hold secrets, and `PG*` variables that would lead astray), bounded in time.
//!
//! To run another program: [`Runner::command`], then [`Runner::run`].

use std::{
    ffi::OsStr,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::process::Command;

use super::EmbeddedError;

/// Where system programs are looked for. Not the caller's `PATH`: as root, that may name places others can write to.
pub(super) const SYSTEM_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// Longest run of a program that answers at once.
pub(super) const TOOL_TIMEOUT: Duration = Duration::from_secs(30);

/// Lines of a program's output or of the server's log that go into an error.
const TAIL_LINES: usize = 15;
/// Bytes from the end of the server's log that are looked at for them.
const TAIL_BYTES: u64 = 16 * 1024;

/// The user that owns the server, when it is not the caller itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    /// User id.
    pub(super) uid: u32,
    /// Group id.
    pub(super) gid: u32,
}

/// Runs programs as the server's user.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    account: Option<Account>,
    directory: PathBuf,
}

impl Runner {
    /// `account`: nothing to run as the caller. `directory`: where programs stand, to be enterable by that user.
    pub(super) const fn new(account: Option<Account>, directory: PathBuf) -> Self {
        Self { account, directory }
    }

    /// The user that programs run as, if not the caller.
    pub(super) const fn account(&self) -> Option<Account> {
        self.account
    }

    /// A program that is ended with its future, reads nothing and inherits nothing.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", SYSTEM_PATH).env("LC_ALL", "C").env("HOME", &self.directory);
        if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command.current_dir(&self.directory).stdin(Stdio::null()).kill_on_drop(true);
        if let Some(Account { uid, gid }) = self.account {
            // Dropping root's user id drops its supplementary groups too.
            command.gid(gid).uid(uid);
        }
        command
    }

    /// Runs it to its end and returns what it printed.
    ///
    /// # Errors
    /// Not found, failed, or ran longer than `limit`; with the last lines that it said.
    pub(super) async fn run(&self, mut command: Command, limit: Duration) -> Result<String, EmbeddedError> {
        let tool = Path::new(command.as_std().get_program()).display().to_string();
        let failed =
            |reason: String, output: String| EmbeddedError::Tool { tool: tool.clone(), reason, output };
        let ended = tokio::time::timeout(limit, command.output()).await;
        let output = ended
            .map_err(|_| failed(format!("ran longer than {} s", limit.as_secs()), String::new()))?
            .map_err(EmbeddedError::io(format!("run {tool}")))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let said = text + &String::from_utf8_lossy(&output.stderr);
        Err(failed(format!("failed ({})", output.status), last_lines(&said)))
    }

    /// Whether the user can stand in `directory`.
    pub(super) async fn can_enter(&self, directory: &Path) -> Result<bool, EmbeddedError> {
        let mut command = self.command("true");
        command.current_dir(directory);
        match command.status().await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(EmbeddedError::Io { what: format!("enter {}", directory.display()), source }),
        }
    }
}

/// The number that `id FLAG [NAME]` prints; nothing if there is no such user.
pub(super) async fn look_up_id(flag: &str, name: Option<&str>) -> Result<Option<u32>, EmbeddedError> {
    let runner = Runner::new(None, PathBuf::from("/"));
    let mut command = runner.command("id");
    command.arg(flag).args(name.map(|name| ["--", name]).into_iter().flatten());
    match runner.run(command, TOOL_TIMEOUT).await {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(EmbeddedError::Tool { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where a system program is, if it is there.
pub(super) fn system_program(name: &str) -> Option<PathBuf> {
    SYSTEM_PATH.split(':').map(|directory| Path::new(directory).join(name)).find(|path| path.is_file())
}

/// The last lines of the log, of those written after the first `skip` bytes.
pub(super) fn log_tail(log: &Path, skip: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(skip.max(length.saturating_sub(TAIL_BYTES))))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_or_else(|_| "(no log)".into(), |bytes| last_lines(&String::from_utf8_lossy(&bytes)))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_is_the_end_after_the_mark() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let old = "old\n".repeat(5);
        std::fs::write(&log, format!("{old}a\n\nb\n")).unwrap();
        assert_eq!(log_tail(&log, old.len() as u64), "a\nb");
        assert_eq!(log_tail(&log, 0).lines().count(), 7);
        assert_eq!(log_tail(&directory.path().join("none"), 0), "(no log)");
        let many = "line\n".repeat(2 * TAIL_LINES);
        assert_eq!(last_lines(&many).lines().count(), TAIL_LINES);
    }

    #[tokio::test]
    async fn a_failing_program_says_what_it_said() {
        let runner = Runner::new(None, PathBuf::from("/"));
        let mut command = runner.command("sh");
        command.args(["-c", "echo of no use >&2; exit 3"]);
        let error = runner.run(command, TOOL_TIMEOUT).await.unwrap_err().to_string();
        assert!(error.contains("of no use") && error.contains('3'), "{error}");
    }

    #[tokio::test]
    async fn nothing_of_the_environment_is_inherited() {
        let runner = Runner::new(None, PathBuf::from("/"));
        let text = runner.run(runner.command("env"), TOOL_TIMEOUT).await.unwrap();
        assert!(text.contains("LC_ALL=C") && !text.contains("CARGO"), "{text}");
    }

    #[tokio::test]
    async fn ids_of_users() {
        assert_eq!(look_up_id("-u", Some("root")).await.unwrap(), Some(0));
        assert_eq!(look_up_id("-u", Some("no-such-user-here")).await.unwrap(), None);
    }
}
