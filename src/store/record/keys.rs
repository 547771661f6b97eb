//! The contact keys that a head holds, packed: 20 bytes each, so that ending a predecessor's contacts needs no search.

use uuid::Uuid;

use crate::store::StoreError;

/// Bytes of one packed key: epoch (2), clue (2), fingerprint (16), big-endian.
const KEY_BYTES: usize = 20;

/// Names the uses of one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Epoch of the fingerprint.
    pub epoch: i16,
    /// Kind of the contact.
    pub clue: i16,
    /// Fingerprint of the value.
    pub fingerprint: Uuid,
}

/// Packs `keys`.
pub fn pack(keys: &[Key]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(keys.len() * KEY_BYTES);
    for key in keys {
        packed.extend_from_slice(&key.epoch.to_be_bytes());
        packed.extend_from_slice(&key.clue.to_be_bytes());
        packed.extend_from_slice(key.fingerprint.as_bytes());
    }
    packed
}

/// Unpacks what [`pack`] wrote into the head `application`.
///
/// # Errors
/// [`StoreError::Corrupt`] if the length is not a multiple of a key's.
pub fn unpack(packed: &[u8], application: Uuid) -> Result<Vec<Key>, StoreError> {
    let (keys, rest) = packed.as_chunks::<KEY_BYTES>();
    if !rest.is_empty() {
        return Err(StoreError::Corrupt {
            table: "application",
            column: "keys",
            row: application.to_string(),
        });
    }
    let key = |bytes: &[u8; KEY_BYTES]| {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&bytes[4..]);
        Key {
            epoch: i16::from_be_bytes([bytes[0], bytes[1]]),
            clue: i16::from_be_bytes([bytes[2], bytes[3]]),
            fingerprint: Uuid::from_bytes(fingerprint),
        }
    };
    Ok(keys.iter().map(key).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(raw in proptest::collection::vec((any::<i16>(), any::<i16>(), any::<u128>()), 0..9)) {
            let keys: Vec<Key> = raw
                .into_iter()
                .map(|(epoch, clue, value)| Key { epoch, clue, fingerprint: Uuid::from_u128(value) })
                .collect();
            prop_assert_eq!(unpack(&pack(&keys), Uuid::nil()).unwrap(), keys);
        }
    }

    #[test]
    fn a_cut_key_is_reported() {
        assert!(unpack(&[0; 21], Uuid::nil()).is_err());
    }
}
