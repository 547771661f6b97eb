//! The bytes of one sealed value: its header, and the cipher.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::SealError;
use crate::{
    entropy::{Entropy, bytes},
    security::keyring::SecretKey,
};

/// Bytes before the ciphertext: suite, key version, nonce.
const HEADER_BYTES: usize = 1 + 2 + NONCE_BYTES;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// AES-256-GCM-SIV.
pub(super) const SUITE: u8 = 1;
/// The same, of a data key that is wrapped by the key for classified files.
pub(super) const CLASSIFIED: u8 = 2;
/// How a payload begins: its key lies beside it, so it has no version of its own, and nothing else opens.
pub(super) const PAYLOAD: (u8, u16) = (SUITE, 1);

/// A key, expanded.
pub(super) fn cipher(key: &SecretKey) -> Result<LessSafeKey, SealError> {
    let key = UnboundKey::new(&AES_256_GCM_SIV, key.expose()).map_err(|_| SealError::Broken)?;
    Ok(LessSafeKey::new(key))
}

/// `plaintext` under `key`, headed by its suite and the version of the key.
pub(super) fn encrypt(
    key: &LessSafeKey,
    (suite, version): (u8, u16),
    plaintext: &[u8],
    associated: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    let nonce = bytes::<NONCE_BYTES>(entropy)?;
    let mut body = plaintext.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut body)
        .map_err(|_| SealError::Broken)?;
    let mut value = Vec::with_capacity(HEADER_BYTES + body.len());
    value.push(suite);
    value.extend_from_slice(&version.to_be_bytes());
    value.extend_from_slice(&nonce);
    value.append(&mut body);
    Ok(value)
}

/// What [`encrypt`] sealed.
pub(super) fn decrypt(
    key: &LessSafeKey,
    value: &[u8],
    associated: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (_, nonce) = header(value)?;
    let mut body = Zeroizing::new(value[HEADER_BYTES..].to_vec());
    let opened = key
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut body)
        .map_err(|_| SealError::Broken)?
        .len();
    body.truncate(opened);
    Ok(body)
}

/// What [`encrypt`] sealed as [`PAYLOAD`]: what begins otherwise was changed.
pub(super) fn decrypt_payload(
    key: &LessSafeKey,
    value: &[u8],
    associated: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (version, _) = header(value)?;
    if (value[0], version) != PAYLOAD {
        return Err(SealError::Broken);
    }
    decrypt(key, value, associated)
}

/// Key version and nonce of a sealed value.
pub(super) fn header(value: &[u8]) -> Result<(u16, [u8; NONCE_BYTES]), SealError> {
    match value {
        [SUITE | CLASSIFIED, high, low, rest @ ..] if rest.len() >= NONCE_BYTES => {
            let mut nonce = [0; NONCE_BYTES];
            nonce.copy_from_slice(&rest[..NONCE_BYTES]);
            Ok((u16::from_be_bytes([*high, *low]), nonce))
        }
        [suite, ..] if ![SUITE, CLASSIFIED].contains(suite) => Err(SealError::Suite(*suite)),
        _ => Err(SealError::Broken),
    }
}
