//! `[retention]`: where destroyed persons are written down; `[backup]`: for whom backups are encrypted.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[retention]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// File of the shred ledger, outside the database and its backups; beside the checkpoint by default. Replicas that run
    /// jobs share one.
    pub ledger_path: Option<PathBuf>,
}

/// `[backup]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Public keys (`age1…`) of those who may restore; `--recipient` adds to them.
    pub recipients: Vec<String>,
}

impl Backup {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let wrong =
            self.recipients.iter().find(|recipient| recipient.parse::<age::x25519::Recipient>().is_err());
        match wrong {
            None => Ok(()),
            Some(_) => Err(ConfigError::Value {
                key: "backup.recipients",
                problem: "each is a public key of age, `age1…`; make a pair with `age-keygen`".into(),
            }),
        }
    }
}
