//! What the provider says of itself: its discovery document and its keys, read when needed and kept.
//!
//! A token with an unknown key makes the keys be read again, at most once in [`MIN_READ_INTERVAL`], so that a flood of such tokens costs the provider
//! one reading a minute. A job reads them anew every [`KEYS_LIVE`], which is how a key that was taken back stops; a provider that has not
//! answered for [`KEYS_DIE`] is no authority any more.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, Uri, header, uri::Scheme};
use http_body_util::Full;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use super::OidcSettings;
use crate::{
    outbound::{Client, Failure, Place, PlaceError, USER_AGENT},
    security::jwt::{Algorithm, Keys},
};

/// Shortest time between two readings for tokens with unknown keys.
pub const MIN_READ_INTERVAL: TimeDelta = TimeDelta::minutes(1);
/// The same as long as nothing was read yet.
const FIRST_READ_INTERVAL: TimeDelta = TimeDelta::seconds(2);
/// Keys older than that are read again by the job.
pub const KEYS_LIVE: TimeDelta = TimeDelta::minutes(10);
/// Keys older than that are none.
pub const KEYS_DIE: TimeDelta = TimeDelta::hours(24);
/// Longest for a connection to the provider.
const CONNECT: Duration = Duration::from_secs(3);
/// Longest for its answer.
const ANSWER: Duration = Duration::from_secs(5);
/// Most bytes of a document of the provider.
const MOST_BYTES: usize = 256 * 1024;

/// Why the provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer well.
    #[error("{what}: {failure}")]
    Failure {
        /// What was asked for.
        what: &'static str,
        /// Why there is none.
        failure: Failure,
    },
    /// An address cannot be used.
    #[error("{what} {error}")]
    Place {
        /// Which.
        what: &'static str,
        /// Why not.
        error: PlaceError,
    },
    /// An address is not `https`.
    #[error("{0} must be https")]
    NotSecure(&'static str),
    /// It says something that cannot be.
    #[error("{0}")]
    Wrong(&'static str),
}

/// The discovery document, as far as it is used (OpenID Connect Discovery 1.0, 3).
#[derive(Debug, Clone, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
}

/// What was read last.
pub(super) struct Known {
    document: Document,
    pub(super) keys: Keys,
    read_time: DateTime<Utc>,
}

impl Known {
    /// Where the browser is led.
    pub(super) fn authorization_endpoint(&self) -> &str {
        &self.document.authorization_endpoint
    }
}

/// The identity provider.
pub struct Provider {
    issuer: String,
    algorithm: Algorithm,
    authorities: Option<Vec<u8>>,
    allow_http: bool,
    known: RwLock<Option<Arc<Known>>>,
    /// When it was last asked, well or not.
    asked: Mutex<Option<DateTime<Utc>>>,
}

impl Provider {
    pub(super) fn new(settings: &OidcSettings) -> Self {
        Self {
            issuer: settings.expected.issuer.clone(),
            algorithm: settings.expected.algorithm,
            authorities: settings.authorities.clone(),
            allow_http: settings.allow_http,
            known: RwLock::default(),
            asked: Mutex::default(),
        }
    }

    /// What is known of it, as long as that counts.
    pub(super) fn known(&self, now: DateTime<Utc>) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        known.filter(|known| now - known.read_time < KEYS_DIE)
    }

    /// What is known after asking for the key `kid`, or for anything at all; asks only if that is needed and was not done just now.
    pub(super) async fn look_for(&self, kid: Option<&str>, now: DateTime<Utc>) -> Option<Arc<Known>> {
        let mut asked = self.asked.lock().await;
        let known = self.known(now);
        if known.as_ref().is_some_and(|known| kid.is_none_or(|kid| known.keys.has(kid))) {
            return known;
        }
        let pause = if known.is_some() { MIN_READ_INTERVAL } else { FIRST_READ_INTERVAL };
        if asked.is_none_or(|asked| now - asked >= pause) {
            *asked = Some(now);
            self.read(now).await;
        }
        self.known(now)
    }

    /// Reads everything anew if it is older than [`KEYS_LIVE`]: what a job does.
    pub async fn refresh(&self, now: DateTime<Utc>) {
        let mut asked = self.asked.lock().await;
        if self.known(now).is_none_or(|known| now - known.read_time >= KEYS_LIVE) {
            *asked = Some(now);
            self.read(now).await;
        }
    }

    async fn read(&self, now: DateTime<Utc>) {
        match self.ask().await {
            Ok((document, keys)) => {
                let known = Known { document, keys, read_time: now };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
            }
            Err(error) => tracing::warn!(%error, "the identity provider cannot be used"),
        }
    }

    async fn ask(&self) -> Result<(Document, Keys), ProviderError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document: Document =
            parsed("the discovery document", &self.get("the discovery document", &address).await?)?;
        if document.issuer != self.issuer {
            return Err(ProviderError::Wrong("the discovery document names another issuer"));
        }
        let algorithms = &document.id_token_signing_alg_values_supported;
        if !algorithms.is_empty() && !algorithms.iter().any(|name| *name == format!("{:?}", self.algorithm)) {
            return Err(ProviderError::Wrong("the provider does not sign by the configured algorithm"));
        }
        self.place("authorization_endpoint", &document.authorization_endpoint)?;
        self.place("token_endpoint", &document.token_endpoint)?;
        let keys = self.get("jwks_uri", &document.jwks_uri).await?;
        let keys = Keys::parse(&keys, self.algorithm)
            .map_err(|_| ProviderError::Wrong("jwks_uri holds no key set"))?;
        if keys.is_empty() {
            return Err(ProviderError::Wrong("the provider has no key for the configured algorithm"));
        }
        Ok((document, keys))
    }

    fn place(&self, what: &'static str, address: &str) -> Result<Place, ProviderError> {
        let url: Uri = address.parse().map_err(|_| ProviderError::Place { what, error: PlaceError::Host })?;
        let loopback = matches!(url.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != Some(&Scheme::HTTPS) && !(self.allow_http && loopback) {
            return Err(ProviderError::NotSecure(what));
        }
        Place::new(&url, self.authorities.as_deref()).map_err(|error| ProviderError::Place { what, error })
    }

    async fn get(&self, what: &'static str, address: &str) -> Result<Bytes, ProviderError> {
        let request = Request::builder().method(Method::GET);
        self.send(what, address, request, Bytes::new()).await
    }

    /// Redeems a code: the fields of the form, and the value of `authorization` if this service has a password.
    pub(super) async fn redeem<T: DeserializeOwned>(
        &self,
        known: &Known,
        form: String,
        authorization: Option<String>,
    ) -> Result<T, ProviderError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer =
            self.send("token_endpoint", &known.document.token_endpoint, request, form.into()).await?;
        parsed("the answer of token_endpoint", &answer)
    }

    async fn send(
        &self,
        what: &'static str,
        address: &str,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Bytes, ProviderError> {
        let place = self.place(what, address)?;
        let request = request
            .uri(place.path.as_str())
            .header(header::HOST, place.authority.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::CONNECTION, "close")
            .body(Full::new(body));
        let failed = |failure| ProviderError::Failure { what, failure };
        let request = request.map_err(|error| failed(Failure::Request(error)))?;
        let client = Client { connect: CONNECT, answer: ANSWER };
        Ok(client.send(&place, request, MOST_BYTES).await.map_err(failed)?.body)
    }
}

fn parsed<T: DeserializeOwned>(what: &'static str, json: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(json).map_err(|_| ProviderError::Wrong(what))
}
