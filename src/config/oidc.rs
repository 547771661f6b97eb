//! `[sign_in.oidc]`: the identity provider of the house.

use std::{collections::BTreeMap, path::PathBuf};

use http::{Uri, uri::Scheme};
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::security::{jwt, role::Role};

/// `[sign_in.oidc]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    /// The provider, as its tokens and its discovery document name it.
    pub issuer: String,
    /// Name of this service at the provider.
    pub client_id: String,
    /// File of its password there; without it the client is public.
    pub client_secret_file: Option<PathBuf>,
    /// Audience of tokens on calls; `client_id` by default.
    pub audience: Option<String>,
    /// The one algorithm by which tokens may be signed.
    pub algorithm: String,
    /// What is asked for over the page.
    pub scopes: Vec<String>,
    /// Where the provider leads the browser back to: `https://…/sign-in/oidc/callback`.
    pub redirect_url: String,
    /// Authorities of the provider's certificate; the public ones by default.
    pub ca: Option<PathBuf>,
    /// Claim with the code of the member of staff.
    pub staff_claim: String,
    /// Claim with the role; without it roles are the directory's.
    pub role_claim: Option<String>,
    /// What the values of `role_claim` stand for: names of the policy's roles.
    pub roles: BTreeMap<String, String>,
    /// One of these is the `acr` of whoever may see values in plain; empty: any.
    pub required_acr: Vec<String>,
    /// All of these are among the `amr` of whoever may see values in plain.
    pub required_amr: Vec<String>,
    /// Allows `http` to a provider on this machine itself.
    pub allow_http: bool,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            audience: None,
            algorithm: "RS256".into(),
            scopes: vec!["openid".into(), "profile".into()],
            redirect_url: String::new(),
            ca: None,
            staff_claim: "staff_code".into(),
            role_claim: None,
            roles: BTreeMap::new(),
            required_acr: Vec::new(),
            required_amr: Vec::new(),
            allow_http: false,
        }
    }
}

impl Oidc {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| Err(ConfigError::Value { key, problem: problem.into() });
        if !self.is_address(&self.issuer) || self.issuer.contains(['?', '#']) {
            return wrong("sign_in.oidc.issuer", "must be https://host[:port][/path]");
        }
        if self.client_id.is_empty() {
            return wrong("sign_in.oidc.client_id", "must be given with sign_in.oidc.issuer");
        }
        if jwt::algorithm(&self.algorithm).is_none() {
            let known = "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA";
            return wrong("sign_in.oidc.algorithm", known);
        }
        if !self.is_address(&self.redirect_url) {
            return wrong("sign_in.oidc.redirect_url", "must be https://host[:port]/sign-in/oidc/callback");
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            return wrong("sign_in.oidc.scopes", "must hold openid");
        }
        if self.staff_claim.is_empty() {
            return wrong("sign_in.oidc.staff_claim", "must name a claim");
        }
        if self.role_claim.is_some() == self.roles.is_empty() {
            return wrong("sign_in.oidc.roles", "must be given with sign_in.oidc.role_claim, and only then");
        }
        match self.roles.values().find(|name| role(name).is_none()) {
            Some(name) => wrong("sign_in.oidc.roles", &format!("{name} is no role of a member of staff")),
            None => Ok(()),
        }
    }

    /// What the values of the role claim stand for.
    pub fn named_roles(&self) -> BTreeMap<String, Role> {
        self.roles.iter().filter_map(|(value, name)| Some((value.clone(), role(name)?))).collect()
    }

    fn is_address(&self, text: &str) -> bool {
        let Ok(url) = text.parse::<Uri>() else { return false };
        let loopback = matches!(url.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let secure = url.scheme() == Some(&Scheme::HTTPS);
        url.host().is_some()
            && (secure || (self.allow_http && loopback && url.scheme() == Some(&Scheme::HTTP)))
    }
}

fn role(name: &str) -> Option<Role> {
    let staff = Role::ALL.iter().filter(|(_, duty)| duty.is_some());
    staff.map(|(role, _)| *role).find(|role| role.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Oidc {
        Oidc {
            issuer: "https://id.example/realm".into(),
            client_id: "zhenshi".into(),
            redirect_url: "https://zhenshi.example/sign-in/oidc/callback".into(),
            ..Oidc::default()
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        right().validate().unwrap();
        let roles = BTreeMap::from([("clerks".to_owned(), "clerk".to_owned())]);
        let wrong: [(Oidc, &str); 9] = [
            (Oidc { issuer: "http://id.example".into(), ..right() }, "sign_in.oidc.issuer"),
            (Oidc { issuer: String::new(), ..right() }, "sign_in.oidc.issuer"),
            (Oidc { client_id: String::new(), ..right() }, "sign_in.oidc.client_id"),
            (Oidc { algorithm: "HS256".into(), ..right() }, "sign_in.oidc.algorithm"),
            (Oidc { algorithm: "none".into(), ..right() }, "sign_in.oidc.algorithm"),
            (Oidc { redirect_url: "http://x/".into(), ..right() }, "sign_in.oidc.redirect_url"),
            (Oidc { scopes: vec!["profile".into()], ..right() }, "sign_in.oidc.scopes"),
            (Oidc { roles: roles.clone(), ..right() }, "sign_in.oidc.roles"),
            (
                Oidc {
                    role_claim: Some("groups".into()),
                    roles: BTreeMap::from([("x".to_owned(), "system".to_owned())]),
                    ..right()
                },
                "sign_in.oidc.roles",
            ),
        ];
        for (section, key) in wrong {
            let error = section.validate().unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
        Oidc { role_claim: Some("groups".into()), roles, ..right() }.validate().unwrap();
        Oidc { issuer: "http://127.0.0.1:9".into(), allow_http: true, ..right() }.validate().unwrap();
    }
}
