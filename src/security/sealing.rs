//! Sealing: AES-256-GCM-SIV with a data key per party of a submission, wrapped by the key-encryption key.
//!
//! A sealed value is `suite (1 byte) | key version (2) | nonce (12) | ciphertext and tag`. Its associated data name the
//! table, the row, the party and the purpose, so that a value moved to another place does not open. Another cipher
//! suite gets another first byte (`value.rs`). What is too large for one value is sealed piece by piece: see [`Pieces`].

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::aead::LessSafeKey;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::pieces::Pieces;
use self::value::{CLASSIFIED, PAYLOAD, SUITE, cipher, decrypt, decrypt_payload, encrypt, header};
use super::{
    keyring::{KEY_BYTES, Keyring, SecretKey, VersionedKey},
    live::Live,
};
use crate::entropy::{Entropy, EntropyError};

/// Why a value could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// No luck to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The value is of a cipher suite that this version does not know.
    #[error("sealed value of unknown cipher suite {0}")]
    Suite(u8),
    /// The keyring has no key of the version that the value names.
    #[error("no key-encryption key of version {0} in the keyring")]
    KeyVersion(u16),
    /// The file is classified, and was asked for on the way of all others.
    #[error("the file is classified: it is opened by a reveal only")]
    Classified,
    /// The value is cut short, changed, moved to another place, or sealed under another key.
    #[error("sealed value does not open")]
    Broken,
}

/// Where a sealed value belongs: bound into it, so that it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Table that holds it.
    pub table: &'static str,
    /// Row: the submission.
    pub row: Uuid,
    /// Party of the submission; -1 for what belongs to nobody.
    pub party_no: i16,
}

impl Place {
    fn associated(&self, purpose: &str) -> Vec<u8> {
        let mut data = Vec::with_capacity(64);
        for part in
            [self.table.as_bytes(), self.row.as_bytes(), &self.party_no.to_be_bytes(), purpose.as_bytes()]
        {
            data.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

/// A value sealed under its own data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The value, sealed under the data key.
    pub payload: Vec<u8>,
}

/// Seals and opens with the key-encryption keys of a keyring, which are expanded once and may be replaced by others.
pub struct Sealer {
    keys: Live<Wrapping>,
    opened: AtomicU64,
}

/// The expanded keys: all of them unwrap, the one in force wraps. Those of classified files have versions of their own, of which
/// the newest wraps: an ordinary key never wraps what is classified.
struct Wrapping {
    keys: Vec<(u16, LessSafeKey)>,
    in_force: u16,
    classified: Vec<(u16, LessSafeKey)>,
}

impl Wrapping {
    fn new(keyring: &Keyring, in_force: u16) -> Result<Self, SealError> {
        let expand = |keys: &[VersionedKey]| {
            keys.iter().map(|key| Ok((key.version, cipher(&key.key)?))).collect::<Result<Vec<_>, SealError>>()
        };
        let (keys, classified) = (expand(&keyring.key_encryption)?, expand(&keyring.classified)?);
        Ok(Self { keys, in_force, classified })
    }

    fn of(&self, version: u16) -> Result<&LessSafeKey, SealError> {
        find(&self.keys, version)
    }

    /// A new data key for `place`, with it wrapped.
    fn data_key(&self, place: Place, entropy: &dyn Entropy) -> Result<(SecretKey, Vec<u8>), SealError> {
        let key = SecretKey::generate(entropy)?;
        let wrapped = self.wrap(place, &key, false, entropy)?;
        Ok((key, wrapped))
    }

    /// `key` wrapped by the newest key for classified files, or by everybody's that is in force.
    fn wrap(
        &self,
        place: Place,
        key: &SecretKey,
        classified: bool,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let (suite, version, wrapping) = if classified {
            let (version, wrapping) = self.classified.last().ok_or(SealError::KeyVersion(0))?;
            (CLASSIFIED, *version, wrapping)
        } else {
            (SUITE, self.in_force, self.of(self.in_force)?)
        };
        encrypt(wrapping, (suite, version), key.expose(), &place.associated("data key"), entropy)
    }

    fn unwrap(&self, place: Place, wrapped_key: &[u8]) -> Result<SecretKey, SealError> {
        let (version, _) = header(wrapped_key)?;
        let keys = if Sealer::is_classified(wrapped_key) { &self.classified } else { &self.keys };
        let unwrapped = decrypt(find(keys, version)?, wrapped_key, &place.associated("data key"))?;
        let key = <[u8; KEY_BYTES]>::try_from(unwrapped.as_slice()).map_err(|_| SealError::Broken)?;
        Ok(SecretKey::new(key))
    }
}

/// The key of `version` among `keys`.
fn find(keys: &[(u16, LessSafeKey)], version: u16) -> Result<&LessSafeKey, SealError> {
    let found = keys.iter().find(|(known, _)| *known == version);
    found.map(|(_, key)| key).ok_or(SealError::KeyVersion(version))
}

/// Wraps `plaintext` with one key, outside any version: the file of a keyring.
pub(super) fn wrap_with(
    key: &SecretKey,
    place: Place,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    encrypt(&cipher(key)?, PAYLOAD, plaintext, &place.associated("keyring"), entropy)
}

/// Opens what [`wrap_with`] wrapped.
pub(super) fn unwrap_with(
    key: &SecretKey,
    place: Place,
    value: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    decrypt_payload(&cipher(key)?, value, &place.associated("keyring"))
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("versions", &self.keys.get().keys.len()).finish_non_exhaustive()
    }
}

impl Sealer {
    /// The sealer of `keyring`, the newest key in force.
    ///
    /// # Errors
    /// [`SealError::Broken`] if a key cannot be used, which 256-bit keys always can.
    pub fn new(keyring: &Keyring) -> Result<Self, SealError> {
        let newest = keyring.key_encryption.last().map_or(0, |key| key.version);
        Ok(Self { keys: Live::new(Wrapping::new(keyring, newest)?), opened: AtomicU64::new(0) })
    }

