//! The secret that an endpoint shares with the service, and the signature made with it.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Fewest bytes of a secret, as Standard Webhooks asks for.
const MIN_BYTES: usize = 24;
/// Most bytes of a secret, as Standard Webhooks asks for.
const MAX_BYTES: usize = 64;

/// Why a text is no secret. No part of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be whsec_ and {MIN_BYTES} to {MAX_BYTES} bytes in base64; make one with: echo \"whsec_$(openssl rand -base64 32)\""
)]
pub struct SecretError;

/// A secret. Never shown.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl Secret {
    /// The secret in a text, with or without white space around it.
    ///
    /// # Errors
    /// [`SecretError`], which quotes nothing.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let bytes = text.trim().strip_prefix(PREFIX).ok_or(SecretError)?;
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(bytes).map_err(|_| SecretError)?);
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
            return Err(SecretError);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The value of `webhook-signature`: one signature for each secret, so that a receiver may know either of two while one
/// replaces the other. What is signed is `id.timestamp.body`, the timestamp in seconds.
pub fn signature(secrets: &[Secret], id: Uuid, timestamp: i64, body: &[u8]) -> String {
    sign(secrets, &id.to_string(), timestamp, body)
}

fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let one = |secret: &Secret| {
        let mut context = hmac::Context::with_key(&secret.0);
        context.update(format!("{id}.{timestamp}.").as_bytes());
        context.update(body);
        format!("v1,{}", BASE64_STANDARD.encode(context.sign()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vector that is published with Standard Webhooks.
    const VECTOR: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_published_vector_is_met() {
        let secret = Secret::parse(VECTOR).unwrap();
        let made = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_give_two_signatures() {
        let other = format!("{PREFIX}{}", BASE64_STANDARD.encode([7; 32]));
        let both = [Secret::parse(VECTOR).unwrap(), Secret::parse(&other).unwrap()];
        let made = signature(&both, Uuid::from_u128(1), 5, b"body");
        let alone = signature(&both[1..], Uuid::from_u128(1), 5, b"body");
        assert_eq!(made.split(' ').nth(1), Some(alone.as_str()));
        assert_ne!(made.split(' ').next(), Some(alone.as_str()));
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_shown() {
        let short = format!("{PREFIX}{}", BASE64_STANDARD.encode([7; 23]));
        let long = format!("{PREFIX}{}", BASE64_STANDARD.encode([7; 65]));
        for wrong in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***", &short, &long] {
            assert!(Secret::parse(wrong).is_err(), "{wrong}");
        }
        let secret = Secret::parse(&format!(" {VECTOR}\n")).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
