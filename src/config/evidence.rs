//! `[evidence]`: what may be attached to cases, and the command that looks for viruses in it.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Largest piece of evidence. A scanned form is some 200 KB, a photograph some 4 MB, ten minutes of a call some 5 MB.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// Uploads at a time: each holds its sealed content in memory until it is whole.
const UPLOADS: usize = 8;
/// Longest that the scanner may stand still, and longest that it may take after the last byte.
const SCAN_TIMEOUT_MS: u64 = 30_000;

/// `[evidence]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// Largest content in bytes; a larger one gets `EVIDENCE_REFUSED`, `TOO_LARGE`. At most 20 MiB.
    pub max_bytes: usize,
    /// Uploads at a time; one more gets `OVERLOADED`.
    pub uploads: usize,
    /// Program that looks for viruses: it gets the content on its standard input and ends with 0 (clean) or 1 (virus).
    /// Anything else, and a program that cannot be run, refuses the content as not scanned. Without one nothing is scanned.
    pub scan_program: Option<PathBuf>,
    /// Its arguments.
    pub scan_arguments: Vec<String>,
    /// Longest that it may stand still.
    pub scan_timeout_ms: u64,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            max_bytes: MOST_BYTES,
            uploads: UPLOADS,
            scan_program: None,
            scan_arguments: Vec::new(),
            scan_timeout_ms: SCAN_TIMEOUT_MS,
        }
    }
}

impl Evidence {
    /// Longest that the scanner may stand still.
    pub const fn scan_timeout(&self) -> Duration {
        Duration::from_millis(self.scan_timeout_ms)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| Err(ConfigError::Value { key, problem: problem.to_owned() });
        if self.max_bytes == 0 || self.max_bytes > MOST_BYTES {
            return wrong("evidence.max_bytes", "give a number from 1 to 20971520");
        }
        if self.uploads == 0 {
            return wrong("evidence.uploads", "with 0 nothing could be attached; give at least 1");
        }
        if self.scan_timeout_ms == 0 {
            return wrong("evidence.scan_timeout_ms", "give at least 1");
        }
        if self.scan_program.is_none() && !self.scan_arguments.is_empty() {
            return wrong("evidence.scan_arguments", "they are of no use without evidence.scan_program");
        }
        Ok(())
    }
}
