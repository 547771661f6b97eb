//! One server in one data directory: made, found, started, stopped. Callers hold the control lock.
//!
//! To change how the server runs: [`SETTINGS`], each with its reason.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    net::UnixStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::{
    EmbeddedError, SUPERUSER,
    binaries::Binaries,
    layout::{Layout, remove_if_there},
    lock::Lock,
    postmaster::{Identity, PidFile, is_listed, is_postgres},
    process::{Runner, TOOL_TIMEOUT, log_tail, system_program},
};

/// Longest `initdb`, which syncs some 40 MB to a disk that may be slow.
const INIT_TIMEOUT: Duration = Duration::from_mins(5);
/// Longest recovery after a crash, when the server replays its log.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(5);
/// Longest orderly stop, with a last checkpoint.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest stop after an order to drop everything.
const ABORT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a server that is coming up or going down is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// How often the process table is searched.
const SCAN_INTERVAL: Duration = Duration::from_millis(250);
/// How often an adopted server's process is looked at.
const WATCH_INTERVAL: Duration = Duration::from_millis(200);
/// Longest answer of the socket of a server that lives.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How the server always runs; given at each start, so that a newer version of this code changes them.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", ""), // the socket only
    ("unix_socket_permissions", "0700"),
    ("max_connections", "100"),
    ("shared_buffers", "128MB"),
    // Our statements are short; and compiled ones need memory that can be written and run, which a hardened unit forbids.
    ("jit", "off"),
    // After a kill the files are synced as a whole, not one by one: measured, 0.5 s instead of 3 s for a start after
    // kill -9 with 400 MB of data. Linux alone has it, and tells of failed writes since 5.8.
    #[cfg(target_os = "linux")]
    ("recovery_init_sync_method", "syncfs"),
    // What was destroyed must not lie in segments that wait to be used again.
    ("wal_recycle", "off"),
    ("synchronous_commit", "on"), // an acknowledged submission survives a power cut
    // The log must hold no personal data: no statements, no parameters, no DETAIL lines (they quote rows), and no errors of
    // statements at all (they quote values; the service gets and reports them itself).
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_error_verbosity", "terse"),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_checkpoints", "off"), // one every five minutes says nothing
    ("logging_collector", "off"),
];

/// What PostgreSQL says when remains of a killed predecessor are in its way.
const BUSY_SIGNS: [&str; 3] = ["pre-existing shared memory block", "lock file", "is another postmaster"];

/// A server and what it takes to handle it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) layout: Layout,
    pub(super) runner: Runner,
    pub(super) binaries: Binaries,
    /// Settings of the caller, over [`SETTINGS`].
    pub(super) settings: Vec<(String, String)>,
    /// How long surviving backends of a killed server may finish what they are at.
    pub(super) patience: Duration,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Postmaster {
    pub(super) child: Option<Child>,
    identity: Option<Identity>,
}

/// What is found in the directory.
enum Found {
    /// A server that takes connections.
    Ready(u32),
    /// A server that is starting or stopping.
    Changing,
    /// Processes of a server that is dead, or so young that it has left no trace.
    Remains(Vec<u32>),
    /// No process.
    Nothing,
}

/// How a start ended.
enum Launched {
    Ready,
    /// Refused because of what a predecessor left; the log's tail.
    Busy(String),
}

impl Server {
    /// Makes the database if there is none. A kill at any point leaves nothing that the next call does not repair: it is made
    /// beside its place and renamed, and `initdb` holds the control lock for as long as it lives.
    pub(super) async fn initialise(&self, password: &str, control: &Lock) -> Result<(), EmbeddedError> {
        let unfinished = self.layout.unfinished();
        if self.layout.held_major()?.is_some() {
            return self.layout.take_password_back();
        }
        tracing::info!(directory = %self.layout.root().display(), "making the built-in database");
        let mut remove = self.runner.command("rm");
        remove.arg("-rf").arg("--").arg(&unfinished);
        self.runner.run(remove, TOOL_TIMEOUT).await?;
        self.layout.lend_password(password, &self.runner)?;
        let mut init = self.runner.command(self.binaries.path("initdb"));
        init.args(["--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--no-instructions"]);
        // The C locale sorts by code point and never changes with the system's libraries, so indexes stay valid.
        init.args(["--locale=C", "-U", SUPERUSER]);
        init.arg("--pwfile").arg(self.layout.password_for_init());
        init.arg("-D").arg(&unfinished);
        init.stdin(Stdio::from(control.share()?));
        let made = self.runner.run(init, INIT_TIMEOUT).await;
        self.layout.take_password_back()?;
        made?;
        let data = self.layout.data();
        let settle = || -> std::io::Result<()> {
            fs::rename(&unfinished, &data)?;
            File::open(self.layout.pg())?.sync_all()
        };
        settle().map_err(EmbeddedError::io(format!("put the new database into {}", data.display())))
    }

