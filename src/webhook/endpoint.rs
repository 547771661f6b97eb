//! An endpoint of the configuration, ready to be sent to.

use std::{collections::BTreeSet, fmt, path::Path};

use http::Uri;
use zeroize::Zeroizing;
use zhenshi_domain::event::EventKind;

use super::{Secret, SecretError};
use crate::{
    config,
    outbound::{Place, PlaceError},
};

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
    #[error("ca_file {0}")]
    Authorities(PlaceError),
    #[error("url {0}")]
    Place(PlaceError),
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
    pub(super) place: Place,
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
    let url: Uri = section.url.parse().map_err(|_| Problem::Place(PlaceError::Host))?;
    let read = |file| std::fs::read(file).map_err(|error| Problem::Read { key: "ca_file", error });
    let authorities = section.ca_file.as_deref().map(read).transpose()?;
    let place = Place::new(&url, authorities.as_deref()).map_err(|error| match error {
        PlaceError::NoCertificate => Problem::Authorities(error),
        _ => Problem::Place(error),
    })?;
    Ok(Endpoint {
        name: section.name.clone(),
        kinds: section.kinds(),
        from_start: section.from_start,
        secrets: first.into_iter().chain(second).collect(),
        place,
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
            assert_eq!(
                (endpoint.place.host.as_str(), endpoint.place.port, endpoint.place.path.as_str()),
                (host, port, path)
            );
            assert_eq!(endpoint.place.is_secure(), secure, "{url}");
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
