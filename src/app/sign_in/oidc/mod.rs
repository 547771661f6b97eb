//! People who come by the identity provider of their house (OpenID Connect Core 1.0): with a token on a call, or over the page.
//!
//! For the page: [`Flow::generate`] makes what goes into a cookie (`HttpOnly`, `SameSite=Lax`, ten minutes), [`begin_oidc`] gives the address to
//! lead the browser to; when it comes back, [`finish_oidc`] takes the cookie and the `code` and `state` of the address, and gives a session
//! as the password does. Nothing is kept here between the two: state, nonce and PKCE verifier follow from the cookie, so that any
//! replica may finish, and nobody can with another browser.
//!
//! For calls: [`App::known_bearer`](crate::app::App::known_bearer) decides in memory, and says when the provider or the directory must be asked first
//! ([`App::bearer`](crate::app::App::bearer)).
//!
//! Whom a token is of is a claim that names a member of staff; what he may do comes from the directory, or from a claim where the installation
//! says so. Whoever may see values in plain has to be identified as well as the installation asks.

mod bearer;
mod begin;
mod claims;
mod finish;
mod flow;
mod provider;

use std::collections::BTreeMap;

pub use bearer::Bearer;
pub use begin::begin_oidc;
pub use finish::finish_oidc;
pub use flow::Flow;
pub use provider::{Provider, ProviderError};
use zeroize::Zeroizing;

use crate::security::{jwt::Expected, role::Role};

/// What the installation says of its identity provider.
#[derive(Clone)]
pub struct OidcSettings {
    /// What tokens on calls must say: issuer, audience, algorithm, client.
    pub expected: Expected,
    /// Password of this service at the provider; none for a public client.
    pub client_secret: Option<Zeroizing<String>>,
    /// Where the provider leads the browser back to.
    pub redirect_url: String,
    /// What is asked for: `openid` and more.
    pub scopes: Vec<String>,
    /// Claim with the code of the member of staff.
    pub staff_claim: String,
    /// Where roles are from a claim: which, and what its values stand for. Otherwise they are the directory's.
    pub roles: Option<(String, BTreeMap<String, Role>)>,
    /// One of these is the `acr` of whoever may see values in plain; empty: any.
    pub required_acr: Vec<String>,
    /// All of these are among the `amr` of whoever may see values in plain.
    pub required_amr: Vec<String>,
    /// PEM of the authorities of the provider's certificate; the public ones by default.
    pub authorities: Option<Vec<u8>>,
    /// Allows `http` on this machine itself.
    pub allow_http: bool,
}

/// The way by the identity provider.
pub struct Oidc {
    /// What the installation says of it.
    pub settings: OidcSettings,
    /// What the provider says of itself.
    pub provider: Provider,
}

impl Oidc {
    /// By these settings; the provider is asked when it is needed.
    pub fn new(settings: OidcSettings) -> Self {
        Self { provider: Provider::new(&settings), settings }
    }
}

/// `text` in an address or a form (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Fields of an address or a form.
fn fields(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    fields.join("&")
}
