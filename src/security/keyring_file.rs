//! The file of a keyring: who may read it, how it is replaced, and how it is wrapped by a key of another file.
//!
//! With a wrapping key (`keyring.key_encryption_file`) the keyring's own file holds nothing in clear, so that it may lie where the
//! wrapping key must not: on a shared disk, in a configuration store.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    keyring::{KEY_BYTES, Keyring, KeyringError, SecretKey},
    sealing::{Place, unwrap_with, wrap_with},
};
use crate::entropy::{Entropy, bytes};

/// Mode of both files: readable and writable by their owner only.
const FILE_MODE: u32 = 0o600;
/// What a wrapped keyring is bound to.
const PLACE: Place = Place { table: "keyring", row: Uuid::nil(), party_no: -1 };

/// A wrapped keyring as it stands in its file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    wrapped_keyring: String,
}

/// Where a keyring is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringFile {
    /// The keyring.
    pub path: PathBuf,
    /// The key that wraps it; none for a keyring in clear.
    pub wrapped_by: Option<PathBuf>,
}

impl KeyringFile {
    /// Reads the keyring.
    ///
    /// # Errors
    /// When a file is missing, cut short, readable by others, not a keyring, or wrapped by another key.
    pub fn load(&self) -> Result<Keyring, KeyringError> {
        let text = read_private(&self.path)?;
        let content = |problem| KeyringError::Content { path: self.path.clone(), problem };
        let wrapped = serde_json::from_str::<Wrapped>(&text).ok();
        match (&self.wrapped_by, wrapped) {
            (None, None) => Keyring::parse(&text).map_err(content),
            (None, Some(_)) => {
                Err(content("it is wrapped: give the file of its key by keyring.key_encryption_file"))
            }
            (Some(_), None) if Keyring::parse(&text).is_ok() => Err(content(
                "it is not wrapped, and keyring.key_encryption_file is given: run `zhenshi keys wrap`",
            )),
            (Some(_), None) => Err(content("not the expected JSON")),
            (Some(path), Some(wrapped)) => {
                let key = load_wrapping_key(path)?;
                let sealed =
                    BASE64_STANDARD.decode(wrapped.wrapped_keyring).map_err(|_| content("not base64"))?;
                let opened = unwrap_with(&key, PLACE, &sealed)
                    .map_err(|_| content("it was changed, or keyring.key_encryption_file holds another key than the one that wrapped it"))?;
                let text = std::str::from_utf8(&opened).map_err(|_| content("not the expected JSON"))?;
                Keyring::parse(text).map_err(content)
            }
        }
    }

    /// Writes a keyring where none is yet; its wrapping key is made if it is not there either.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create(&self, keyring: &Keyring, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        if self.path.exists() {
            let source = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(KeyringError::File { path: self.path.clone(), source });
        }
        if let Some(path) = &self.wrapped_by
            && !path.exists()
        {
            Self::make_wrapping_key(path, entropy)?;
        }
        let text = self.render(keyring, entropy)?;
        write_new(&self.path, text.as_bytes())
    }

    /// Makes a key that wraps keyrings, at `path`, where none is yet.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn make_wrapping_key(path: &Path, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let text = Zeroizing::new(BASE64_STANDARD.encode(bytes::<KEY_BYTES>(entropy)?) + "\n");
        write_new(path, text.as_bytes())
    }

    /// Puts `keyring` in the place of the one that is there: first beside it, so that a kill leaves a whole file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn replace(&self, keyring: &Keyring, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let text = self.render(keyring, entropy)?;
        let beside = self.path.with_extension("new");
        let file_error = |source| KeyringError::File { path: beside.clone(), source };
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(file_error(error)),
            _ => {}
        }
        write_new(&beside, text.as_bytes())?;
        // The folder's entry too, or a power cut could bring the old file back after the database has the new version.
        let renamed = fs::rename(&beside, &self.path).and_then(|()| match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
            _ => Ok(()),
        });
        renamed.map_err(|source| KeyringError::File { path: self.path.clone(), source })
    }

    fn render(&self, keyring: &Keyring, entropy: &dyn Entropy) -> Result<Zeroizing<String>, KeyringError> {
        let text = Zeroizing::new(keyring.render());
        let Some(path) = &self.wrapped_by else { return Ok(text) };
        let key = load_wrapping_key(path)?;
        let sealed = wrap_with(&key, PLACE, text.as_bytes(), entropy)
            .map_err(|_| KeyringError::Content { path: path.clone(), problem: "the key cannot be used" })?;
        let file = Wrapped { wrapped_keyring: BASE64_STANDARD.encode(sealed) };
        // One string always serialises.
        Ok(Zeroizing::new(serde_json::to_string_pretty(&file).unwrap_or_default()))
    }
}

