//! Step two, while the fingerprint key is rotated: an item's fingerprints in the epoch in force and in the next, made anew from
//! what is about to be sealed. At any other time there is nothing to do, and nothing is asked.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use uuid::Uuid;

use super::{Approval, ContactUse, Contacts, Fresh, Item, PartyEntry, Tools, gate::Gate};
use crate::store::{
    StoreError, Tx,
    epoch::{
        forms::{Translation, parts_of},
        subjects, translators,
    },
    payload::Payload,
};

/// An item's fingerprints in the epochs that are written.
pub(super) struct Anew {
    /// In the epoch in force.
    pub(super) in_force: Contacts,
    /// In the next.
    pub(super) next: Option<Contacts>,
    /// Of the sealed parties, in the newest epoch that is written.
    pub(super) subjects: BTreeMap<i16, Uuid>,
    /// Pairs of the same, in the epoch in force and the next.
    links: Vec<(Uuid, Uuid)>,
}

impl Anew {
    pub(super) fn newest(&self) -> &Contacts {
        self.next.as_ref().unwrap_or(&self.in_force)
    }
}

/// For each item what is written instead of its own fingerprints; none if those are the right ones.
pub(super) async fn make(
    tx: &mut Tx,
    tools: &Tools,
    gate: &Gate,
    items: &[Arc<Item>],
) -> Result<Vec<Option<Anew>>, StoreError> {
    let none = || items.iter().map(|_| None).collect();
    let Some(epoch) = gate.epoch else { return Ok(none()) };
    if gate.next_epoch.is_none() && items.iter().all(|item| item.contacts.epoch == epoch) {
        return Ok(none());
    }
    let known = translators(tx, &tools.prints).await?;
    let items = items.to_vec();
    let next_epoch = gate.next_epoch;
    let making = move || items.iter().map(|item| one(&known, epoch, next_epoch, item)).collect();
    tokio::task::spawn_blocking(making)
        .await
        .unwrap_or_else(|_| Err(StoreError::Unexpected("fingerprinting ended by a panic".into())))
}

fn one(
    known: &crate::store::epoch::Translators,
    epoch: i16,
    next_epoch: Option<i16>,
    item: &Item,
) -> Result<Option<Anew>, StoreError> {
    let own = item.contacts.epoch;
    // An epoch of another normaliser belongs to another release, which writes what it knows.
    let Some(from) = known.get(own)? else { return Ok(None) };
    let Some(to) = known.get(epoch)? else { return Ok(None) };
    let payloads = item
        .parts
        .iter()
        .map(|part| Ok((part.party_no, Payload::decode(&part.plaintext, &item.application_id)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let forms = parts_of(payloads);
    let again = forms.translation(from, to);
    let in_force = contacts(&again, &item.contacts, epoch)?;
    let mut subjects = subjects_of(&again, item)?;
    let mut links = Vec::new();
    let next = match next_epoch {
        None => None,
        Some(next) => {
            let Some(newest) = known.get(next)? else { return Err(StoreError::Unfit(lacks(next))) };
            let newer = forms.translation(from, newest);
            let before = std::mem::replace(&mut subjects, subjects_of(&newer, item)?);
            links.extend(before.iter().filter_map(|(no, print)| Some((*print, *subjects.get(no)?))));
            Some(contacts(&newer, &item.contacts, next)?)
        }
    };
    Ok(Some(Anew { in_force, next, subjects, links }))
}

fn lacks(epoch: i16) -> String {
    format!(
        "fingerprint epoch {epoch} is being written and is of a normaliser that this release does not know"
    )
}

fn subjects_of(again: &Translation, item: &Item) -> Result<BTreeMap<i16, Uuid>, StoreError> {
    let known = item.parts.iter().filter_map(|part| Some((part.party_no, part.subject_fingerprint?)));
    known.map(|(party_no, print)| Ok((party_no, again.of(print)?))).collect()
}

/// The same contacts in `epoch`.
fn contacts(again: &Translation, contacts: &Contacts, epoch: i16) -> Result<Contacts, StoreError> {
    if contacts.epoch == epoch {
        return Ok(contacts.clone());
    }
    let parties = contacts.parties.iter().map(|party| {
        Ok(PartyEntry {
            customer_fingerprint: again.of(party.customer_fingerprint)?,
            name_fingerprint: party.name_fingerprint.map(|name| again.of(name)).transpose()?,
            ..party.clone()
        })
    });
    let uses = contacts
        .uses
        .iter()
        .map(|used| Ok(ContactUse { fingerprint: again.of(used.fingerprint)?, ..used.clone() }));
    let approvals = contacts.approvals.iter().map(|approval| {
        Ok(Approval { account_key: again.of(approval.account_key)?, valid_until: approval.valid_until })
    });
    let mut made = Contacts {
        epoch,
        parties: parties.collect::<Result<_, StoreError>>()?,
        uses: uses.collect::<Result<_, StoreError>>()?,
        approvals: approvals.collect::<Result<_, StoreError>>()?,
    };
    made.uses.sort_unstable();
    Ok(made)
}

/// Notes which certificates of the batch are the same in both epochs.
pub(super) async fn link_subjects(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let mut links = HashMap::new();
    let mut epochs = None;
    for anew in fresh.iter().filter_map(|done| done.anew.as_ref()) {
        if let Some(next) = &anew.next {
            epochs = Some((anew.in_force.epoch, next.epoch));
            links.extend(anew.links.iter().copied());
        }
    }
    let Some((from, to)) = epochs else { return Ok(()) };
    subjects::link(tx, from, to, links.into_iter().collect()).await
}
