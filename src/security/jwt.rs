//! Tokens of the identity provider (JWS in compact form, RFC 7515 and 7519): read, and held against its keys.
//!
//! Pure: keys and time are arguments. Only one algorithm is taken, the configured one, whatever a token's head says; a key is only used for
//! what its own description allows. Every way in which a token can be wrong is [`Refused`]: nobody is told which.

use std::collections::HashMap;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
pub use jsonwebtoken::Algorithm;
use jsonwebtoken::{
    DecodingKey, crypto,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::token;

/// Longest token that is looked at.
pub const MAX_JWT_BYTES: usize = 7 * 1024;
/// Seconds by which the provider's clock may be ahead of or behind ours.
pub const LEEWAY_SECONDS: i64 = 30;
/// Most keys of a provider.
pub const MOST_KEYS: usize = 32;
/// Shortest RSA modulus (RFC 7518, 3.3).
const MIN_RSA_BITS: usize = 2048;
/// Types of tokens that are taken: ID tokens (RFC 7519, 5.1), access tokens (RFC 9068). In lower case.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// The token is not one that counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not taken")]
pub struct Refused;

/// The algorithm of that name, if it is one whose keys are public; with a shared one whoever checks could sign.
pub fn algorithm(name: &str) -> Option<Algorithm> {
    let known: Algorithm = name.parse().ok()?;
    (!matches!(known, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)).then_some(known)
}

/// Whether `text` has the form of such a token, and not of ours.
pub fn is_form(text: &str) -> bool {
    !text.starts_with(token::PREFIX) && text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// What every token must say about itself.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Who made it.
    pub issuer: String,
    /// For whom: it must be among those that the token names.
    pub audience: String,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The party that it was made for, if it names one (`azp`).
    pub client_id: String,
}

/// Keys of a provider by their ids.
#[derive(Clone, Default)]
pub struct Keys(HashMap<String, DecodingKey>);

impl Keys {
    /// Those of a JWK set that are for `algorithm`; every other one is left out.
    ///
    /// # Errors
    /// [`Refused`] if that is no JWK set.
    pub fn parse(json: &[u8], algorithm: Algorithm) -> Result<Self, Refused> {
        let set: JwkSet = serde_json::from_slice(json).map_err(|_| Refused)?;
        let mut keys = HashMap::new();
        for key in set.keys.iter().filter(|key| fits(key, algorithm)).take(MOST_KEYS) {
            let (Some(id), Ok(decoding)) = (key.common.key_id.clone(), DecodingKey::from_jwk(key)) else {
                continue;
            };
            keys.entry(id).or_insert(decoding);
        }
        Ok(Self(keys))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is one of this id.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }
}

/// Whether a key is one for `algorithm`, by all that it says of itself.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm as A;
    let kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(key), A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512) => {
            let modulus = BASE64_URL_SAFE_NO_PAD.decode(&key.n).unwrap_or_default();
            modulus.iter().skip_while(|byte| **byte == 0).count() * 8 >= MIN_RSA_BITS
        }
        (AlgorithmParameters::EllipticCurve(key), A::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), A::ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), A::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let used = key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    let named = key.common.key_algorithm.as_ref().is_none_or(|named| named.to_string() == name(algorithm));
    kind && used && named
}

/// Its name in tokens (RFC 7518, 3.1).
fn name(algorithm: Algorithm) -> String {
    format!("{algorithm:?}")
}

/// The head of a token. What changes how the rest is read is refused if it is there at all.
#[derive(Deserialize)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
    crit: Option<Value>,
    b64: Option<Value>,
    enc: Option<Value>,
    zip: Option<Value>,
    cty: Option<Value>,
}

impl Head {
    fn is_plain(&self) -> bool {
        [&self.crit, &self.b64, &self.enc, &self.zip, &self.cty].iter().all(|extra| extra.is_none())
    }
}