fn load_wrapping_key(path: &Path) -> Result<SecretKey, KeyringError> {
    let text = read_private(path)?;
    let content = |problem| KeyringError::Content { path: path.to_owned(), problem };
    let mut decoded = BASE64_STANDARD.decode(text.trim()).map_err(|_| content("not a key in base64"))?;
    let key = <[u8; KEY_BYTES]>::try_from(decoded.as_slice());
    decoded.zeroize();
    key.map(SecretKey::new).map_err(|_| content("the key is not 256 bits long"))
}

/// Reads a file that nobody else may read.
fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    let file_error = |source| KeyringError::File { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(file_error)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyringError::Mode { path: path.to_owned(), mode });
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(file_error)
}

pub(super) fn write_new(path: &Path, text: &[u8]) -> Result<(), KeyringError> {
    let written =
        OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path).and_then(|mut file| {
            file.write_all(text)?;
            file.sync_all()
        });
    written.map_err(|source| KeyringError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn place(wrapped: bool) -> (tempfile::TempDir, KeyringFile, Keyring, SeededEntropy) {
        let folder = tempfile::tempdir().unwrap();
        let wrapped_by = wrapped.then(|| folder.path().join("master.key"));
        let file = KeyringFile { path: folder.path().join("keyring.json"), wrapped_by };
        let entropy = SeededEntropy::new(7);
        let keyring = Keyring::generate(&entropy).unwrap();
        (folder, file, keyring, entropy)
    }

    #[test]
    fn it_comes_back_in_clear_and_wrapped_and_is_replaced_whole() {
        for wrapped in [false, true] {
            let (_folder, file, keyring, entropy) = place(wrapped);
            file.create(&keyring, &entropy).unwrap();
            assert_eq!(file.load().unwrap().checks(), keyring.checks());
            assert!(file.create(&keyring, &entropy).is_err(), "never overwritten");
            let text = fs::read_to_string(&file.path).unwrap();
            assert_eq!(text.contains("fingerprint"), !wrapped, "wrapped, nothing shows");
            let next = Keyring::generate(&entropy).unwrap();
            file.replace(&next, &entropy).unwrap();
            assert_eq!(file.load().unwrap().checks(), next.checks());
            assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, FILE_MODE);
        }
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said_and_no_part_of_a_key() {
        let (_folder, file, keyring, entropy) = place(true);
        file.create(&keyring, &entropy).unwrap();
        let (master, ring) = (file.wrapped_by.clone().unwrap(), fs::read_to_string(&file.path).unwrap());
        let says = |words: &str| {
            let said = file.load().unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        };
        let key = fs::read_to_string(&master).unwrap();
        fs::write(&master, BASE64_STANDARD.encode([3; KEY_BYTES])).unwrap();
        says("another key than the one that wrapped it");
        fs::write(&master, &key[..20]).unwrap();
        says("256 bits");
        fs::write(&master, &key).unwrap();
        fs::write(&file.path, &ring[..ring.len() / 2]).unwrap();
        says("not the expected JSON");
        fs::write(&file.path, "").unwrap();
        says("not the expected JSON");
        fs::write(&file.path, keyring.render()).unwrap();
        says("zhenshi keys wrap");
        fs::write(&file.path, &ring).unwrap();
        let clear = KeyringFile { wrapped_by: None, ..file.clone() };
        assert!(clear.load().unwrap_err().to_string().contains("keyring.key_encryption_file"));
        fs::remove_file(&master).unwrap();
        says("master.key");
        fs::remove_file(&file.path).unwrap();
        says("keyring.json");
    }
}
