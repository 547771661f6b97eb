//! Entries while the fingerprint key is rotated: their contacts in the epoch in force and in the next, made anew from what is about
//! to be sealed. At any other time there is nothing to do.

use super::{
    contacts::{Owner, OwnerPrints, PersonPrint},
    write::Batch,
};
use crate::store::{
    StoreError, Tx,
    epoch::{
        self,
        forms::{Translation, entry_of},
    },
    payload::Payload,
    record::{Key, Tools, gate::Gate},
};

/// The batch by the fingerprints in force, and beside them those of the next epoch while one is written.
pub(super) async fn in_force(
    tx: &mut Tx,
    tools: &Tools,
    gate: &Gate,
    mut batch: Batch,
) -> Result<Batch, StoreError> {
    let Some(epoch) = gate.epoch else { return Ok(batch) };
    if gate.next_epoch.is_none() && batch.epoch == epoch {
        return Ok(batch);
    }
    let known = epoch::translators(tx, &tools.prints).await?;
    let (Some(own), Some(present)) = (known.get(batch.epoch)?, known.get(epoch)?) else { return Ok(batch) };
    for new in &mut batch.entries {
        let (Some(kind), Some(plaintext)) = (new.entry.kind.owner(), &new.plaintext) else { continue };
        let forms = entry_of(Payload::decode(plaintext, &new.entry.code)?);
        let before = OwnerPrints {
            owner: Owner { kind, code: new.entry.code.clone() },
            contacts: std::mem::take(&mut new.contacts),
            person: new.person,
        };
        if let Some(next) = gate.next_epoch
            && let Some(prints) = known.get(next)?
        {
            new.next = Some(before.in_epoch(next, &forms.translation(own, prints))?);
        }
        let now = before.in_epoch(epoch, &forms.translation(own, present))?;
        (new.contacts, new.person) = (now.contacts, now.person);
    }
    batch.epoch = epoch;
    Ok(batch)
}

impl OwnerPrints {
    /// The same in another epoch.
    fn in_epoch(&self, epoch: i16, again: &Translation) -> Result<Self, StoreError> {
        let contacts = self.contacts.iter();
        let contacts = contacts.map(|key| Ok(Key { epoch, fingerprint: again.of(key.fingerprint)?, ..*key }));
        let person = self.person.map(|person| -> Result<_, StoreError> {
            Ok(PersonPrint {
                epoch,
                certificate: person.certificate.map(|print| again.of(print)).transpose()?,
                name: person.name.map(|print| again.of(print)).transpose()?,
            })
        });
        Ok(Self {
            owner: self.owner.clone(),
            contacts: contacts.collect::<Result<_, StoreError>>()?,
            person: person.transpose()?,
        })
    }
}