    /// Takes up the keys of `keyring`, `version` in force. What is being sealed meanwhile is sealed under the keys from before.
    ///
    /// # Errors
    /// [`SealError::KeyVersion`] if the keyring does not have it; then nothing changes.
    pub fn replace(&self, keyring: &Keyring, version: u16) -> Result<(), SealError> {
        let wrapping = Wrapping::new(keyring, version)?;
        wrapping.of(version)?;
        self.keys.set(wrapping);
        Ok(())
    }

    /// The version in force.
    pub fn version(&self) -> u16 {
        self.keys.get().in_force
    }

    /// The data key of `place` under the version in force; none if it is under that already, or is one of a classified file,
    /// which no key of others ever wraps.
    ///
    /// # Errors
    /// When the key was changed or moved, or its key is not in the keyring.
    pub fn rewrap(
        &self,
        place: Place,
        wrapped_key: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let keys = self.keys.get();
        if header(wrapped_key)?.0 == keys.in_force || Self::is_classified(wrapped_key) {
            return Ok(None);
        }
        let data_key = keys.unwrap(place, wrapped_key)?;
        keys.wrap(place, &data_key, false, entropy).map(Some)
    }

    /// Seals `plaintext` for `place` under a new data key.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn seal(&self, place: Place, plaintext: &[u8], entropy: &dyn Entropy) -> Result<Sealed, SealError> {
        let (data_key, wrapped_key) = self.keys.get().data_key(place, entropy)?;
        let payload =
            encrypt(&cipher(&data_key)?, PAYLOAD, plaintext, &place.associated("payload"), entropy)?;
        Ok(Sealed { wrapped_key, payload })
    }

    /// A new data key for the pieces of `place`, with it wrapped.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn begin_pieces(&self, place: Place, entropy: &dyn Entropy) -> Result<(Vec<u8>, Pieces), SealError> {
        let (data_key, wrapped_key) = self.keys.get().data_key(place, entropy)?;
        Ok((wrapped_key, Pieces::of(cipher(&data_key)?, place)))
    }

    /// The pieces that were sealed for `place`, from the first on.
    ///
    /// # Errors
    /// When the key was changed or moved, or its key is not in the keyring.
    pub fn open_pieces(&self, place: Place, wrapped_key: &[u8]) -> Result<Pieces, SealError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(Pieces::of(self.data_key(place, wrapped_key)?, place))
    }

    /// How many times anything was opened since the start: the work of lists must not move it.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// When it was changed or moved, or its key is not in the keyring.
    pub fn open(&self, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let data_key = self.data_key(place, &sealed.wrapped_key)?;
        decrypt_payload(&data_key, &sealed.payload, &place.associated("payload"))
    }

    /// As [`Self::open`], of a classified file too: for reveals, and for the inspection, which shows nothing.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_classified(&self, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let data_key = cipher(&self.keys.get().unwrap(place, &sealed.wrapped_key)?)?;
        decrypt_payload(&data_key, &sealed.payload, &place.associated("payload"))
    }

    /// Whether a wrapped data key is one of a classified file.
    pub fn is_classified(wrapped_key: &[u8]) -> bool {
        wrapped_key.first() == Some(&CLASSIFIED)
    }

    /// The data key of `place`, wrapped by the newest key for classified files or by everybody's. What it seals stays as it is.
    ///
    /// # Errors
    /// When it was changed or moved, its key is not in the keyring, or there is no luck to be had.
    pub fn wrap_anew(
        &self,
        place: Place,
        wrapped_key: &[u8],
        classified: bool,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let keys = self.keys.get();
        keys.wrap(place, &keys.unwrap(place, wrapped_key)?, classified, entropy)
    }

    fn data_key(&self, place: Place, wrapped_key: &[u8]) -> Result<LessSafeKey, SealError> {
        if Self::is_classified(wrapped_key) {
            return Err(SealError::Classified);
        }
        cipher(&self.keys.get().unwrap(place, wrapped_key)?)
    }
}

mod pieces;
#[cfg(test)]
mod tests;
mod value;
