//! The keyring: every secret key of an installation, in one file that only the service may read.
//!
//! A key is random, 256 bits, and has a version. To add a kind of key, add a field, give it in [`Keyring::generate`] and
//! check it in [`Keyring::checks`].

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::entropy::{Entropy, EntropyError, bytes};

/// Bytes of every key.
pub const KEY_BYTES: usize = 32;

/// Mode of the keyring file: readable and writable by its owner only.
const FILE_MODE: u32 = 0o600;

/// What is under every key's check value.
const CHECK_TEXT: &[u8] = b"zhenshi key check";

/// Why there is no keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file cannot be read or written.
    #[error("keyring {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file can be read by others.
    #[error("keyring {path}: mode {mode:o} lets others read it; run `chmod 600` on it")]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file is not a keyring. What is wrong is not quoted: the file holds secrets.
    #[error("keyring {path}: not a keyring ({problem})")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// No luck to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A secret key of 256 bits, wiped when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; KEY_BYTES]);

impl SecretKey {
    /// The key of these bytes.
    pub const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// A new random key.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        bytes(entropy).map(Self)
    }

    /// The bytes, for the primitives of this folder.
    pub(super) const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key as one for HMAC-SHA-256.
    pub fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }

    /// A value that tells whether a key is the same, and nothing else about it.
    pub fn check(&self) -> [u8; 16] {
        let tag = hmac::sign(&self.hmac(), CHECK_TEXT);
        let mut check = [0; 16];
        check.copy_from_slice(&tag.as_ref()[..16]);
        check
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<secret key>")
    }
}

/// A key with the version under which stored values name it.
#[derive(Debug, Clone)]
pub struct VersionedKey {
    /// Version, from 1.
    pub version: u16,
    /// The key.
    pub key: SecretKey,
}

/// All secret keys of an installation.
#[derive(Debug, Clone)]
pub struct Keyring {
    /// Key-encryption keys, the newest last: it wraps new data keys, all of them unwrap.
    pub key_encryption: Vec<VersionedKey>,
    /// Roots of the fingerprint keys, the newest last.
    pub fingerprint: Vec<VersionedKey>,
    /// Key of request digests; never rotated, so that a replay is recognised for ever.
    pub digest: SecretKey,
    /// Key of the audit chain.
    pub audit: SecretKey,
}

/// The keyring as it stands in its file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    format: u8,
    key_encryption: Vec<KeyEntry>,
    fingerprint: Vec<KeyEntry>,
    digest: String,
    audit: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    version: u16,
    key: String,
}

/// Format of the file that this code writes and reads.
const FORMAT: u8 = 1;

impl Keyring {
    /// A keyring of new random keys, each of version 1.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let first = |key| vec![VersionedKey { version: 1, key }];
        Ok(Self {
            key_encryption: first(SecretKey::generate(entropy)?),
            fingerprint: first(SecretKey::generate(entropy)?),
            digest: SecretKey::generate(entropy)?,
            audit: SecretKey::generate(entropy)?,
        })
    }

    /// Reads the keyring of `path`.
    ///
    /// # Errors
    /// When the file is missing, readable by others, or not a keyring.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        let file_error = |source| KeyringError::File { path: path.to_owned(), source };
        let mode = fs::metadata(path).map_err(file_error)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyringError::Mode { path: path.to_owned(), mode });
        }
        let mut text = fs::read_to_string(path).map_err(file_error)?;
        let parsed =
            Self::parse(&text).map_err(|problem| KeyringError::Content { path: path.to_owned(), problem });
        text.zeroize();
        parsed
    }

    /// Writes the keyring to `path`, which must not be there yet.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create(&self, path: &Path) -> Result<(), KeyringError> {
        let file_error = |source| KeyringError::File { path: path.to_owned(), source };
        let mut text = self.render();
        let written = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path).and_then(
            |mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            },
        );
        text.zeroize();
        written.map_err(file_error)
    }

    /// Every key's purpose, version and check value, to be compared with what the database has seen.
    pub fn checks(&self) -> Vec<(&'static str, u16, [u8; 16])> {
        let wrapping = self.key_encryption.iter().map(|key| ("key_encryption", key.version, key.key.check()));
        wrapping.chain([("digest", 1, self.digest.check()), ("audit", 1, self.audit.check())]).collect()
    }

    fn render(&self) -> String {
        let entries = |keys: &[VersionedKey]| {
            keys.iter().map(|key| KeyEntry { version: key.version, key: encode(&key.key) }).collect()
        };
        let file = KeyringFile {
            format: FORMAT,
            key_encryption: entries(&self.key_encryption),
            fingerprint: entries(&self.fingerprint),
            digest: encode(&self.digest),
            audit: encode(&self.audit),
        };
        // Plain strings and numbers always serialise.
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let file: KeyringFile = serde_json::from_str(text).map_err(|_| "not the expected JSON")?;
        if file.format != FORMAT {
            return Err("a format that this version does not know");
        }
        Ok(Self {
            key_encryption: versions(file.key_encryption)?,
            fingerprint: versions(file.fingerprint)?,
            digest: decode(file.digest)?,
            audit: decode(file.audit)?,
        })
    }
}

/// The keys of a list, which must rise in version and must not be empty.
fn versions(entries: Vec<KeyEntry>) -> Result<Vec<VersionedKey>, &'static str> {
    let keys = entries
        .into_iter()
        .map(|entry| Ok(VersionedKey { version: entry.version, key: decode(entry.key)? }))
        .collect::<Result<Vec<_>, &'static str>>()?;
    let rising = keys.windows(2).all(|pair| pair[0].version < pair[1].version);
    let numbered = keys.first().is_some_and(|key| key.version > 0);
    if rising && numbered { Ok(keys) } else { Err("key versions must rise from 1") }
}

fn encode(key: &SecretKey) -> String {
    BASE64_STANDARD.encode(key.expose())
}

fn decode(mut text: String) -> Result<SecretKey, &'static str> {
    let decoded = BASE64_STANDARD.decode(&text);
    text.zeroize();
    let mut decoded = decoded.map_err(|_| "a key is not base64")?;
    let key = <[u8; KEY_BYTES]>::try_from(decoded.as_slice()).map_err(|_| "a key is not 256 bits long");
    decoded.zeroize();
    key.map(SecretKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_keyring_comes_back_as_it_was_written_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring.json");
        let keyring = Keyring::generate(&SeededEntropy::new(7)).unwrap();
        keyring.create(&path).unwrap();
        assert_eq!(Keyring::load(&path).unwrap().checks(), keyring.checks());
        assert!(matches!(keyring.create(&path), Err(KeyringError::File { .. })));
    }

    #[test]
    fn a_keyring_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring.json");
        Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keyring::load(&path), Err(KeyringError::Mode { mode: 0o640, .. })));
    }

    #[test]
    fn debug_shows_no_key() {
        let keyring = Keyring::generate(&SeededEntropy::new(7)).unwrap();
        assert!(!format!("{keyring:?}").contains(|c: char| c.is_ascii_digit() && c != '1'));
    }
}
