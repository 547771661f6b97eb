//! What is sealed opens in its place only, whole and in pieces, on its own way, and data keys are wrapped anew.

use proptest::prelude::*;

use super::*;
use crate::entropy::SeededEntropy;

fn sealer() -> (Sealer, SeededEntropy) {
    let entropy = SeededEntropy::new(3);
    (Sealer::new(&Keyring::generate(&entropy).unwrap()).unwrap(), entropy)
}

fn place(row: u128, party_no: i16) -> Place {
    Place { table: "sealed", row: Uuid::from_u128(row), party_no }
}

proptest! {
    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (sealer, entropy) = sealer();
        let sealed = sealer.seal(place(1, 0), &text, &entropy).unwrap();
        let opened = sealer.open(place(1, 0), &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), text.as_slice());
        prop_assert!(matches!(sealer.open(place(1, 1), &sealed), Err(SealError::Broken)));
        prop_assert!(matches!(sealer.open(place(2, 0), &sealed), Err(SealError::Broken)));
    }
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is_and_whatever_it_becomes() {
    let (sealer, entropy) = sealer();
    let value = sealer.seal(place(1, 0), b"payload", &entropy).unwrap();
    let parts: [fn(&mut Sealed) -> &mut Vec<u8>; 2] =
        [|value| &mut value.payload, |value| &mut value.wrapped_key];
    for part in parts {
        for position in 0..part(&mut value.clone()).len() {
            for flip in 1..=u8::MAX {
                let mut changed = value.clone();
                part(&mut changed)[position] ^= flip;
                assert!(sealer.open(place(1, 0), &changed).is_err(), "byte {position} changed by {flip}");
                assert!(sealer.open_classified(place(1, 0), &changed).is_err(), "byte {position} by {flip}");
            }
        }
    }
}

#[test]
fn a_classified_key_opens_on_its_own_way_only_and_comes_back() {
    let (sealer, entropy) = sealer();
    let mut value = sealer.seal(place(1, 0), b"secret", &entropy).unwrap();
    let payload = value.payload.clone();
    value.wrapped_key = sealer.wrap_anew(place(1, 0), &value.wrapped_key, true, &entropy).unwrap();
    assert!(Sealer::is_classified(&value.wrapped_key));
    assert!(matches!(sealer.open(place(1, 0), &value), Err(SealError::Classified)));
    assert_eq!(sealer.open_classified(place(1, 0), &value).unwrap().as_slice(), b"secret");
    assert!(sealer.open_classified(place(1, 1), &value).is_err(), "in its place only");
    // Who calls it an ordinary one has another key for it.
    let mut renamed = value.clone();
    renamed.wrapped_key[0] = SUITE;
    assert!(matches!(sealer.open(place(1, 0), &renamed), Err(SealError::Broken)));
    value.wrapped_key = sealer.wrap_anew(place(1, 0), &value.wrapped_key, false, &entropy).unwrap();
    assert_eq!(sealer.open(place(1, 0), &value).unwrap().as_slice(), b"secret");
    assert_eq!(value.payload, payload);
}

/// Seals each of `contents` as a piece of `place(1, -1)`.
fn pieces(contents: &[&[u8]]) -> (Sealer, Vec<u8>, Vec<Vec<u8>>) {
    let (sealer, entropy) = sealer();
    let (key, mut pieces) = sealer.begin_pieces(place(1, -1), &entropy).unwrap();
    let count = contents.len();
    let numbered = contents.iter().enumerate();
    let values = numbered.map(|(no, content)| pieces.seal(content, no + 1 == count, &entropy).unwrap());
    let values = values.collect();
    (sealer, key, values)
}

fn open_all(sealer: &Sealer, at: Place, key: &[u8], values: &[&Vec<u8>]) -> Result<Vec<Vec<u8>>, SealError> {
    let mut pieces = sealer.open_pieces(at, key)?;
    let count = values.len();
    let opened = values.iter().enumerate();
    opened.map(|(no, piece)| pieces.open(piece, no + 1 == count).map(|open| open.to_vec())).collect()
}