    /// Finds the running server or starts one. `child` holds the process from the moment that it exists, so that nothing is
    /// lost when this future is dropped.
    pub(super) async fn ensure(&self, child: &mut Option<Child>) -> Result<Postmaster, EmbeddedError> {
        let begun = Instant::now();
        let mut said = false;
        loop {
            match self.inspect().await? {
                Found::Ready(pid) => {
                    let child = child.take().filter(|child| child.id() == Some(pid));
                    return Ok(Postmaster { child, identity: Identity::of(pid) });
                }
                Found::Changing if begun.elapsed() > RECOVERY_TIMEOUT => {
                    return Err(self.failed("neither came up nor went down in time", 0));
                }
                Found::Changing => sleep(POLL_INTERVAL).await,
                Found::Remains(pids) if begun.elapsed() > self.patience => self.end(&pids).await?,
                Found::Remains(pids) => {
                    if !said {
                        tracing::warn!(
                            count = pids.len(),
                            "waiting for processes of a killed database server"
                        );
                        said = true;
                    }
                    sleep(SCAN_INTERVAL).await;
                }
                Found::Nothing => match self.launch(child).await? {
                    Launched::Ready => {}
                    Launched::Busy(_) if begun.elapsed() <= self.patience => sleep(SCAN_INTERVAL).await,
                    Launched::Busy(tail) => {
                        let reason = "found remains of a predecessor that did not go away".into();
                        return Err(EmbeddedError::Start { reason, log: self.layout.log(), tail });
                    }
                },
            }
        }
    }

    /// Stops the server if it runs: orderly, then at once, then by killing whatever is left of it.
    pub(super) async fn stop(&self, mut child: Option<Child>) -> Result<(), EmbeddedError> {
        let own = child.as_ref().and_then(Child::id);
        let listed = || PidFile::read(&self.pid_file()).map(|file| file.pid).filter(|pid| is_postgres(*pid));
        if let Some(pid) = own.or_else(listed) {
            let mut postmaster = Postmaster { child: child.take(), identity: Identity::of(pid) };
            for (order, limit) in [("INT", STOP_TIMEOUT), ("QUIT", ABORT_TIMEOUT)] {
                self.signal(order, pid).await;
                if timeout(limit, postmaster.ended(None, POLL_INTERVAL)).await.is_ok() {
                    return Ok(());
                }
                tracing::warn!(pid, order, "the database server does not stop");
            }
        }
        let left = self.processes().await?;
        self.end(&left).await
    }

    /// What is in the directory now.
    async fn inspect(&self) -> Result<Found, EmbeddedError> {
        let file = PidFile::read(&self.pid_file());
        if accepts(&self.layout.socket()).await {
            return Ok(match file {
                Some(PidFile { pid, ready: true }) => Found::Ready(pid),
                // Starting or stopping, as its file or the lack of one says.
                _ => Found::Changing,
            });
        }
        let processes = self.processes().await?;
        Ok(match file {
            _ if processes.is_empty() => Found::Nothing,
            Some(PidFile { pid, .. }) if processes.contains(&pid) => Found::Changing,
            _ => Found::Remains(processes),
        })
    }

