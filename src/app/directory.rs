//! The directory in memory: sellers and agencies by code, contacts by fingerprint; current within seconds.
//!
//! A worker polls the version that changes with every change ([`Directory::refresh`]) and reads only the entries that are
//! newer than what is there. Memory is bounded by the directory: an entry with two contacts costs about 400 bytes, a
//! million of them about 0.4 GB. An entry of another epoch of fingerprints keeps its code and qualification; its contacts
//! match nothing until it is written again.
//!
//! What is asked of it for one application stands in [`facts`]; how it is changed in [`upsert`] and [`import`].

pub mod entry;
pub mod facts;
pub mod get;
pub mod import;
mod references;
pub mod tools;
pub mod upsert;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use chrono::NaiveDate;
use tokio::sync::Mutex;
use uuid::Uuid;
use zhenshi_domain::directory::{ContactOwner, Standing};

use super::NO_DIRECTORY;
pub use crate::store::directory::{
    Duty, Entry, EntryKind, Leave,
    contacts::{OwnerKind, PersonPrint},
    entry::EntryRow,
    read::{Changes, Known},
    write::Counts,
};
use crate::store::{Store, StoreError, record::Key};

/// So many changed entries are taken in where the snapshot stands, while verdicts wait: under a millisecond. For more the
/// snapshot is built beside it, at the cost of holding two for a moment.
const AT_ONCE: usize = 500;

/// How often the version is polled; a change holds within this and one reading.
pub const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// The directory of one process. Clones share it.
#[derive(Clone)]
pub struct Directory {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    /// Replaced as a whole by what changes much of it, changed in place by what changes little.
    snapshot: RwLock<Snapshot>,
    /// One reading at a time.
    reading: Mutex<()>,
}

impl Directory {
    /// An empty directory over `store`; the first refresh fills it.
    pub fn new(store: Store) -> Self {
        let shared = Shared { store, snapshot: RwLock::default(), reading: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// What is known now. Held only while one application is looked up: a refresh waits for it.
    pub fn snapshot(&self) -> RwLockReadGuard<'_, Snapshot> {
        self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what has changed, if the version has.
    ///
    /// # Errors
    /// When the database cannot be reached; the snapshot stays as it is.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let _one = self.shared.reading.lock().await;
        let since = self.snapshot().version;
        if self.shared.store.directory_version().await? == since {
            return Ok(());
        }
        let changes = self.shared.store.directory_changes(since).await?;
        if changes.owners.len() <= AT_ONCE {
            self.write().take_in(changes);
            return Ok(());
        }
        // Judging goes on with what was known: the new one takes its place at once, and freeing the old one is nobody's wait.
        let directory = self.clone();
        let building = move || {
            let next = directory.snapshot().with(changes);
            let before = std::mem::replace(&mut *directory.write(), next);
            drop(before);
        };
        tokio::task::spawn_blocking(building)
            .await
            .map_err(|_| StoreError::Unexpected("taking in the directory ended by a panic".into()))
    }

    fn write(&self) -> RwLockWriteGuard<'_, Snapshot> {
        self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sellers, agencies and staff as of one version of the directory.
#[derive(Clone, Default)]
pub struct Snapshot {
    version: i64,
    sellers: HashMap<Box<str>, usize>,
    agencies: HashMap<Box<str>, usize>,
    staff: HashMap<Box<str>, usize>,
    entries: Vec<Held>,
    /// Whose a contact is, by clue and fingerprint.
    holders: HashMap<Key, Holders>,
}

/// An entry as it is held.
#[derive(Clone)]
struct Held {
    kind: OwnerKind,
    active: bool,
    qualified_from: Option<NaiveDate>,
    qualified_until: Option<NaiveDate>,
    /// One for each epoch of fingerprints that is written.
    persons: Box<[PersonPrint]>,
    contacts: Box<[Key]>,
}

/// Nearly every contact is of one owner, but an office may be the address of thousands.
#[derive(Clone)]
enum Holders {
    One(usize),
    Many(HashSet<usize>),
}

/// A customer, to be told from the owner of a contact.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// Fingerprint of the canonical certificate; none if he is known by a weak key only.
    pub certificate: Option<Uuid>,
    /// Fingerprint of the name.
    pub name: Option<Uuid>,
}

impl Snapshot {
    /// Whether there is anything in it.
    pub fn is_loaded(&self) -> bool {
        !self.entries.is_empty()
    }

    /// How verdicts name it.
    pub fn version_name(&self) -> String {
        if self.is_loaded() { self.version.to_string() } else { NO_DIRECTORY.to_owned() }
    }

