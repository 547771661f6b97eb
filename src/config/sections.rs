//! The sections of the configuration, each with its defaults and its own checks.

use std::{fmt, net::SocketAddr, path::PathBuf};

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{ConfigError, EventEndpoint, Tls};

/// Which parts run in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Listeners and jobs.
    All,
    /// Listeners only.
    Api,
    /// Jobs only.
    Worker,
}

/// `[grpc]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grpc {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Allows plaintext on an address that others can reach, for use behind a proxy that ends TLS.
    pub insecure: bool,
    /// Whether the server tells whoever asks what its methods are (`grpc.reflection.v1`), without a token.
    pub reflection: bool,
    /// Certificate and key; without them gRPC is plaintext.
    pub tls: Tls,
}

impl Default for Grpc {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 50051));
        Self { listen, insecure: false, reflection: true, tls: Tls::default() }
    }
}

impl Grpc {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.tls.validate("grpc.tls.certificate", "grpc.tls.key")?;
        if self.listen.ip().is_loopback() || self.insecure || self.tls.files().is_some() {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "grpc.insecure",
            problem: format!(
                "{} can be reached from other machines and calls carry personal data in plain text; \
                 give grpc.tls.certificate and grpc.tls.key, listen on a loopback address, or set it to true \
                 (--insecure) behind a proxy that ends TLS",
                self.listen
            ),
        })
    }
}

/// `[http]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address to listen on: probes, metrics and the page.
    pub listen: SocketAddr,
    /// Certificate and key; without them HTTP is plaintext.
    pub tls: Tls,
    /// A proxy before this address ends TLS: cookies of the page are for TLS only.
    pub behind_tls: bool,
}

impl Http {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.tls.validate("http.tls.certificate", "http.tls.key")
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), tls: Tls::default(), behind_tls: false }
    }
}

/// Connections of one process when the configuration says nothing else.
const DEFAULT_MAX_CONNECTIONS: u32 = 10;

/// `[database]`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://…`; without it the built-in database is used.
    pub url: Option<String>,
    /// URL for migrations, whose login may take the owner's role; `url` by default.
    pub migrate_url: Option<String>,
    /// Most connections of this process.
    pub max_connections: u32,
    /// Folder of PostgreSQL's programs, for the built-in database.
    pub postgres_bin: Option<PathBuf>,
    /// User that runs the built-in database when the service runs as root.
    pub postgres_user: String,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            migrate_url: None,
            max_connections: DEFAULT_MAX_CONNECTIONS,
            postgres_bin: None,
            postgres_user: "postgres".into(),
        }
    }
}

impl fmt::Debug for Database {
    // URLs hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.url.as_ref().map(|_| "<url>"))
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// Fewest connections: the recorder has two transactions at a time and the relay and reads need some.
const MIN_CONNECTIONS: u32 = 4;

impl Database {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if self.max_connections < MIN_CONNECTIONS {
            let problem = format!("must be at least {MIN_CONNECTIONS}");
            return Err(ConfigError::Value { key: "database.max_connections", problem });
        }
        Ok(())
    }
}

/// `[keyring]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keyring {
    /// File of the keyring; the data directory has one of its own when the database is built in.
    pub path: Option<PathBuf>,
    /// File of the key that wraps the keyring's file (256 bits in base64); without it the keyring is in clear.
    pub key_encryption_file: Option<PathBuf>,
}

/// `[rules]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// File of the rule profile; without it the articles' own defaults hold.
    pub profile: Option<PathBuf>,
}

/// `[list]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct List {
    /// Time of day in Asia/Shanghai from which the day's suspicion list is made.
    pub time: NaiveTime,
}

impl Default for List {
    fn default() -> Self {
        Self { time: LIST_TIME }
    }
}

/// When the day's list is made if the configuration says nothing else: before anybody is at work.
const LIST_TIME: NaiveTime = match NaiveTime::from_hms_opt(6, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// `[audit]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// File of the newest signed checkpoint of the chain, best on another machine's disk.
    pub checkpoint_path: Option<PathBuf>,
    /// Folder in which all checkpoints are kept, a file a day; `audit-checkpoints` beside the newest by default.
    pub checkpoint_folder: Option<PathBuf>,
    /// Where checkpoints are also sent, as webhooks; nowhere by default.
    pub checkpoint_url: Option<String>,
    /// File of the secret with which they are signed as webhooks.
    pub checkpoint_secret_file: Option<PathBuf>,
    /// Or the variable of the environment that holds it.
    pub checkpoint_secret_env: Option<String>,
    /// Authorities of the receiver's certificate; the public ones by default.
    pub checkpoint_ca_file: Option<PathBuf>,
    /// Allows `http` to this machine itself.
    pub checkpoint_allow_http: bool,
}

impl Audit {
    /// The receiver of checkpoints, as an endpoint of events.
    pub fn receiver(&self) -> Option<EventEndpoint> {
        Some(EventEndpoint {
            name: RECEIVER.into(),
            url: self.checkpoint_url.clone()?,
            secret_file: self.checkpoint_secret_file.clone(),
            secret_env: self.checkpoint_secret_env.clone(),
            ca_file: self.checkpoint_ca_file.clone(),
            allow_http: self.checkpoint_allow_http,
            ..EventEndpoint::default()
        })
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match self.receiver().and_then(|receiver| receiver.problem()) {
            Some(problem) => Err(ConfigError::Value { key: "audit.checkpoint_url", problem }),
            None => Ok(()),
        }
    }
}

/// Name of the receiver of checkpoints in metrics and errors.
const RECEIVER: &str = "audit-checkpoint";
