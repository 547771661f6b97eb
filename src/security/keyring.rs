//! The keyring: every secret key of an installation, in one file that only the service may read.
//!
//! A key is random, 256 bits, and has a version. To add a kind of key, add a field, give it in [`Keyring::generate`] and
//! check it in [`Keyring::checks`].

use std::{
    io,
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::keyring_file::{KeyringFile, write_new};
use crate::entropy::{Entropy, EntropyError, bytes};

/// Bytes of every key.
pub const KEY_BYTES: usize = 32;

/// What is under every key's check value.
const CHECK_TEXT: &[u8] = b"zhenshi key check";

/// What the first key of classified files is made of in a keyring from before there were such files.
const CLASSIFIED_TEXT: &[u8] = b"zhenshi classified key v1";

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
    /// Key-encryption keys of classified files, the newest last; kept apart from those of all others.
    pub classified: Vec<VersionedKey>,
    /// Keys of the audit chain and of its checkpoints, the newest last: it chains, all of them verify.
    pub audit: Vec<VersionedKey>,
}

/// The keyring as it stands in its file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: u8,
    key_encryption: Vec<KeyEntry>,
    fingerprint: Vec<KeyEntry>,
    digest: String,
    /// Missing in keyrings from before there were such files: see [`Keyring::classified_of`].
    #[serde(default)]
    classified: Vec<KeyEntry>,
    audit: Entries,
}

/// Keys with versions; or one key without, which is the first version of a kind that had none before.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entries {
    Versions(Vec<KeyEntry>),
    First(String),
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
            audit: first(SecretKey::generate(entropy)?),
            classified: first(SecretKey::generate(entropy)?),
        })
    }

    /// Reads the keyring of `path`, which is in clear.
    ///
    /// # Errors
    /// When the file is missing, readable by others, or not a keyring.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        KeyringFile { path: path.to_owned(), wrapped_by: None }.load()
    }

    /// Writes the keyring to `path` in clear; there must be none yet.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create(&self, path: &Path) -> Result<(), KeyringError> {
        write_new(path, Zeroizing::new(self.render()).as_bytes())
    }

    /// Every key's purpose, version and check value, to be compared with what the database has seen.
    pub fn checks(&self) -> Vec<(&'static str, u16, [u8; 16])> {
        let of = |purpose, keys: &[VersionedKey]| {
            keys.iter().map(|key| (purpose, key.version, key.key.check())).collect::<Vec<_>>()
        };
        let mut checks = of("key_encryption", &self.key_encryption);
        checks.extend(of("classified", &self.classified));
        checks.push(("digest", 1, self.digest.check()));
        checks.extend(of("audit", &self.audit));
        checks
    }

    /// The same of the fingerprint keys, which the database knows by their epochs.
    pub fn fingerprint_checks(&self) -> Vec<(u16, [u8; 16])> {
        self.fingerprint.iter().map(|key| (key.version, key.key.check())).collect()
    }

    pub(super) fn render(&self) -> String {
        let entries = |keys: &[VersionedKey]| {
            keys.iter().map(|key| KeyEntry { version: key.version, key: encode(&key.key) }).collect()
        };
        let file = Content {
            format: FORMAT,
            key_encryption: entries(&self.key_encryption),
            fingerprint: entries(&self.fingerprint),
            digest: encode(&self.digest),
            classified: entries(&self.classified),
            audit: Entries::Versions(entries(&self.audit)),
        };
        // Plain strings and numbers always serialise.
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let file: Content = serde_json::from_str(text).map_err(|_| "not the expected JSON")?;
        if file.format != FORMAT {
            return Err("a format that this version does not know");
        }
        let digest = decode(file.digest)?;
        Ok(Self {
            key_encryption: versions(file.key_encryption)?,
            fingerprint: versions(file.fingerprint)?,
            classified: Self::classified_of(file.classified, &digest)?,
            digest,
            audit: match file.audit {
                Entries::Versions(entries) => versions(entries)?,
                Entries::First(key) => vec![VersionedKey { version: 1, key: decode(key)? }],
            },
        })
    }
}

impl Keyring {
    /// The keys of classified files. A keyring from before there were such files has none: its first one then follows from the
    /// digest key, which is never rotated, so that it is the same each time.
    fn classified_of(entries: Vec<KeyEntry>, digest: &SecretKey) -> Result<Vec<VersionedKey>, &'static str> {
        if !entries.is_empty() {
            return versions(entries);
        }
        let tag = hmac::sign(&digest.hmac(), CLASSIFIED_TEXT);
        let key = <[u8; KEY_BYTES]>::try_from(tag.as_ref()).map_err(|_| "a key is not 256 bits long")?;
        Ok(vec![VersionedKey { version: 1, key: SecretKey::new(key) }])
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
    use std::{fs, os::unix::fs::PermissionsExt as _};

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
    fn an_audit_key_from_before_it_had_versions_is_the_first() {
        let keyring = Keyring::generate(&SeededEntropy::new(7)).unwrap();
        let mut file: serde_json::Value = serde_json::from_str(&keyring.render()).unwrap();
        file["audit"] = file["audit"][0]["key"].clone();
        assert_eq!(Keyring::parse(&file.to_string()).unwrap().checks(), keyring.checks());
    }

    #[test]
    fn a_keyring_from_before_there_were_classified_files_gets_its_key_once_and_for_all() {
        let keyring = Keyring::generate(&SeededEntropy::new(7)).unwrap();
        let mut file: serde_json::Value = serde_json::from_str(&keyring.render()).unwrap();
        file.as_object_mut().unwrap().remove("classified");
        let [one, two] = [0, 1].map(|_| Keyring::parse(&file.to_string()).unwrap());
        assert_eq!(one.checks(), two.checks());
        assert_eq!(Keyring::parse(&one.render()).unwrap().checks(), one.checks(), "and keeps it");
        assert_ne!(one.classified[0].key.check(), keyring.classified[0].key.check());
        assert_ne!(one.classified[0].key.check(), one.digest.check());
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
