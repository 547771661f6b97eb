//! `[log]` and `[traces]`: what is seen of the service.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::telemetry::{LogFormat, log};

/// `[log]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// What is logged, in the form of `RUST_LOG`, which overrides it; by default what matters of ours and warnings of others.
    pub filter: Option<String>,
}

impl Log {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let Some(problem) = self.filter.as_deref().and_then(log::wrong_filter) else { return Ok(()) };
        let problem = format!("must be as in RUST_LOG, e.g. `info,zhenshi=debug`: {problem}");
        Err(ConfigError::Value { key: "log.filter", problem })
    }
}

/// `[traces]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Traces {
    /// `http://host:port` or `https://host:port` of an OTLP receiver that speaks gRPC; without it no traces are made.
    pub endpoint: Option<String>,
    /// PEM file with the authorities that may have certified an `https` receiver; public ones (Mozilla's) by default.
    pub ca: Option<PathBuf>,
    /// Share of the calls whose traces are kept, 0 to 1; a caller that has decided is followed.
    pub ratio: f64,
}

impl Default for Traces {
    fn default() -> Self {
        Self { endpoint: None, ca: None, ratio: 1.0 }
    }
}

impl Traces {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if (0.0..=1.0).contains(&self.ratio) {
            return Ok(());
        }
        let problem = "must be a share between 0 and 1".into();
        Err(ConfigError::Value { key: "traces.ratio", problem })
    }
}
