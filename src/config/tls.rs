//! `[grpc.tls]` and `[http.tls]`: certificate and key of a listener.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Files of one listener; without them it speaks plaintext. Both are read again when they change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// PEM file of the certificate and those above it, the listener's own first.
    pub certificate: Option<PathBuf>,
    /// PEM file of its private key.
    pub key: Option<PathBuf>,
}

impl Tls {
    /// Certificate and key, if the listener has them.
    pub fn files(&self) -> Option<(PathBuf, PathBuf)> {
        self.certificate.clone().zip(self.key.clone())
    }

    pub(super) fn validate(&self, certificate: &'static str, key: &'static str) -> Result<(), ConfigError> {
        let (missing, given) = match (&self.certificate, &self.key) {
            (Some(_), None) => (key, certificate),
            (None, Some(_)) => (certificate, key),
            _ => return Ok(()),
        };
        Err(ConfigError::Value { key: missing, problem: format!("must be given with {given}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_without_the_other_is_refused_by_the_missing_name() {
        let half = Tls { certificate: Some("a.pem".into()), key: None };
        let error = half.validate("grpc.tls.certificate", "grpc.tls.key").unwrap_err().to_string();
        assert!(error.contains("key grpc.tls.key:"), "{error}");
        assert!(half.files().is_none());
        Tls::default().validate("a", "b").unwrap();
    }
}
