//! How a caller was identified: it goes with every principal, into the register of whatever he sees in plain.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// By what a caller was identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Method {
    /// A part of this program, started by whoever holds the keyring.
    #[default]
    Process,
    /// A bearer token of this service.
    Token,
    /// A client certificate.
    Certificate,
    /// A local account's password.
    Password,
    /// The identity provider.
    Oidc,
}

impl Method {
    /// How audit entries and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Token => "token",
            Self::Certificate => "certificate",
            Self::Password => "password",
            Self::Oidc => "oidc",
        }
    }
}

/// How a caller was identified, and how well in the words of the identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identified {
    /// By what.
    pub method: Method,
    /// Authentication context class that the provider vouches for (`acr`); empty without one.
    pub acr: Arc<str>,
    /// Authentication methods that it names (`amr`); empty without any.
    pub amr: Arc<[String]>,
    /// Until when that holds, where what he showed ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// Whether the provider vouches for his role, not the directory.
    pub role_claimed: bool,
}

impl Identified {
    /// By `method`, without a provider's words.
    pub fn by(method: Method) -> Self {
        Self { method, ..Self::default() }
    }

    /// One line for audit entries: `oidc acr=urn:… amr=otp,pwd`.
    pub fn line(&self) -> String {
        let mut line = self.method.name().to_owned();
        if !self.acr.is_empty() {
            line.push_str(" acr=");
            line.push_str(&self.acr);
        }
        if !self.amr.is_empty() {
            line.push_str(" amr=");
            line.push_str(&self.amr.join(","));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_and_how_well() {
        assert_eq!(Identified::by(Method::Password).line(), "password");
        let oidc = Identified {
            method: Method::Oidc,
            acr: "high".into(),
            amr: vec!["otp".to_owned(), "pwd".to_owned()].into(),
            ..Identified::default()
        };
        assert_eq!(oidc.line(), "oidc acr=high amr=otp,pwd");
    }
}
