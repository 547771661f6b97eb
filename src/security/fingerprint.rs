//! Fingerprints: keyed hashes by which equal values are found without reading them.
//!
//! HMAC-SHA-256 truncated to 128 bits and kept in a `uuid` (compares and indexes faster than bytes), with a separate key
//! for every kind of value, derived from the root of a key version. An *epoch* is a pair of key version and normaliser
//! version: fingerprints of different epochs never compare. To add a kind, add it to [`Kind`].

use std::sync::Arc;

use aws_lc_rs::{hkdf, hmac};
use uuid::Uuid;
use zhenshi_domain::clue::ClueKey;

use super::{
    keyring::{SecretKey, VersionedKey},
    live::Live,
};

/// What a fingerprint is of; every kind has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A telephone.
    Phone,
    /// A bank account.
    Account,
    /// A certificate: who a customer is.
    Certificate,
    /// Name, birth date and sex together.
    PersonTriple,
    /// An address.
    Address,
    /// A name alone.
    Name,
    /// The weak key of a customer without a certificate.
    WeakSubject,
}

impl Kind {
    /// All kinds, in the order of [`Kind::index`].
    const ALL: [Self; 7] = [
        Self::Phone,
        Self::Account,
        Self::Certificate,
        Self::PersonTriple,
        Self::Address,
        Self::Name,
        Self::WeakSubject,
    ];

    const fn index(self) -> usize {
        self as usize
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Phone => b"zhenshi fingerprint phone",
            Self::Account => b"zhenshi fingerprint account",
            Self::Certificate => b"zhenshi fingerprint certificate",
            Self::PersonTriple => b"zhenshi fingerprint person-triple",
            Self::Address => b"zhenshi fingerprint address",
            Self::Name => b"zhenshi fingerprint name",
            Self::WeakSubject => b"zhenshi fingerprint weak-subject",
        }
    }
}

impl From<ClueKey> for Kind {
    fn from(clue: ClueKey) -> Self {
        match clue {
            ClueKey::Phone => Self::Phone,
            ClueKey::Account => Self::Account,
            ClueKey::Certificate => Self::Certificate,
            ClueKey::PersonTriple => Self::PersonTriple,
            ClueKey::Address => Self::Address,
        }
    }
}

/// The fingerprint keys of one epoch.
#[derive(Clone)]
pub struct Fingerprints {
    epoch: i16,
    keys: Vec<hmac::Key>,
}

impl Fingerprints {
    /// The keys of `root` under the number `epoch`. The normaliser's version goes into the derivation, so that forms of
    /// different normalisers can never be mistaken for each other.
    pub fn new(epoch: i16, root: &VersionedKey, normaliser_version: u16) -> Self {
        let keys = Kind::ALL.iter().map(|kind| derive(&root.key, kind.label(), normaliser_version)).collect();
        Self { epoch, keys }
    }

    /// The number under which the store knows this epoch.
    pub const fn epoch(&self) -> i16 {
        self.epoch
    }

    /// The fingerprint of a normalised value.
    pub fn of(&self, kind: Kind, form: &str) -> Uuid {
        let tag = hmac::sign(&self.keys[kind.index()], form.as_bytes());
        let mut first = [0; 16];
        first.copy_from_slice(&tag.as_ref()[..16]);
        Uuid::from_bytes(first)
    }
}

impl std::fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fingerprints").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// The fingerprint keys of a process: those of the epoch in force, and the roots of every version in its keyring.
#[derive(Debug)]
pub struct Prints {
    current: Live<Fingerprints>,
    roots: Live<Vec<VersionedKey>>,
}

impl Prints {
    /// `current` is in force, out of `roots`.
    pub fn new(current: Fingerprints, roots: Vec<VersionedKey>) -> Self {
        Self { current: Live::new(current), roots: Live::new(roots) }
    }

    /// The epoch in force, as this process knows it. Another may be in force since a moment: what is written goes by the list
    /// gate.
    pub fn get(&self) -> Arc<Fingerprints> {
        self.current.get()
    }

    /// From now on `current` is in force.
    pub fn set(&self, current: Fingerprints) {
        self.current.set(current);
    }

    /// The keyring has changed.
    pub fn hold(&self, roots: Vec<VersionedKey>) {
        self.roots.set(roots);
    }

    /// The keys of an epoch; none if the keyring lacks its key version.
    pub fn of_version(&self, epoch: i16, version: u16, normaliser_version: u16) -> Option<Fingerprints> {
        let roots = self.roots.get();
        let root = roots.iter().find(|root| root.version == version)?;
        Some(Fingerprints::new(epoch, root, normaliser_version))
    }
}

/// HKDF-SHA-256 from `root` to the key of one kind.
fn derive(root: &SecretKey, label: &[u8], normaliser_version: u16) -> hmac::Key {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"zhenshi fingerprint v1");
    let pseudo_random = salt.extract(root.expose());
    let info = [label, &normaliser_version.to_be_bytes()];
    match pseudo_random.expand(&info, hmac::HMAC_SHA256) {
        Ok(okm) => hmac::Key::from(okm),
        // HKDF fails only for outputs over 255 hashes; one hash is asked for.
        Err(_) => unreachable!("one hash is never too long for HKDF"),
    }
}

/// HMAC-SHA-256 of `parts`, each with its length before it: the digest of a request, under a key of its own.
pub fn keyed_digest(key: &SecretKey, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&key.hmac());
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.sign().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prints(byte: u8, normaliser_version: u16) -> Fingerprints {
        let root = VersionedKey { version: 1, key: SecretKey::new([byte; 32]) };
        Fingerprints::new(1, &root, normaliser_version)
    }

    #[test]
    fn equal_values_meet_only_within_kind_key_and_normaliser() {
        let base = prints(1, 1).of(Kind::Phone, "+8613900000001");
        assert_eq!(base, prints(1, 1).of(Kind::Phone, "+8613900000001"));
        assert_ne!(base, prints(1, 1).of(Kind::Phone, "+8613900000002"));
        assert_ne!(base, prints(1, 1).of(Kind::Account, "+8613900000001"));
        assert_ne!(base, prints(2, 1).of(Kind::Phone, "+8613900000001"));
        assert_ne!(base, prints(1, 2).of(Kind::Phone, "+8613900000001"));
    }

    #[test]
    fn every_kind_has_its_place() {
        for (index, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(kind.index(), index);
        }
    }
}
