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
    /// PEM file of the authorities whose client certificates are believed; gRPC only.
    pub client_ca: Option<PathBuf>,
    /// PEM file of the client certificates that they have revoked.
    pub client_crl: Option<PathBuf>,
    /// Serves also who shows no certificate, and has a token.
    pub client_optional: bool,
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
            (None, None) if self.client_ca.is_some() => (certificate, "client_ca"),
            _ => return self.validate_clients(certificate),
        };
        Err(ConfigError::Value { key: missing, problem: format!("must be given with {given}") })
    }
}

impl Tls {
    /// `certificate` is the name of that key, from which the others follow.
    fn validate_clients(&self, certificate: &'static str) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| Err(ConfigError::Value { key, problem: problem.into() });
        if self.client_ca.is_some() && certificate != GRPC_CERTIFICATE {
            return wrong(
                "http.tls.client_ca",
                "people have no certificates; only grpc.tls.client_ca can be given",
            );
        }
        if self.client_ca.is_none() && (self.client_crl.is_some() || self.client_optional) {
            return wrong(
                "grpc.tls.client_ca",
                "must be given with grpc.tls.client_crl and grpc.tls.client_optional",
            );
        }
        Ok(())
    }
}

/// Name of the key of gRPC's certificate.
const GRPC_CERTIFICATE: &str = "grpc.tls.certificate";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_without_the_other_is_refused_by_the_missing_name() {
        let half = Tls { certificate: Some("a.pem".into()), ..Tls::default() };
        let error = half.validate("grpc.tls.certificate", "grpc.tls.key").unwrap_err().to_string();
        assert!(error.contains("key grpc.tls.key:"), "{error}");
        assert!(half.files().is_none());
        Tls::default().validate("a", "b").unwrap();
    }
}
