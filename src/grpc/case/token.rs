//! Tokens of the worklist: where a page goes on, and up to which change an answer is complete. Opaque to the caller.

use chrono::DateTime;
use uuid::Uuid;

use super::Cases;
use crate::{
    app::{Urgency, case::list_cases::From},
    grpc::page_token,
    security::{fingerprint::keyed_digest, principal::Principal},
};

/// First byte of a key in the order of urgency.
const URGENCY: u8 = 1;
/// First byte of a key in the order of changes.
const CHANGES: u8 = 2;

/// What a page token is bound to: method, filters, caller. A token is of no use to anybody or anything else.
pub(super) struct Bound<'a> {
    pub(super) cases: &'a Cases,
    pub(super) method: &'static str,
    pub(super) filters: &'a [u8],
    pub(super) principal: &'a Principal,
}

impl Bound<'_> {
    fn mac(&self, key: &[u8]) -> [u8; 32] {
        let caller = self.principal.caller.as_bytes();
        let parts: [&[u8]; 5] = [b"page token v1", self.method.as_bytes(), self.filters, caller, key];
        keyed_digest(&self.cases.app.digest_key, &parts)
    }

    /// The token of `key`.
    pub(super) fn seal(&self, key: &[u8]) -> String {
        page_token::seal(key, |key| self.mac(key))
    }

    /// The key of `token`, if it was made for the same.
    pub(super) fn open(&self, token: &str) -> Option<Vec<u8>> {
        page_token::open(token, |key| self.mac(key))
    }
}

/// The key of a place in a worklist.
pub(super) fn key(from: From) -> Vec<u8> {
    match from {
        From::Top => Vec::new(),
        From::After(place, position) => [
            &[URGENCY][..],
            &place.time.timestamp_micros().to_be_bytes(),
            &place.rank.to_be_bytes(),
            place.id.as_bytes(),
            &position.to_be_bytes(),
        ]
        .concat(),
        From::Position(position) => [&[CHANGES][..], &position.to_be_bytes()].concat(),
    }
}

/// The place of a key.
pub(super) fn from(key: &[u8]) -> Option<From> {
    let (kind, rest) = key.split_first()?;
    match *kind {
        URGENCY => {
            let (time, rest) = rest.split_first_chunk::<8>()?;
            let (rank, rest) = rest.split_first_chunk::<4>()?;
            let (id, position) = rest.split_first_chunk::<16>()?;
            let place = Urgency {
                time: DateTime::from_timestamp_micros(i64::from_be_bytes(*time))?,
                rank: i32::from_be_bytes(*rank),
                id: Uuid::from_bytes(*id),
            };
            Some(From::After(place, i64::from_be_bytes(position.try_into().ok()?)))
        }
        CHANGES => Some(From::Position(i64::from_be_bytes(rest.try_into().ok()?))),
        _ => None,
    }
}

/// An update token: a position, which is no secret, made so that nobody takes it for a number to count with.
pub(super) fn update(cases: &Cases, position: i64) -> String {
    page_token::seal(&position.to_be_bytes(), |key| update_mac(cases, key))
}

/// The position of an update token.
pub(super) fn position(cases: &Cases, token: &str) -> Option<i64> {
    let key = page_token::open(token, |key| update_mac(cases, key))?;
    Some(i64::from_be_bytes(key.try_into().ok()?))
}

fn update_mac(cases: &Cases, key: &[u8]) -> [u8; 32] {
    keyed_digest(&cases.app.digest_key, &[b"update token v1", key])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_key() {
        let time = DateTime::from_timestamp_micros(1_774_000_000_123_456).unwrap();
        let place = Urgency { time, rank: -700, id: Uuid::from_u128(9) };
        for place in [From::After(place, 41), From::Position(i64::MAX), From::Position(0)] {
            assert_eq!(from(&key(place)), Some(place));
        }
        for wrong in [&[][..], &[3, 1], &[1, 2, 3], &[2; 8]] {
            assert_eq!(from(wrong), None);
        }
    }
}