#[test]
fn pieces_open_in_their_order_whole_and_in_their_place_only() {
    let (sealer, key, values) = pieces(&[b"one", b"two", b"three"]);
    let [one, two, three] = [&values[0], &values[1], &values[2]];
    let opened = open_all(&sealer, place(1, -1), &key, &[one, two, three]).unwrap();
    assert_eq!(opened, [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]);
    let broken: [&[&Vec<u8>]; 6] =
        [&[two, one, three], &[one, two], &[one, three], &[two, three], &[one, two, three, three], &[three]];
    for broken in broken {
        let opened = open_all(&sealer, place(1, -1), &key, broken);
        assert!(matches!(opened, Err(SealError::Broken)), "{broken:?}");
    }
    assert!(open_all(&sealer, place(2, -1), &key, &[one, two, three]).is_err());
    let mut changed = two.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(open_all(&sealer, place(1, -1), &key, &[one, &changed, three]).is_err());
}

#[test]
fn a_data_key_is_wrapped_anew_and_what_is_sealed_under_it_stays() {
    let entropy = SeededEntropy::new(3);
    let mut ring = Keyring::generate(&entropy).unwrap();
    let sealer = Sealer::new(&ring).unwrap();
    let before = sealer.seal(place(1, 0), b"text", &entropy).unwrap();
    let key = SecretKey::generate(&entropy).unwrap();
    ring.key_encryption.push(VersionedKey { version: 2, key });
    assert!(matches!(sealer.replace(&ring, 3), Err(SealError::KeyVersion(3))));
    assert_eq!(sealer.rewrap(place(1, 0), &before.wrapped_key, &entropy).unwrap(), None);
    sealer.replace(&ring, 2).unwrap();
    let wrapped_key = sealer.rewrap(place(1, 0), &before.wrapped_key, &entropy).unwrap().unwrap();
    assert!(sealer.rewrap(place(2, 0), &before.wrapped_key, &entropy).is_err(), "bound to its place");
    let after = Sealed { wrapped_key, payload: before.payload.clone() };
    for value in [&before, &after] {
        assert_eq!(sealer.open(place(1, 0), value).unwrap().as_slice(), b"text");
    }
    ring.key_encryption.remove(0);
    sealer.replace(&ring, 2).unwrap();
    assert!(matches!(sealer.open(place(1, 0), &before), Err(SealError::KeyVersion(1))));
    assert_eq!(sealer.open(place(1, 0), &after).unwrap().as_slice(), b"text");
}

#[test]
fn a_rotation_of_the_ordinary_key_leaves_a_classified_data_key_where_it_is() {
    let entropy = SeededEntropy::new(3);
    let mut ring = Keyring::generate(&entropy).unwrap();
    let sealer = Sealer::new(&ring).unwrap();
    let mut value = sealer.seal(place(1, 0), b"secret", &entropy).unwrap();
    value.wrapped_key = sealer.wrap_anew(place(1, 0), &value.wrapped_key, true, &entropy).unwrap();
    // Version 1 of both kinds: after the rotation the classified one is below the version in force, and is no old one.
    ring.key_encryption.push(VersionedKey { version: 2, key: SecretKey::generate(&entropy).unwrap() });
    ring.key_encryption.remove(0);
    sealer.replace(&ring, 2).unwrap();
    assert_eq!(sealer.rewrap(place(1, 0), &value.wrapped_key, &entropy).unwrap(), None);
    assert!(matches!(sealer.open(place(1, 0), &value), Err(SealError::Classified)));
    assert_eq!(sealer.open_classified(place(1, 0), &value).unwrap().as_slice(), b"secret");
    // No longer classified: under the version in force. Classified again: under the key for that.
    let back = sealer.wrap_anew(place(1, 0), &value.wrapped_key, false, &entropy).unwrap();
    assert_eq!(back[..3], [SUITE, 0, 2]);
    let again = sealer.wrap_anew(place(1, 0), &back, true, &entropy).unwrap();
    assert_eq!(again[..3], [CLASSIFIED, 0, 1]);
    // Both kinds are replaced together: a keyring with another key for classified files does not open them.
    ring.classified[0].key = SecretKey::generate(&entropy).unwrap();
    sealer.replace(&ring, 2).unwrap();
    assert!(matches!(sealer.open_classified(place(1, 0), &value), Err(SealError::Broken)));
}

#[test]
fn a_key_that_the_keyring_does_not_have_is_named() {
    let (sealer, entropy) = sealer();
    let mut value = sealer.seal(place(1, 0), b"text", &entropy).unwrap();
    value.wrapped_key[2] = 9;
    assert!(matches!(sealer.open(place(1, 0), &value), Err(SealError::KeyVersion(9))));
}
