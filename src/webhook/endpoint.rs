//! An endpoint of the configuration, ready to be sent to.

use std::{collections::BTreeSet, fmt, path::Path, sync::Arc};

use http::{Uri, uri::Scheme};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;
use zhenshi_domain::event::EventKind;

use super::{Secret, SecretError};
use crate::config;

/// What the connections to endpoints speak.
const ALPN: &[u8] = b"http/1.1";

/// Why an endpoint of the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("event.endpoint {name}: {problem}")]
pub struct EndpointError {
    /// Name of the endpoint.
    name: String,
    /// What is wrong with it.
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("cannot read {key}: {error}")]
    Read { key: &'static str, error: std::io::Error },
    #[error("the variable that {0}_env names is not set")]
    Unset(&'static str),
    #[error("{key}: {error}")]
    Secret { key: &'static str, error: SecretError },
    #[error("ca_file holds no certificate in PEM form")]
    NoCertificate,
    #[error("TLS: {0}")]
    Tls(rustls::Error),
    #[error("url has no host that TLS could check")]
    Host,
}

/// An endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// Its name: a label of metrics, a key of deliveries.
    pub name: String,
    /// Kinds of events that it wants.
    pub kinds: BTreeSet<EventKind>,
    /// A new endpoint begins with the first event there is.
    pub from_start: bool,
    pub(super) secrets: Vec<Secret>,
    pub(super) host: String,
    pub(super) port: u16,
    /// Value of the header `host`.
    pub(super) authority: String,
    pub(super) path: String,
    pub(super) tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl fmt::Debug for Endpoint {
    // The URL may hold a secret in its path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("kinds", &self.kinds)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The endpoint of a section of the configuration that was found right. Reads its secrets and certificates;
    /// `variable` gives a variable of the environment.
    ///
    /// # Errors
    /// What is wrong, without any part of a secret.
    pub fn open(
        section: &config::EventEndpoint,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, EndpointError> {
        open(section, &variable).map_err(|problem| EndpointError { name: section.name.clone(), problem })
    }
}

fn open(
    section: &config::EventEndpoint,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Endpoint, Problem> {
    let first = secret("secret", section.secret_file.as_deref(), section.secret_env.as_deref(), variable)?;
    let second = secret(
        "second_secret",
        section.second_secret_file.as_deref(),
        section.second_secret_env.as_deref(),
        variable,
    )?;
    let url: Uri = section.url.parse().map_err(|_| Problem::Host)?;
    let host = url.host().ok_or(Problem::Host)?;
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let secure = url.scheme() != Some(&Scheme::HTTP);
    let tls = secure.then(|| tls(section.ca_file.as_deref(), &host)).transpose()?;
    Ok(Endpoint {
        name: section.name.clone(),
        kinds: section.kinds(),
        from_start: section.from_start,
        secrets: first.into_iter().chain(second).collect(),
        port: url.port_u16().unwrap_or(if secure { 443 } else { 80 }),
        authority: url.authority().map_or_else(|| host.clone(), ToString::to_string),
        host,
        path: url.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        tls,
    })
}

fn secret(
    key: &'static str,
    file: Option<&Path>,
    name: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Secret>, Problem> {
    let text = match (file, name) {
        (Some(file), _) => std::fs::read_to_string(file).map_err(|error| Problem::Read { key, error })?,
        (None, Some(name)) => variable(name).ok_or(Problem::Unset(key))?,
        (None, None) => return Ok(None),
    };
    let text = Zeroizing::new(text);
    Secret::parse(&text).map(Some).map_err(|error| Problem::Secret { key, error })
}

fn tls(ca_file: Option<&Path>, host: &str) -> Result<(TlsConnector, ServerName<'static>), Problem> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(file) => {
            let pem = std::fs::read(file).map_err(|error| Problem::Read { key: "ca_file", error })?;
            let found: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(&pem)
                .collect::<Result<_, _>>()
                .map_err(|_| Problem::NoCertificate)?;
            if roots.add_parsable_certificates(found).0 == 0 {
                return Err(Problem::NoCertificate);
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    // Named, not the process's default: another crate may have installed another one.
    let mut settings = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Problem::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    settings.alpn_protocols = vec![ALPN.to_vec()];
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Problem::Host)?;
    Ok((TlsConnector::from(Arc::new(settings)), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn section(url: &str) -> config::EventEndpoint {
        config::EventEndpoint {
            name: "core".into(),
            url: url.into(),
            secret_env: Some("HOOK".into()),
            ..config::EventEndpoint::default()
        }
    }

    fn open(section: &config::EventEndpoint) -> Result<Endpoint, EndpointError> {
        Endpoint::open(section, |name| (name == "HOOK").then(|| SECRET.to_owned()))
    }

    #[test]
    fn host_port_and_path_are_those_of_the_url() {
        for (url, host, port, path, secure) in [
            ("https://core.example", "core.example", 443, "/", true),
            ("https://core.example:8443/a/b?c=d", "core.example", 8443, "/a/b?c=d", true),
            ("https://[fd00::7]/x", "fd00::7", 443, "/x", true),
            ("http://127.0.0.1/x", "127.0.0.1", 80, "/x", false),
        ] {
            let endpoint = open(&section(url)).unwrap();
            assert_eq!((endpoint.host.as_str(), endpoint.port, endpoint.path.as_str()), (host, port, path));
            assert_eq!(endpoint.tls.is_some(), secure, "{url}");
        }
    }

    #[test]
    fn neither_url_nor_secret_shows() {
        let endpoint = open(&section("https://core.example/s3cret")).unwrap();
        let shown = format!("{endpoint:?}");
        assert!(shown.contains("core") && !shown.contains("s3cret") && !shown.contains("MfKQ"), "{shown}");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_without_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "s3cret").unwrap();
        let base = section("https://core.example/");
        let wrong = [
            (
                config::EventEndpoint { secret_env: None, secret_file: Some(file.clone()), ..base.clone() },
                "secret: must be whsec_",
            ),
            (
                config::EventEndpoint { second_secret_env: Some("NONE".into()), ..base.clone() },
                "the variable that second_secret_env names",
            ),
            (
                config::EventEndpoint { ca_file: Some(file.clone()), ..base.clone() },
                "ca_file holds no certificate",
            ),
            (
                config::EventEndpoint { ca_file: Some(folder.path().join("none")), ..base.clone() },
                "cannot read ca_file",
            ),
        ];
        for (section, words) in wrong {
            let said = open(&section).unwrap_err().to_string();
            assert!(said.contains("event.endpoint core") && said.contains(words), "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
        std::fs::write(&file, format!("{SECRET}\n")).unwrap();
        let both = config::EventEndpoint { second_secret_file: Some(file), ..base };
        assert_eq!(open(&both).unwrap().secrets.len(), 2);
    }
}