    /// How the seller `code` stands on a day; none while no sellers are loaded.
    pub fn seller(&self, code: &str, on: NaiveDate) -> Option<Standing> {
        self.standing(&self.sellers, code, on)
    }

    /// How the agency `code` stands on a day; none while no agencies are loaded.
    pub fn agency(&self, code: &str, on: NaiveDate) -> Option<Standing> {
        self.standing(&self.agencies, code, on)
    }

    fn standing(&self, codes: &HashMap<Box<str>, usize>, code: &str, on: NaiveDate) -> Option<Standing> {
        if codes.is_empty() {
            return None;
        }
        let held = codes.get(code).and_then(|place| self.entries.get(*place));
        Some(held.map_or(Standing::Unknown, |held| {
            Standing::on(on, held.active, held.qualified_from, held.qualified_until)
        }))
    }

    /// Whether contact `key` is anybody's.
    pub fn holds(&self, key: &Key) -> bool {
        self.holders.contains_key(key)
    }

    /// Whose contact `key` is, among those who are none of `customers`; a seller before an agency before staff.
    pub fn owner_other_than(&self, key: Key, customers: &[Customer]) -> Option<ContactOwner> {
        let other = |place: &usize| -> Option<ContactOwner> {
            let held = self.entries.get(*place)?;
            let is_one = customers.iter().any(|customer| is_same(&held.persons, key.epoch, *customer));
            (!is_one).then_some(match held.kind {
                OwnerKind::Seller => ContactOwner::Seller,
                OwnerKind::Agency => ContactOwner::Agency,
                OwnerKind::Staff => ContactOwner::Staff,
            })
        };
        match self.holders.get(&key)? {
            Holders::One(place) => other(place),
            Holders::Many(places) => places.iter().filter_map(other).min(),
        }
    }

    /// Another one that knows what has changed too. Reading goes on in this one.
    fn with(&self, changes: Changes) -> Self {
        let mut next = self.clone();
        next.take_in(changes);
        next
    }

    /// Takes in what has changed.
    fn take_in(&mut self, changes: Changes) {
        for owner in changes.owners {
            self.put(owner);
        }
        self.version = changes.version;
    }

    /// Takes in an entry, in the place of what was known of it.
    fn put(&mut self, known: Known) {
        let Known { kind, code, active, qualified_from, qualified_until, persons, mut contacts } = known;
        contacts.sort_unstable();
        contacts.dedup();
        let contacts = contacts.into_boxed_slice();
        let codes = match kind {
            OwnerKind::Seller => &mut self.sellers,
            OwnerKind::Agency => &mut self.agencies,
            OwnerKind::Staff => &mut self.staff,
        };
        let place = *codes.entry(code.into_boxed_str()).or_insert(self.entries.len());
        let before = self.entries.get(place).map(|held| held.contacts.clone()).unwrap_or_default();
        for key in before.iter().filter(|key| contacts.binary_search(key).is_err()) {
            self.release(*key, place);
        }
        for key in contacts.iter().filter(|key| before.binary_search(key).is_err()) {
            self.hold(*key, place);
        }
        let persons = persons.into_boxed_slice();
        let held = Held { kind, active, qualified_from, qualified_until, persons, contacts };
        match self.entries.get_mut(place) {
            Some(entry) => *entry = held,
            None => self.entries.push(held),
        }
    }

    fn hold(&mut self, key: Key, place: usize) {
        use std::collections::hash_map::Entry;
        match self.holders.entry(key) {
            Entry::Vacant(free) => {
                free.insert(Holders::One(place));
            }
            Entry::Occupied(mut taken) => match taken.get_mut() {
                Holders::One(first) => {
                    let both = HashSet::from([*first, place]);
                    taken.insert(Holders::Many(both));
                }
                Holders::Many(places) => {
                    places.insert(place);
                }
            },
        }
    }

    fn release(&mut self, key: Key, place: usize) {
        let empty = match self.holders.get_mut(&key) {
            None => false,
            Some(Holders::One(_)) => true,
            Some(Holders::Many(places)) => {
                places.remove(&place);
                places.is_empty()
            }
        };
        if empty {
            self.holders.remove(&key);
        }
    }
}

/// Whether a customer is the person of an entry: by the certificate where both have one, else by the name.
fn is_same(persons: &[PersonPrint], epoch: i16, customer: Customer) -> bool {
    let Some(person) = persons.iter().find(|person| person.epoch == epoch) else { return false };
    match (person.certificate, customer.certificate) {
        (Some(own), Some(other)) => own == other,
        _ => person.name.is_some() && person.name == customer.name,
    }
}

#[cfg(test)]
mod tests;
