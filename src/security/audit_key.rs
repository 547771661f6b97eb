//! Keys of the audit log: the HMAC keys that chain it, and the Ed25519 keys that sign its checkpoints.
//!
//! Both are derived from one root of the keyring for each version. Who verifies a chain needs the root; who verifies a
//! checkpoint needs the public key alone, which `zhenshi audit key` prints.

use aws_lc_rs::{
    error::KeyRejected,
    hkdf, hmac,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::keyring::{KEY_BYTES, Keyring, SecretKey};

/// Bytes of a public key.
pub const PUBLIC_KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;
/// What stands before an Ed25519 public key in its DER form (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The keys of one version.
struct KeySet {
    version: u16,
    chain: hmac::Key,
    signing: Ed25519KeyPair,
}

/// The keys of the audit log, every version; one of them chains and signs.
pub struct AuditKeys {
    keys: Vec<KeySet>,
    in_force: u16,
}

impl std::fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditKeys").field("versions", &self.keys.len()).finish_non_exhaustive()
    }
}

impl AuditKeys {
    /// Those of `keyring`, the newest in force.
    ///
    /// # Errors
    /// When a key cannot be used, which 256-bit keys always can.
    pub fn new(keyring: &Keyring) -> Result<Self, KeyRejected> {
        Self::in_force(keyring, keyring.audit.last().map_or(0, |key| key.version))
    }

    /// Those of `keyring`, `version` in force.
    ///
    /// # Errors
    /// When a key cannot be used, which 256-bit keys always can.
    pub fn in_force(keyring: &Keyring, version: u16) -> Result<Self, KeyRejected> {
        let versions = keyring.audit.iter().map(|key| {
            let signing = Ed25519KeyPair::from_seed_unchecked(&*seed(&key.key))?;
            Ok(KeySet { version: key.version, chain: key.key.hmac(), signing })
        });
        Ok(Self { keys: versions.collect::<Result<Vec<_>, KeyRejected>>()?, in_force: version })
    }

    /// The version that chains and signs.
    pub const fn version(&self) -> u16 {
        self.in_force
    }

    /// The key of the chain of `version`.
    pub fn chain(&self, version: u16) -> Option<&hmac::Key> {
        self.of(version).map(|key| &key.chain)
    }

    /// The signature over `message` of the version in force.
    pub fn sign(&self, message: &[u8]) -> Option<[u8; SIGNATURE_BYTES]> {
        self.of(self.in_force)?.signing.sign(message).as_ref().try_into().ok()
    }

    /// Whether `signature` over `message` is of the key `version`.
    pub fn verifies(&self, version: u16, message: &[u8], signature: &[u8]) -> bool {
        self.of(version).is_some_and(|key| verifies(key.signing.public_key().as_ref(), message, signature))
    }

    /// Every version with its public key.
    pub fn public_keys(&self) -> Vec<(u16, [u8; PUBLIC_KEY_BYTES])> {
        let of = |key: &KeySet| Some((key.version, key.signing.public_key().as_ref().try_into().ok()?));
        self.keys.iter().filter_map(of).collect()
    }

    fn of(&self, version: u16) -> Option<&KeySet> {
        self.keys.iter().find(|key| key.version == version)
    }
}

/// Whether `signature` over `message` was made with the key whose public half is `public_key`.
pub fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

/// A public key as PEM, as OpenSSL reads it.
pub fn pem(public_key: &[u8; PUBLIC_KEY_BYTES]) -> String {
    let der = [&SPKI_PREFIX[..], public_key].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
}

/// Length of the seed, for HKDF.
struct SeedLength;

impl hkdf::KeyType for SeedLength {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

/// HKDF-SHA-256 from the root of a version to the seed of its signing key.
fn seed(root: &SecretKey) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut seed = Zeroizing::new([0; KEY_BYTES]);
    let pseudo_random = hkdf::Salt::new(hkdf::HKDF_SHA256, b"zhenshi audit v1").extract(root.expose());
    let filled =
        pseudo_random.expand(&[b"checkpoint signing"], SeedLength).and_then(|okm| okm.fill(&mut *seed));
    // HKDF fails only for outputs over 255 hashes; one hash is asked for.
    debug_assert!(filled.is_ok(), "one hash is never too long for HKDF");
    seed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{entropy::SeededEntropy, security::keyring::VersionedKey};

    fn keyring() -> Keyring {
        Keyring::generate(&SeededEntropy::new(7)).unwrap()
    }

    #[test]
    fn a_signature_is_of_one_version_and_one_message() {
        let mut ring = keyring();
        let keys = AuditKeys::new(&ring).unwrap();
        let signature = keys.sign(b"one").unwrap();
        assert!(keys.verifies(1, b"one", &signature));
        assert!(!keys.verifies(1, b"two", &signature));
        assert!(!keys.verifies(2, b"one", &signature));
        let (_, public) = keys.public_keys()[0];
        assert!(verifies(&public, b"one", &signature));

        ring.audit.push(VersionedKey { version: 2, key: SecretKey::new([9; KEY_BYTES]) });
        let rotated = AuditKeys::new(&ring).unwrap();
        assert_eq!(rotated.version(), 2);
        assert!(rotated.verifies(1, b"one", &signature), "older versions still verify");
        assert!(rotated.verifies(2, b"one", &rotated.sign(b"one").unwrap()));
    }

    #[test]
    fn the_signing_key_is_neither_the_root_nor_zero() {
        let ring = keyring();
        let derived = seed(&ring.audit[0].key);
        assert_ne!(*derived, *ring.audit[0].key.expose());
        assert_ne!(*derived, [0; KEY_BYTES]);
    }

    #[test]
    fn a_public_key_is_pem() {
        let (_, public) = AuditKeys::new(&keyring()).unwrap().public_keys()[0];
        let text = pem(&public);
        let body = text.lines().nth(1).unwrap();
        assert_eq!(BASE64_STANDARD.decode(body).unwrap().len(), SPKI_PREFIX.len() + PUBLIC_KEY_BYTES);
    }
}
