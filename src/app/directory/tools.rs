//! What changing and showing the directory needs: a running service has it, and a command without one makes it.

use std::sync::Arc;

use crate::{
    app::{App, AppError},
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    security::{
        fingerprint::{Fingerprints, Prints, keyed_digest},
        keyring::{Keyring, SecretKey},
        policy::Action,
        sealing::{SealError, Sealer},
    },
    store::{Store, StoreError, directory::EntryKind, record},
};

/// The keys, the store, time and luck.
#[derive(Clone)]
pub struct DirectoryTools {
    /// The database.
    pub store: Store,
    /// Fingerprint keys of the epoch in force when the work began.
    pub fingerprints: Arc<Fingerprints>,
    /// What fingerprints are made of while their key is rotated.
    pub prints: Arc<Prints>,
    /// Seals and opens.
    pub sealer: Arc<Sealer>,
    /// Key of digests of contents and requests.
    pub digest_key: SecretKey,
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids and nonces.
    pub entropy: SharedEntropy,
}

impl DirectoryTools {
    /// Those of a running service.
    pub fn of(app: &App) -> Self {
        Self {
            store: app.store.clone(),
            fingerprints: app.fingerprints.get(),
            prints: app.fingerprints.clone(),
            sealer: app.sealer.clone(),
            digest_key: app.digest_key.clone(),
            clock: app.clock.clone(),
            entropy: app.entropy.clone(),
        }
    }

    /// Those of a command that works on the database itself.
    ///
    /// # Errors
    /// When a key cannot be used.
    pub fn new(
        store: Store,
        fingerprints: Fingerprints,
        keyring: &Keyring,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<Self, SealError> {
        let sealer = Arc::new(Sealer::new(keyring)?);
        let prints = Arc::new(Prints::new(fingerprints, keyring.fingerprint.clone()));
        Ok(Self {
            store,
            fingerprints: prints.get(),
            prints,
            sealer,
            digest_key: keyring.digest.clone(),
            clock,
            entropy,
        })
    }

    /// What recording needs.
    pub(super) fn record(&self) -> record::Tools {
        record::Tools {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            sealer: self.sealer.clone(),
            prints: self.prints.clone(),
        }
    }

    /// HMAC of what a caller sent, without its request id.
    pub fn request_digest(&self, encoded: &[u8]) -> [u8; 32] {
        keyed_digest(&self.digest_key, &[b"directory request v1", encoded])
    }

    pub(super) fn content_digest(&self, content: &[u8]) -> [u8; 32] {
        keyed_digest(&self.digest_key, &[b"directory content v1", content])
    }

    /// Maps a store error, minting the incident's id.
    pub(super) fn failed(&self, error: &StoreError) -> AppError {
        if error.is_passing() {
            tracing::warn!(error = %error, "the store is not available");
        }
        let incident_id = ids::mint(self.clock.now(), self.entropy.as_ref()).unwrap_or_default();
        AppError::from_store(error, incident_id)
    }
}

/// What is done with entries of a kind: together they are an action of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// One entry, with its personal data.
    Get,
    /// A page of entries without.
    List,
    /// One entry is written.
    Upsert,
}

impl Verb {
    /// The action.
    pub const fn of(self, kind: EntryKind) -> Action {
        match (self, kind) {
            (Self::Get, EntryKind::Channel) => Action::GetChannelUnit,
            (Self::Get, EntryKind::Branch) => Action::GetBranch,
            (Self::Get, EntryKind::Agency) => Action::GetAgency,
            (Self::Get, EntryKind::Seller) => Action::GetSeller,
            (Self::Get, EntryKind::Staff) => Action::GetStaffMember,
            (Self::List, EntryKind::Channel) => Action::ListChannelUnits,
            (Self::List, EntryKind::Branch) => Action::ListBranches,
            (Self::List, EntryKind::Agency) => Action::ListAgencies,
            (Self::List, EntryKind::Seller) => Action::ListSellers,
            (Self::List, EntryKind::Staff) => Action::ListStaffMembers,
            (Self::Upsert, EntryKind::Channel) => Action::UpsertChannelUnit,
            (Self::Upsert, EntryKind::Branch) => Action::UpsertBranch,
            (Self::Upsert, EntryKind::Agency) => Action::UpsertAgency,
            (Self::Upsert, EntryKind::Seller) => Action::UpsertSeller,
            (Self::Upsert, EntryKind::Staff) => Action::UpsertStaffMember,
        }
    }
}
