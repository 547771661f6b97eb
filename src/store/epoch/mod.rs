//! Rotation of fingerprint keys: epoch e+1 beside e, until everything is found by it (docs/adr/0018-two-epochs-side-by-side.md).
//!
//! From the moment a rotation is opened (`open`) every writer writes both epochs: they read them in the row of the list gate, which
//! they hold anyway. What was recorded before is made anew from what is sealed (`backfill`, `directory`, `values`), compared
//! (`compare`), and one statement under the gate makes e+1 the epoch in force (`switch`); then e is dropped (`drop`). Each batch is a
//! transaction of its own that keeps its place, so that a killed run goes on there. To add a table with fingerprints: its
//! writers write [`gate.next_epoch`](super::record) too, and it gets its statement in `backfill`, `compare` and `drop`.

mod backfill;
mod compare;
mod directory;
mod drop;
pub(super) mod forms;
mod open;
mod progress;
pub(super) mod subjects;
mod switch;
mod values;

use std::{collections::HashMap, sync::Arc};

use zhenshi_domain::NORMALISER_VERSION;

pub use self::{backfill::Tools, compare::Comparison, progress::EpochRotation, switch::Switched};
use super::{StoreError, Tx, keys::as_number};
use crate::security::fingerprint::{Fingerprints, Prints};

/// Advisory lock of rotations: a batch holds it exclusively, who destroys a person's fingerprints shared, so that none comes back.
const EPOCH_LOCK: i64 = 7_305_808_869_232_536_432;

/// Waits until no batch of a rotation is on its way, and holds them up until the transaction ends. First of all locks.
pub(super) async fn hold_off(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", EPOCH_LOCK).fetch_one(&mut *tx).await?;
    Ok(())
}

async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", EPOCH_LOCK).fetch_one(&mut *tx).await?;
    Ok(())
}

/// The fingerprint keys of every epoch of this release's normaliser, of which this process holds the key version.
pub(super) struct Translators(HashMap<i16, Known>);

enum Known {
    Keys(Arc<Fingerprints>),
    OtherNormaliser,
    NotHeld,
}

impl Translators {
    /// The keys of `epoch`; none if it is of another normaliser.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] if this process does not hold its key version, or nobody knows the epoch.
    pub(super) fn get(&self, epoch: i16) -> Result<Option<&Fingerprints>, StoreError> {
        match self.0.get(&epoch) {
            Some(Known::Keys(prints)) => Ok(Some(prints)),
            Some(Known::OtherNormaliser) => Ok(None),
            Some(Known::NotHeld) | None => Err(StoreError::Unfit(format!(
                "fingerprint epoch {epoch} is being written, and this process does not hold its key: give it the \
                 keyring of the others"
            ))),
        }
    }
}

/// The keys of every epoch that this process may have to write.
pub(super) async fn translators(tx: &mut Tx, prints: &Prints) -> Result<Translators, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT epoch AS "epoch!", key_version AS "key_version!", normaliser_version AS "normaliser!"
           FROM fingerprint_epoch
           UNION ALL
           SELECT from_epoch, from_key_version, $1 FROM epoch_rotation WHERE finished_time IS NOT NULL"#,
        as_number(NORMALISER_VERSION),
    )
    .fetch_all(tx)
    .await?;
    let known = rows.into_iter().map(|row| {
        let version = u16::try_from(row.key_version).unwrap_or(0);
        let known = if row.normaliser == as_number(NORMALISER_VERSION) {
            prints
                .of_version(row.epoch, version, NORMALISER_VERSION)
                .map_or(Known::NotHeld, |keys| Known::Keys(keys.into()))
        } else {
            Known::OtherNormaliser
        };
        (row.epoch, known)
    });
    let mut known: HashMap<i16, Known> = known.collect();
    // What this process works with it has, whatever its keyring has become.
    let current = prints.get();
    known.insert(current.epoch(), Known::Keys(current));
    Ok(Translators(known))
}
