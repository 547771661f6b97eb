//! What is too large for one sealed value, piece by piece.

use aws_lc_rs::aead::LessSafeKey;
use zeroize::Zeroizing;

use super::{
    Place, SealError,
    value::{PAYLOAD, decrypt_payload, encrypt},
};
use crate::entropy::Entropy;

/// The pieces of one content under one data key, in their order. Each is bound to its number and to whether it is the last:
/// a piece that is missing, doubled or out of order does not open, and neither does a content that is cut short.
pub struct Pieces {
    key: LessSafeKey,
    place: Place,
    next: u32,
}

impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pieces").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Pieces {
    /// Those of `place` under its data key, from the first on.
    pub(super) const fn of(key: LessSafeKey, place: Place) -> Self {
        Self { key, place, next: 0 }
    }

    /// Seals the next piece.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn seal(
        &mut self,
        plaintext: &[u8],
        last: bool,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let associated = self.associated(last)?;
        encrypt(&self.key, PAYLOAD, plaintext, &associated, entropy)
    }

    /// Opens the next piece.
    ///
    /// # Errors
    /// [`SealError::Broken`] if it was changed, or is not the next one, or is the last one and should not be, or the other
    /// way round.
    pub fn open(&mut self, payload: &[u8], last: bool) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let associated = self.associated(last)?;
        decrypt_payload(&self.key, payload, &associated)
    }

    /// What the next piece is bound to.
    fn associated(&mut self, last: bool) -> Result<Vec<u8>, SealError> {
        let mut data = self.place.associated("piece");
        data.extend_from_slice(&self.next.to_be_bytes());
        data.push(u8::from(last));
        self.next = self.next.checked_add(1).ok_or(SealError::Broken)?;
        Ok(data)
    }
}
