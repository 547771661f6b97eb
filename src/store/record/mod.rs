//! Recording a batch of judged applications in one transaction.
//!
//! The order of the steps is the order of the locks, the same in every replica: the list gate (shared), request keys,
//! heads, customer keys, contacts; each sorted. One file a step; the whole is [`Store::record`].

mod anew;
mod contacts;
mod customers;
pub(in crate::store) mod gate;
mod heads;
mod item;
pub(in crate::store) mod keys;
mod request_keys;
mod rows;

use std::sync::Arc;

pub use gate::LIST_GATE_LOCK;
pub use item::{Answer, Approval, ContactUse, Contacts, Item, Outcome, Part, PartyEntry};
pub use keys::Key;
use uuid::Uuid;

use self::anew::Anew;
use super::{
    Scope, Store, StoreError, Tx,
    audit::{self, Entry, Event},
    submission::{SealedRow, SubmissionRow},
};
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    security::{fingerprint::Prints, sealing::Sealer},
};

/// Kind of the outbox event that a batch leaves.
pub const EVENT_RECORDED: &str = "submission.recorded";
/// Action of the audit entry that a batch leaves.
pub const ACTION_RECORD: &str = "RECORD_SUBMISSIONS";
/// Actor of what the service does by itself.
pub const ACTOR_RECORDER: &str = "recorder";

/// What recording needs besides the database.
#[derive(Clone)]
pub struct Tools {
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids, keys and nonces.
    pub entropy: SharedEntropy,
    /// Seals the parties.
    pub sealer: Arc<Sealer>,
    /// Makes fingerprints anew while their key is rotated.
    pub prints: Arc<Prints>,
}

impl Store {
    /// Records `items` in one transaction and says what became of each, in their order.
    ///
    /// The caller sees to it that no two items share an application or a request key.
    ///
    /// # Errors
    /// When the transaction fails: then nothing was recorded, except with [`StoreError::CommitUnknown`], after which the
    /// same call says what stands.
    pub async fn record(&self, tools: Tools, items: Vec<Arc<Item>>) -> Result<Vec<Outcome>, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { record(tx, &tools, &items).await }))
            .await
    }
}

/// An item that is the first with its request key, on its way through the steps.
struct Fresh<'a> {
    item: &'a Item,
    submission: SubmissionRow,
    sealed: Vec<SealedRow>,
    effect: heads::Effect,
    anew: Option<Anew>,
}

impl Fresh<'_> {
    /// What the list will need, by the fingerprints in force.
    fn contacts(&self) -> &Contacts {
        self.anew.as_ref().map_or(&self.item.contacts, |anew| &anew.in_force)
    }

    /// The same for every epoch that is written: two while a rotation is open.
    fn every_contacts(&self) -> impl Iterator<Item = &Contacts> {
        std::iter::once(self.contacts()).chain(self.anew.as_ref().and_then(|anew| anew.next.as_ref()))
    }
}

async fn record(tx: &mut Tx, tools: &Tools, items: &[Arc<Item>]) -> Result<Vec<Outcome>, StoreError> {
    let gate = gate::pass(tx, &tools.clock).await?;
    let anew = anew::make(tx, tools, &gate, items).await?;
    let stamps = gate::stamp(tools, &gate, items, anew).await?;

    let mut outcomes: Vec<Option<Outcome>> = request_keys::claim(tx, items, &stamps).await?;
    let mut fresh: Vec<Fresh<'_>> = Vec::with_capacity(items.len());
    let mut places = Vec::with_capacity(items.len());
    for (place, stamp) in stamps.into_iter().enumerate() {
        if outcomes[place].is_none() {
            fresh.push(stamp.into_fresh(&items[place], gate.recorded_time));
            places.push(place);
        }
    }

    if !fresh.is_empty() {
        heads::advance(tx, &mut fresh).await?;
        let customers = customers::resolve(tx, tools, gate.recorded_time, &fresh).await?;
        contacts::write(tx, &gate, &fresh, &customers).await?;
        rows::write(tx, &gate, &fresh, &customers).await?;
        anew::link_subjects(tx, &fresh).await?;
        leave_traces(tx, tools, &gate, &fresh).await?;
    }

    for (place, done) in places.into_iter().zip(fresh) {
        outcomes[place] = Some(Outcome::Recorded(Answer::from(done.submission)));
    }
    // Every place is filled: either by its request key or by the loop above.
    Ok(outcomes.into_iter().flatten().collect())
}

/// One audit entry for the batch and one event, both without position: the relay gives it.
async fn leave_traces(
    tx: &mut Tx,
    tools: &Tools,
    gate: &gate::Gate,
    fresh: &[Fresh<'_>],
) -> Result<(), StoreError> {
    let mut order: Vec<&Fresh<'_>> = fresh.iter().collect();
    order.sort_by_key(|done| done.submission.id);
    let subject_ids: Vec<Uuid> = order.iter().map(|done| done.submission.id).collect();
    let entry = Entry {
        id: ids::mint(gate.recorded_time, tools.entropy.as_ref())?,
        recorded_time: gate.recorded_time,
        actor: ACTOR_RECORDER.into(),
        action: ACTION_RECORD.into(),
        subject_kind: "submission".into(),
        subject_ids: subject_ids.clone(),
        reason: String::new(),
        digest: batch_digest(order.iter().map(|done| done.submission.digest(&done.sealed))),
    };
    audit::append(tx, &entry).await?;
    let event = Event {
        id: ids::mint(gate.recorded_time, tools.entropy.as_ref())?,
        recorded_time: gate.recorded_time,
        kind: EVENT_RECORDED,
        subject_ids,
    };
    audit::publish(tx, &event).await
}

/// The digest of a batch: SHA-256 over the digests of its submissions in the order of their ids.
pub(in crate::store) fn batch_digest(digests: impl Iterator<Item = [u8; 32]>) -> Vec<u8> {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for digest in digests {
        context.update(&digest);
    }
    context.finish().as_ref().to_vec()
}
