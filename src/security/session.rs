//! The secret of a session, which lives in a cookie, and what forms carry against requests that other sites forge.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::token;
use crate::entropy::{Entropy, EntropyError, bytes};

/// What every secret of a session begins with: it is no token, and no token is one.
pub const PREFIX: &str = "zhenshi-session_";

/// Longest text that is looked at as a secret.
pub const MAX_SECRET_BYTES: usize = 128;

/// What a form's token is made of beside the secret.
const CSRF_CONTEXT: &[u8] = b"zhenshi csrf 1";

/// The secret of a session. Shown to nobody but its holder: `Debug` leaves it out.
#[derive(Clone)]
pub struct SessionSecret(Zeroizing<String>);

impl SessionSecret {
    /// A new one: 256 random bits.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let secret = Zeroizing::new(bytes::<32>(entropy)?);
        Ok(Self(Zeroizing::new(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(*secret)))))
    }

    /// What a cookie holds, if it can be one at all.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() <= MAX_SECRET_BYTES && text.starts_with(PREFIX);
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// For the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        token::hash(&self.0)
    }

    /// What forms of this session carry.
    pub fn csrf_token(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, CSRF_CONTEXT))
    }

    /// Whether a form carries what forms of this session do.
    pub fn accepts_csrf(&self, given: &str) -> bool {
        verify_slices_are_equal(given.as_bytes(), self.csrf_token().as_bytes()).is_ok()
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn secrets_differ_are_read_again_and_show_nowhere() {
        let entropy = SeededEntropy::new(7);
        let (a, b) = (SessionSecret::generate(&entropy).unwrap(), SessionSecret::generate(&entropy).unwrap());
        assert_eq!(SessionSecret::parse(a.expose()).unwrap().hash(), a.hash());
        assert_ne!(a.hash(), b.hash());
        assert!(!format!("{a:?}").contains(&a.expose()[PREFIX.len()..]));
        assert!(SessionSecret::parse("zhenshi_abc").is_none(), "a token is no session");
        assert!(SessionSecret::parse(&format!("{PREFIX}{}", "a".repeat(MAX_SECRET_BYTES))).is_none());
    }

    #[test]
    fn a_form_of_another_session_is_not_accepted() {
        let entropy = SeededEntropy::new(8);
        let (a, b) = (SessionSecret::generate(&entropy).unwrap(), SessionSecret::generate(&entropy).unwrap());
        assert!(a.accepts_csrf(&a.csrf_token()));
        assert!(!a.accepts_csrf(&b.csrf_token()) && !a.accepts_csrf(""));
    }
}
