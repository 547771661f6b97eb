//! The built-in PostgreSQL: a private server in the service's data directory, from the binaries on the machine.
//!
//! [`EmbeddedServer`] is for `serve`, which alone owns and supervises it; [`connect_or_start`] is for every other command,
//! which borrows a running server or starts one for as long as it works. Both take file locks (`lock.rs`), find the programs
//! (`binaries.rs`), settle paths and owners (`layout.rs`), and make, start or adopt the server (`server.rs`); a server that a
//! killed predecessor left is adopted. Programs run as the server's user (`process.rs`). Files are small and looked at
//! directly; only programs and waits are asynchronous. To add a behaviour: find its file above; this one holds the API only.

mod binaries;
mod connection;
mod error;
mod layout;
mod lock;
mod postmaster;
mod process;
mod server;
mod supervisor;

use std::{fmt, path::PathBuf, time::Duration};

use tokio::{
    process::Child,
    sync::{oneshot, watch},
    task::JoinHandle,
};

use self::{
    binaries::Search,
    layout::Layout,
    lock::Lock,
    server::{Postmaster, Server},
    supervisor::Supervisor,
};
pub use self::{connection::Connection, error::EmbeddedError, supervisor::ServerState};

/// Number in the socket's name; no TCP port is opened.
pub const PORT: u16 = 5432;
/// The database's superuser, whom `initdb` makes.
pub const SUPERUSER: &str = "zhenshi";
/// The service's database. The server does not make it: the bootstrap step does, from [`MAINTENANCE_DATABASE`].
pub const DATABASE: &str = "zhenshi";
/// The database that is always there.
pub const MAINTENANCE_DATABASE: &str = "postgres";
/// User that the server runs as when the service runs as root and nothing else is said.
pub const DEFAULT_SERVER_USER: &str = "postgres";

/// Time over the statements' limit that surviving backends of a killed server get, before they are ended.
const PATIENCE_MARGIN: Duration = Duration::from_secs(5);

/// What the built-in server needs to know.
#[derive(Clone)]
pub struct EmbeddedOptions {
    /// The service's data directory; made if it is not there.
    pub data_dir: PathBuf,
    /// Directory of PostgreSQL's programs, instead of searching.
    pub postgres_bin: Option<PathBuf>,
    /// User that owns a new database when the service runs as root ([`DEFAULT_SERVER_USER`]).
    pub postgres_user: String,
    /// Password of a new database, as hexadecimal digits; later the one that is kept in the data directory counts.
    pub password: String,
    /// Limit of the service's statements: a killed server's backends may still be at one.
    pub statement_timeout: Duration,
    /// Settings of the server over the built-in ones, such as `fsync` in tests.
    pub extra_settings: Vec<(String, String)>,
}

impl fmt::Debug for EmbeddedOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedOptions")
            .field("data_dir", &self.data_dir)
            .field("postgres_bin", &self.postgres_bin)
            .field("postgres_user", &self.postgres_user)
            .field("statement_timeout", &self.statement_timeout)
            .field("extra_settings", &self.extra_settings)
            .finish_non_exhaustive()
    }
}

/// The server of `zhenshi serve`. Dropped without [`Self::stop`], it is left running for the next one to adopt.
#[derive(Debug)]
pub struct EmbeddedServer {
    connection: Connection,
    state: watch::Receiver<ServerState>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), EmbeddedError>>,
    _usage: Lock,
    _instance: Lock,
}

impl EmbeddedServer {
    /// Takes the data directory, makes the database if there is none, adopts or starts its server, and watches it from then on.
    ///
    /// # Errors
    /// Another service has the directory, no usable binaries, a place or user that cannot work, or the server does not start:
    /// see [`EmbeddedError`].
    pub async fn start(options: EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let (layout, is_root) = Layout::open(&options.data_dir).await?;
        let instance = Lock::instance(layout.root())?;
        let Running { server, postmaster, connection, usage } = run(layout, is_root, options).await?;
        let (state_sender, state) = watch::channel(ServerState::Running);
        let (stop, stopped) = oneshot::channel();
        let supervisor = Supervisor { server, state: state_sender, stop: stopped };
        let task = tokio::spawn(supervisor.run(postmaster));
        Ok(Self { connection, state, stop, task, _usage: usage, _instance: instance })
    }

    /// Where the server is.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How the server is, now and from now on.
    pub fn state(&self) -> watch::Receiver<ServerState> {
        self.state.clone()
    }

    /// Stops the server, within half a minute and a little, whoever else uses it.
    ///
    /// # Errors
    /// It did not stop, or another command held the control lock for too long.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        // Nobody to tell means that the task has ended, which its result says.
        let _ = self.stop.send(());
        self.task.await.unwrap_or(Err(EmbeddedError::Supervisor))
    }
}

/// A server that another command works with. Dropped without [`Self::finish`], it is left as it is.
#[derive(Debug)]
pub struct Borrowed {
    connection: Connection,
    server: Server,
    child: Option<Child>,
    usage: Lock,
}

impl Borrowed {
    /// Where the server is.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Stops the server if nobody else uses it.
    ///
    /// # Errors
    /// It did not stop, or another command held the control lock for too long.
    pub async fn finish(self) -> Result<(), EmbeddedError> {
        let _control = Lock::control(self.server.layout.root()).await?;
        if self.usage.leave()? { self.server.stop(self.child).await } else { Ok(()) }
    }
}

/// Connects to the server of this data directory, or makes and starts it for as long as the command works.
///
/// # Errors
/// As [`EmbeddedServer::start`], save that a service in the same directory is welcome.
pub async fn connect_or_start(options: EmbeddedOptions) -> Result<Borrowed, EmbeddedError> {
    let (layout, is_root) = Layout::open(&options.data_dir).await?;
    let Running { server, postmaster, connection, usage } = run(layout, is_root, options).await?;
    Ok(Borrowed { connection, server, child: postmaster.child, usage })
}

/// A server that runs and is being used.
/// One of PostgreSQL's other programs (`pg_dump`), found where the server's are.
pub fn find_program(postgres_bin: Option<PathBuf>, program: &str) -> Option<PathBuf> {
    Search::of_machine(postgres_bin).program(program)
}

struct Running {
    server: Server,
    postmaster: Postmaster,
    connection: Connection,
    usage: Lock,
}

async fn run(layout: Layout, is_root: bool, options: EmbeddedOptions) -> Result<Running, EmbeddedError> {
    let control = Lock::control(layout.root()).await?;
    let usage = Lock::usage(layout.root())?;
    let runner = layout.prepare(is_root, &options.postgres_user).await?;
    let search = Search::of_machine(options.postgres_bin);
    let binaries = search.find(&runner, layout.held_major()?, &layout.data(), is_root).await?;
    let password = layout.password(&options.password)?;
    let patience = options.statement_timeout + PATIENCE_MARGIN;
    let server = Server { layout, runner, binaries, settings: options.extra_settings, patience };
    server.initialise(&password, &control).await?;
    let mut child = None;
    let postmaster = server.ensure(&mut child).await?;
    let connection = Connection::new(server.layout.run(), password);
    Ok(Running { server, postmaster, connection, usage })
}
