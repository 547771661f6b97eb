//! Bearer tokens of calling systems: 256 random bits with a prefix by which a leaked one is recognised.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError, bytes};

/// What every token begins with, so that secret scanners and people recognise it.
pub const PREFIX: &str = "zhenshi_";

/// Longest text that is looked at as a token.
pub const MAX_TOKEN_BYTES: usize = 256;

/// A new token, to be shown once.
///
/// # Errors
/// When there is no luck to be had.
pub fn generate(entropy: &dyn Entropy) -> Result<Zeroizing<String>, EntropyError> {
    let secret = Zeroizing::new(bytes::<32>(entropy)?);
    Ok(Zeroizing::new(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(*secret))))
}

/// What is kept of a token. A plain hash is enough: 256 random bits cannot be guessed, unlike a password.
pub fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn tokens_differ_and_their_hashes_with_them() {
        let entropy = SeededEntropy::new(5);
        let (a, b) = (generate(&entropy).unwrap(), generate(&entropy).unwrap());
        assert!(a.starts_with(PREFIX) && a.len() < MAX_TOKEN_BYTES);
        assert_ne!(hash(&a), hash(&b));
    }
}
