//! Configuration: defaults, then the file, then the environment, then flags; read whole and checked before a port opens.
//!
//! Every key can be given as `ZHENSHI__SECTION__KEY`. To add a section, add a file beside this one with a struct that has
//! `Default` and denies unknown fields, and a field here; `config show` and `config check` know it then.

mod case;
mod event;
mod evidence;
mod files;
mod layers;
pub mod limits;
mod oidc;
mod privacy;
mod retention;
mod sections;
mod shown;
mod sign_in;
mod telemetry;
mod tls;

use std::path::PathBuf;

pub use case::Case;
pub use event::{Event, EventEndpoint};
pub use evidence::Evidence;
pub use layers::{Flag, Layers, Origin, Wrong};
pub use limits::Limits;
pub use oidc::Oidc;
pub use privacy::{Privacy, RoleLimits};
pub use retention::{Backup, Retention};
pub use sections::{Audit, Database, Grpc, Http, Keyring, List, Role, Rules};
use serde::{Deserialize, Serialize};
pub use shown::{ShownValue, shown};
pub use sign_in::SignIn;
pub use telemetry::{Log, Traces};
pub use tls::Tls;

use crate::security::keyring_file::KeyringFile;

/// What is wrong with the configuration, naming the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is unknown or its value is of the wrong kind.
    #[error("configuration: {0}")]
    Read(String),
    /// Values that do not go together.
    #[error("configuration key {key}: {problem}")]
    Value {
        /// The key.
        key: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the built-in database, the keyring and the checkpoint live.
    pub data_dir: PathBuf,
    /// Which parts run in this process.
    pub role: Role,
    /// gRPC listener.
    pub grpc: Grpc,
    /// HTTP listener.
    pub http: Http,
    /// What the network may ask of this process.
    pub limits: Limits,
    /// Database.
    pub database: Database,
    /// Keys.
    pub keyring: Keyring,
    /// Rule profile.
    pub rules: Rules,
    /// Suspicion lists.
    pub list: List,
    /// Cases.
    pub case: Case,
    /// Evidence of cases.
    pub evidence: Evidence,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Access to data in clear.
    pub privacy: Privacy,
    /// Audit log.
    pub audit: Audit,
    /// Retention and destruction.
    pub retention: Retention,
    /// Backups.
    pub backup: Backup,
    /// What other systems are told of.
    pub event: Event,
    /// Logs.
    pub log: Log,
    /// Traces.
    pub traces: Traces,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./zhenshi-data"),
            role: Role::All,
            grpc: Grpc::default(),
            http: Http::default(),
            limits: Limits::default(),
            database: Database::default(),
            keyring: Keyring::default(),
            rules: Rules::default(),
            list: List::default(),
            case: Case::default(),
            evidence: Evidence::default(),
            sign_in: SignIn::default(),
            privacy: Privacy::default(),
            audit: Audit::default(),
            retention: Retention::default(),
            backup: Backup::default(),
            event: Event::default(),
            log: Log::default(),
            traces: Traces::default(),
        }
    }
}

impl Config {
    /// Checks what a single key cannot say.
    ///
    /// # Errors
    /// [`ConfigError::Value`], naming the key.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.grpc.validate()?;
        self.http.validate()?;
        self.limits.validate()?;
        self.database.validate()?;
        self.audit.validate()?;
        self.event.validate()?;
        self.evidence.validate()?;
        self.sign_in.validate()?;
        self.privacy.validate()?;
        self.backup.validate()?;
        self.log.validate()?;
        self.traces.validate()?;
        if self.database.url.is_some() && self.keyring.path.is_none() {
            return Err(ConfigError::Value {
                key: "keyring.path",
                problem:
                    "must be given with database.url: make one with `zhenshi keys init --keyring FILE`, \
                          keep a copy of it apart from the database, and give it to every replica"
                        .into(),
            });
        }
        Ok(())
    }

    /// Where the keyring is.
    pub fn keyring_path(&self) -> PathBuf {
        self.keyring.path.clone().unwrap_or_else(|| self.data_dir.join("keyring").join("keyring.json"))
    }

    /// Where destroyed persons are written down, outside the database.
    pub fn ledger_path(&self) -> PathBuf {
        self.retention.ledger_path.clone().unwrap_or_else(|| self.data_dir.join("shred-ledger.jsonl"))
    }

    /// Where the keyring is, and what wraps it.
    pub fn keyring_file(&self) -> KeyringFile {
        KeyringFile { path: self.keyring_path(), wrapped_by: self.keyring.key_encryption_file.clone() }
    }

    /// Where the newest checkpoint of the audit chain is kept.
    pub fn checkpoint_path(&self) -> PathBuf {
        self.audit.checkpoint_path.clone().unwrap_or_else(|| self.data_dir.join("audit-checkpoint.json"))
    }

    /// Where all checkpoints of the audit chain are kept.
    pub fn checkpoint_folder(&self) -> PathBuf {
        let beside = || self.checkpoint_path().with_file_name("audit-checkpoints");
        self.audit.checkpoint_folder.clone().unwrap_or_else(beside)
    }
}

#[cfg(test)]
mod tests {
    use figment::{
        Figment,
        providers::{Format as _, Serialized, Toml},
    };

    use super::*;

    fn read(text: &str) -> Result<Config, Box<figment::Error>> {
        let figment = Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(text));
        figment.extract().map_err(Box::new)
    }

    #[test]
    fn the_defaults_are_right() {
        let config = read("").unwrap();
        config.validate().unwrap();
        assert_eq!(config.grpc.listen.to_string(), "127.0.0.1:50051");
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
        assert!(config.keyring_path().starts_with(&config.data_dir));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = read("[grpc]\nlisen = '127.0.0.1:1'").unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn a_database_of_ones_own_needs_a_keyring_of_ones_own() {
        let config = read("[database]\nurl = 'postgres:///zhenshi'").unwrap();
        assert!(config.validate().unwrap_err().to_string().contains("keyring.path"));
    }

    #[test]
    fn plaintext_beyond_this_machine_must_be_asked_for() {
        let open = "[grpc]\nlisten = '0.0.0.0:50051'";
        assert!(read(open).unwrap().validate().unwrap_err().to_string().contains("grpc.insecure"));
        read(&format!("{open}\ninsecure = true")).unwrap().validate().unwrap();
        let tls = "[grpc.tls]\ncertificate = 'a.pem'";
        read(&format!("{open}\n{tls}\nkey = 'b.pem'")).unwrap().validate().unwrap();
        let error = read(&format!("{open}\n{tls}")).unwrap().validate().unwrap_err().to_string();
        assert!(error.contains("grpc.tls.key"), "{error}");
    }

    #[test]
    fn a_share_of_traces_lies_between_none_and_all() {
        let error = read("[traces]\nratio = 1.5").unwrap().validate().unwrap_err().to_string();
        assert!(error.contains("traces.ratio"), "{error}");
        read("[traces]\nratio = 0.1\n[log]\nformat = 'json'").unwrap().validate().unwrap();
    }

    #[test]
    fn debug_shows_no_password() {
        let config = read("[database]\nurl = 'postgres://u:opensesame@h/d'").unwrap();
        assert!(!format!("{config:?}").contains("opensesame"));
    }
}