/// What a token says of whom.
#[derive(Debug, Clone, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whom it is of.
    pub sub: String,
    /// For whom it was made.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Until when it counts, in seconds since 1970.
    pub exp: i64,
    /// From when, if it says so.
    pub nbf: Option<i64>,
    /// When it was made.
    pub iat: i64,
    /// The party that it was made for.
    pub azp: Option<String>,
    /// What the code flow's token repeats.
    pub nonce: Option<String>,
    /// How well he was identified.
    #[serde(default)]
    pub acr: String,
    /// By what.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl Claims {
    /// Whether it repeats `nonce`. In constant time.
    pub fn has_nonce(&self, nonce: &str) -> bool {
        let own = self.nonce.as_deref().unwrap_or_default();
        verify_slices_are_equal(own.as_bytes(), nonce.as_bytes()).is_ok()
    }

    /// The text of a claim.
    pub fn text(&self, claim: &str) -> Option<&str> {
        if claim == "sub" { Some(&self.sub) } else { self.others.get(claim)?.as_str() }
    }

    /// The texts of a claim that is one or several.
    pub fn texts(&self, claim: &str) -> Vec<&str> {
        match self.others.get(claim) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// A token taken apart, before its signature was looked at.
pub struct Unverified<'a> {
    message: &'a str,
    payload: &'a str,
    signature: &'a str,
    kid: String,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart that says that it is signed by `algorithm`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn parse(text: &'a str, algorithm: Algorithm) -> Result<Self, Refused> {
        if text.len() > MAX_JWT_BYTES || !is_form(text) {
            return Err(Refused);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(Refused)?;
        let (head, payload) = message.split_once('.').ok_or(Refused)?;
        let head: Head = decoded(head)?;
        let taken = head.alg == name(algorithm)
            && TYPES.contains(&head.typ.to_ascii_lowercase().as_str())
            && head.is_plain()
            && !head.kid.is_empty()
            && !signature.is_empty();
        taken.then_some(Self { message, payload, signature, kid: head.kid }).ok_or(Refused)
    }

    /// Id of the key that it names.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it says, if it is signed by its key, for us, and counts at `now`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn verify(&self, keys: &Keys, expected: &Expected, now: DateTime<Utc>) -> Result<Claims, Refused> {
        let key = keys.0.get(&self.kid).ok_or(Refused)?;
        let right = crypto::verify(self.signature, self.message.as_bytes(), key, expected.algorithm);
        if !right.is_ok_and(|right| right) {
            return Err(Refused);
        }
        let claims: Claims = decoded(self.payload)?;
        let now = now.timestamp();
        let in_time = claims.exp > now.saturating_sub(LEEWAY_SECONDS)
            && claims.nbf.is_none_or(|from| from <= now.saturating_add(LEEWAY_SECONDS))
            && claims.iat <= now.saturating_add(LEEWAY_SECONDS);
        let ours = claims.iss == expected.issuer
            && claims.aud.contains(&expected.audience)
            && claims.azp.as_ref().is_none_or(|party| *party == expected.client_id)
            && !claims.sub.is_empty();
        (in_time && ours).then_some(claims).ok_or(Refused)
    }
}

fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refused> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused)
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_algorithms_with_public_keys_can_be_configured() {
        for name in ["RS256", "PS384", "ES256", "EdDSA"] {
            assert_eq!(super::name(algorithm(name).unwrap()), name);
        }
        for name in ["HS256", "HS512", "none", "None", "", "rs256"] {
            assert!(algorithm(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_token_of_ours_has_another_form() {
        assert!(is_form("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"));
        for other in ["zhenshi_a.b.c", "a.b", "a.b.c.d", "", "zhenshi_abc"] {
            assert!(!is_form(other), "{other}");
        }
    }

    #[test]
    fn a_key_serves_only_what_it_is_for() {
        let long = BASE64_URL_SAFE_NO_PAD.encode([0xa5; 256]);
        let short = BASE64_URL_SAFE_NO_PAD.encode([0xa5; 128]);
        let rsa = |n: &str, more: &str| format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","kid":"k"{more}}}"#);
        let set = |key: String| format!(r#"{{"keys":[{key}]}}"#);
        let count = |key: String| Keys::parse(set(key).as_bytes(), Algorithm::RS256).unwrap().len();
        assert_eq!(count(rsa(&long, "")), 1);
        assert_eq!(count(rsa(&long, r#","use":"sig","alg":"RS256""#)), 1);
        assert_eq!(count(rsa(&long, r#","use":"enc""#)), 0);
        assert_eq!(count(rsa(&long, r#","alg":"RS512""#)), 0);
        assert_eq!(count(rsa(&short, "")), 0);
        assert_eq!(count(r#"{"kty":"oct","k":"c2VjcmV0","kid":"k"}"#.to_owned()), 0);
        assert_eq!(count(format!(r#"{{"kty":"RSA","n":"{long}","e":"AQAB"}}"#)), 0, "a key without an id");
        assert!(Keys::parse(b"[]", Algorithm::RS256).is_err());
    }
}
