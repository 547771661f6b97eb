//! Page tokens: the last row of the page before, bound to the filters by a MAC. Opaque to the caller. [`encode`] takes an id,
//! [`seal`] any key.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Bytes of the MAC that a token carries.
const MAC_BYTES: usize = 16;

/// Makes the token for the page after `last`, valid only with the same `filters`.
pub(super) fn encode(last: Uuid, filters: [u8; 32]) -> String {
    let mut token = last.as_bytes().to_vec();
    token.extend_from_slice(&filters[..MAC_BYTES]);
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

/// The id in a token, if it was made for the same filters. `mac` gives the MAC of the filters and an id.
pub(super) fn decode(token: &str, mac: impl Fn(Uuid) -> [u8; 32]) -> Option<Uuid> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, tag) = bytes.split_first_chunk::<16>()?;
    let last = Uuid::from_bytes(*id);
    let expected = mac(last);
    aws_lc_rs::constant_time::verify_slices_are_equal(&expected[..MAC_BYTES], tag).ok()?;
    Some(last)
}

/// Makes a token of `key`; `mac` gives the MAC of what it is bound to and the key.
pub(super) fn seal(key: &[u8], mac: impl Fn(&[u8]) -> [u8; 32]) -> String {
    let tag = mac(key);
    BASE64_URL_SAFE_NO_PAD.encode([key, &tag[..MAC_BYTES]].concat())
}

/// The key in a token, if it was made with the same `mac`.
pub(super) fn open(token: &str, mac: impl Fn(&[u8]) -> [u8; 32]) -> Option<Vec<u8>> {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let tag = bytes.split_off(bytes.len().checked_sub(MAC_BYTES)?);
    let expected = mac(&bytes);
    aws_lc_rs::constant_time::verify_slices_are_equal(&expected[..MAC_BYTES], &tag).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_comes_back_whole_and_only_with_its_mac() {
        let mac = |key: &[u8]| [key.len().to_le_bytes()[0]; 32];
        for key in [&b""[..], b"k", &[7; 45]] {
            let token = seal(key, mac);
            assert_eq!(open(&token, mac).as_deref(), Some(key));
            assert_eq!(open(&token, |_| [99; 32]), None);
        }
        assert_eq!((open("AAAA", mac), open("no token", mac)), (None, None));
    }

    #[test]
    fn a_token_is_good_only_for_its_filters() {
        let mac = |id: Uuid| {
            let mut mac = [7; 32];
            mac[..16].copy_from_slice(id.as_bytes());
            mac
        };
        let last = Uuid::from_u128(5);
        let token = encode(last, mac(last));
        assert_eq!(decode(&token, mac), Some(last));
        assert_eq!(decode(&token, |_| [8; 32]), None);
        assert_eq!(decode("not a token", mac), None);
    }
}