    /// Starts a server and waits until it takes connections.
    async fn launch(&self, slot: &mut Option<Child>) -> Result<Launched, EmbeddedError> {
        self.remove_stale_locks()?;
        let (log, mark) = self.layout.open_log()?;
        let child = self.spawn(log)?;
        let child = slot.insert(child);
        let begun = Instant::now();
        loop {
            let ended = child.try_wait().map_err(EmbeddedError::io("look at the server's process"))?;
            if let Some(status) = ended {
                *slot = None;
                let tail = log_tail(&self.layout.log(), mark);
                if BUSY_SIGNS.iter().any(|sign| tail.contains(sign)) {
                    return Ok(Launched::Busy(tail));
                }
                return Err(self.failed(&format!("did not start ({status})"), mark));
            }
            let ready = PidFile::read(&self.pid_file()).is_some_and(|file| file.ready);
            if ready && accepts(&self.layout.socket()).await {
                return Ok(Launched::Ready);
            }
            if begun.elapsed() > RECOVERY_TIMEOUT {
                return Err(self.failed("did not come up in time", mark));
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// The server as a child in a session of its own (a Ctrl-C reaches the terminal's session), with the settings.
    fn spawn(&self, log: File) -> Result<Child, EmbeddedError> {
        let program = self.binaries.path("postgres");
        let mut command = if let Some(setsid) = system_program("setsid") {
            // A fresh child leads no process group, so `setsid` replaces itself and the number stays the server's.
            let mut command = self.runner.command(setsid);
            command.arg(&program);
            command
        } else {
            let mut command = self.runner.command(&program);
            command.process_group(0);
            command
        };
        self.configure(&mut command);
        let errors = log.try_clone().map_err(EmbeddedError::io("share the server's log"))?;
        command.stdout(log).stderr(errors).kill_on_drop(false);
        command.spawn().map_err(EmbeddedError::io(format!("run {}", program.display())))
    }

    fn configure(&self, command: &mut Command) {
        command.arg("-D").arg(self.layout.data());
        let sockets = self.layout.run().to_string_lossy().replace('"', "\"\"");
        let mut set = |name: &str, value: &str| {
            command.arg("-c").arg(format!("{name}={value}"));
        };
        set("port", &super::PORT.to_string());
        set("unix_socket_directories", &format!("\"{sockets}\""));
        for (name, value) in SETTINGS {
            set(name, value);
        }
        for (name, value) in &self.settings {
            set(name, value);
        }
    }

    /// Removes lock files that name a process which is not this server. PostgreSQL does that itself unless the number is
    /// taken: by a stranger (after a container's restart) or by a dead process that nobody reaps. Only called when no process
    /// of this directory lives.
    fn remove_stale_locks(&self) -> Result<(), EmbeddedError> {
        for path in self.layout.server_locks() {
            if PidFile::read(&path).is_some_and(|file| is_listed(file.pid)) {
                tracing::warn!(path = %path.display(), "removing a stale lock file of the database server");
                remove_if_there(&path).map_err(EmbeddedError::io(format!("remove {}", path.display())))?;
            }
        }
        Ok(())
    }

    /// Living server processes of this directory. The shell asks, as the server's user: the kernel shows a process's
    /// directory to its own user, and to root only with a capability that containers drop.
    async fn processes(&self) -> Result<Vec<u32>, EmbeddedError> {
        const SCAN: &str =
            "for p in /proc/[0-9]*; do [ \"$p/cwd\" -ef \"$1\" ] && echo \"${p#/proc/}\"; done; :";
        if self.layout.held_major()?.is_none() {
            return Ok(Vec::new());
        }
        let mut scan = self.runner.command("sh");
        scan.args(["-c", SCAN, "sh"]).arg(self.layout.data());
        let listed = self.runner.run(scan, TOOL_TIMEOUT).await?;
        Ok(listed.lines().filter_map(|line| line.parse().ok()).filter(|pid| is_postgres(*pid)).collect())
    }

    /// Ends processes of a dead server: by PostgreSQL's own order to leave at once, then by a kill.
    async fn end(&self, pids: &[u32]) -> Result<(), EmbeddedError> {
        let mut left: Vec<Identity> = pids.iter().filter_map(|pid| Identity::of(*pid)).collect();
        for order in ["QUIT", "KILL"] {
            if left.is_empty() {
                return Ok(());
            }
            tracing::warn!(count = left.len(), order, "ending what is left of a database server");
            for process in &left {
                self.signal(order, process.pid).await;
            }
            let begun = Instant::now();
            while !left.is_empty() && begun.elapsed() < ABORT_TIMEOUT {
                sleep(POLL_INTERVAL).await;
                left.retain(|process| process.lives());
            }
        }
        left.first().map_or(Ok(()), |process| Err(EmbeddedError::Stop(process.pid)))
    }

    /// Sends a signal as the server's user, which can reach nobody else's processes. That it arrived is seen by its effect.
    async fn signal(&self, order: &str, pid: u32) {
        let mut command = self.runner.command(self.binaries.path("pg_ctl"));
        command.args(["kill", order, &pid.to_string()]);
        if let Err(error) = self.runner.run(command, TOOL_TIMEOUT).await {
            tracing::debug!(pid, order, %error, "a signal did not arrive");
        }
    }

    fn pid_file(&self) -> std::path::PathBuf {
        let [in_data, _] = self.layout.server_locks();
        in_data
    }

    fn failed(&self, reason: &str, mark: u64) -> EmbeddedError {
        let log = self.layout.log();
        EmbeddedError::Start { reason: reason.to_owned(), tail: log_tail(&log, mark), log }
    }
}

impl Postmaster {
    /// Returns when the server has died: a child by its end, an adopted one by its process.
    pub(super) async fn died(&mut self, socket: &Path) {
        self.ended(Some(socket), WATCH_INTERVAL).await;
    }

    /// As [`Self::died`]; with a socket, a process that cannot be seen (in another container) lives while that answers.
    async fn ended(&mut self, socket: Option<&Path>, interval: Duration) {
        if let Some(child) = &mut self.child {
            // An error means that there is nothing left to wait for.
            let _ = child.wait().await;
            return;
        }
        loop {
            let lives = self.identity.is_some_and(Identity::lives);
            let answers = async {
                match socket {
                    Some(socket) => accepts(socket).await,
                    None => false,
                }
            };
            if !lives && !answers.await {
                return;
            }
            sleep(interval).await;
        }
    }
}

/// Whether somebody listens on the socket.
async fn accepts(socket: &Path) -> bool {
    match timeout(CONNECT_TIMEOUT, UnixStream::connect(socket)).await {
        Ok(Ok(_)) | Err(_) => true,
        // A full queue is somebody's.
        Ok(Err(error)) => error.kind() == ErrorKind::WouldBlock,
    }
}
