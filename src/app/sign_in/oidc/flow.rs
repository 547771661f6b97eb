//! What ties the two halves of a sign-in together: a secret in the browser's cookie, from which all else follows.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError, bytes};

/// Characters of the secret: 32 bytes.
const SECRET_CHARS: usize = 43;

/// One sign-in under way. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Flow(Zeroizing<String>);

impl Flow {
    /// A new one.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let secret = Zeroizing::new(bytes::<32>(entropy)?);
        Ok(Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*secret))))
    }

    /// The one of a cookie.
    pub fn parse(cookie: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let right = cookie.len() == SECRET_CHARS && cookie.bytes().all(fits);
        right.then(|| Self(Zeroizing::new(cookie.to_owned())))
    }

    /// For the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the provider gives back with the browser.
    pub(super) fn state(&self) -> String {
        self.derived(b"state")
    }

    /// What the provider writes into its token.
    pub(super) fn nonce(&self) -> String {
        self.derived(b"nonce")
    }

    /// What only whoever began can show (RFC 7636).
    pub(super) fn verifier(&self) -> String {
        self.derived(b"pkce verifier")
    }

    /// What the provider is shown of it at the beginning.
    pub(super) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier().as_bytes()))
    }

    /// Whether the browser came back with what it was sent away with. In constant time.
    pub(super) fn is_of(&self, state: &str) -> bool {
        verify_slices_are_equal(self.state().as_bytes(), state.as_bytes()).is_ok()
    }

    fn derived(&self, what: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, what))
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flow")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn everything_follows_from_the_cookie_and_differs() {
        let flow = Flow::generate(&SeededEntropy::new(1)).unwrap();
        let again = Flow::parse(flow.expose()).unwrap();
        assert!(again.is_of(&flow.state()) && !again.is_of(&flow.nonce()) && !again.is_of(""));
        assert_eq!(again.verifier(), flow.verifier());
        // RFC 7636, 4.1: 43 to 128 characters.
        assert_eq!((flow.verifier().len(), flow.challenge().len()), (43, 43));
        for bad in ["", "abc", &"=".repeat(SECRET_CHARS), &"a".repeat(SECRET_CHARS + 1)] {
            assert!(Flow::parse(bad).is_none(), "{bad}");
        }
    }
}
