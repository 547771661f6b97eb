//! An installation on the built-in database: a data directory of its own, run by this user or by an ordinary one.
//!
//! Make it before the service and keep it longer: when it is dropped, the database that a killed service left is ended.

use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;
use tempfile::TempDir;
use zhenshi::grpc::client::Client;

use super::processes::{eventually, lives, signal};

/// An ordinary user that every system has.
const ORDINARY: &str = "nobody";
/// Lines of a log that a failed test tells.
const LINES_TOLD: usize = 60;
/// Longest that a database may take to drop everything when a test is over.
const ABORT_LIMIT: Duration = Duration::from_secs(10);

/// A place for one installation.
pub struct BuiltIn {
    home: TempDir,
    /// User id and group id to run as, if not this user's.
    user: Option<(u32, u32)>,
}

impl BuiltIn {
    /// Run by whoever runs the tests.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        // The database's user must be able to pass through.
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        Self { home, user: None }
    }

    /// Run by an ordinary user; by whoever runs the tests, if that is one.
    pub fn of_ordinary_user() -> Self {
        let mut place = Self::new();
        if runs_as_root() {
            let (uid, gid) = (id("-u"), id("-g"));
            chown(place.home.path(), Some(uid), Some(gid)).unwrap();
            // The program may lie where that user cannot go. Another process copies it: a file that this one has open for
            // writing, in any thread's child, cannot be run.
            let copied =
                Command::new("cp").arg(env!("CARGO_BIN_EXE_zhenshi")).arg(place.program()).status().unwrap();
            assert!(copied.success());
            place.user = Some((uid, gid));
        }
        place
    }

    fn program(&self) -> PathBuf {
        self.home.path().join("zhenshi")
    }

    /// The data directory; made by the first command.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// What the services of this installation wrote to stderr.
    pub fn log(&self) -> PathBuf {
        self.home.path().join("service.log")
    }

    /// The program with its data directory and `args`.
    pub fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.command_in(&self.data_dir(), args)
    }

    /// The program with another data directory and `args`.
    pub fn command_in(&self, data_dir: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = match self.user {
            None => Command::new(env!("CARGO_BIN_EXE_zhenshi")),
            Some((uid, gid)) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".into()]);
                command.arg(self.program());
                command
            }
        };
        command.env_remove("DATABASE_URL").env("RUST_LOG", "warn").current_dir(self.home.path());
        command.arg("--data-dir").arg(data_dir).args(args);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub fn output(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// Starts the service and waits until it says that it is ready.
    pub fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    /// The same with these variables in its environment.
    pub fn serve_with(&self, variables: &[(&str, &str)]) -> Serving {
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let mut child = self
            .serve_command()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(Ready { grpc, http }) = serde_json::from_str(&line) else {
            let _ = child.wait();
            panic!("the service did not start: {}", fs::read_to_string(self.log()).unwrap_or_default());
        };
        Serving { child, grpc, http }
    }

    /// The command that starts the service on free ports.
    pub fn serve_command(&self) -> Command {
        self.command(["serve", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"])
    }

    /// Makes a token for everything.
    pub fn token(&self) -> String {
        self.output(&["token", "create", "--name", "test", "--source", "all", "--channel", "all"])
    }

    /// The database as its superuser.
    pub fn database_url(&self) -> String {
        self.output(&["db", "url"])
    }

    /// The process of the database, if it lives.
    pub fn postmaster(&self) -> Option<u32> {
        let file = fs::read_to_string(self.data_dir().join("pg/data/postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok().filter(|pid| lives(*pid))
    }
}

impl Drop for BuiltIn {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Captured with the test's output; no more than leaves the words of the panic in sight.
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            let lines: Vec<&str> = log.lines().filter(|line| !line.contains(" TRACE ")).collect();
            println!(
                "the service's last lines:\n{}",
                lines[lines.len().saturating_sub(LINES_TOLD)..].join("\n")
            );
            let _ = std::io::stdout().flush();
        }
        let begun = Instant::now();
        while let Some(pid) = self.postmaster().filter(|_| begun.elapsed() < ABORT_LIMIT) {
            signal("QUIT", &[pid]);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A running service; killed when dropped.
pub struct Serving {
    child: Child,
    pub grpc: SocketAddr,
    pub http: SocketAddr,
}

#[derive(Deserialize)]
struct Ready {
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Serving {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// A connection of its own.
    pub async fn client(&self, token: &str) -> Client {
        Client::connect(self.url(), token).await.unwrap()
    }

    /// kill -9, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> ExitStatus {
        signal("TERM", &[self.pid()]);
        eventually("the service stops", async || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the tests run as root.
pub fn runs_as_root() -> bool {
    fs::metadata(Path::new("/proc/self")).unwrap().uid() == 0
}

fn id(flag: &str) -> u32 {
    let found = Command::new("id").args([flag, ORDINARY]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().trim().parse().unwrap()
}
