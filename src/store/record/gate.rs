//! Steps one and two: the list gate, the time stamp, ids, and sealing.
//!
//! The gate is held shared from the first statement to COMMIT. What it guards is read by a second statement: a statement
//! sees the rows of its beginning, so one that waited for a closing list would still read the old `closed_until`, and its
//! rows would stand in no list.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Fresh, Item, Tools, anew::Anew, heads::Effect};
use crate::{
    clock::SharedClock,
    ids,
    security::sealing::Place,
    store::{
        StoreError, Tx,
        submission::{SealedRow, SubmissionRow},
    },
};

/// Advisory lock of the list gate: recorders hold it shared, closing a list takes it exclusively.
pub const LIST_GATE_LOCK: i64 = 7_305_808_869_232_536_429;

/// The gate as a batch found it.
pub(in crate::store) struct Gate {
    /// End of the newest closed list: contacts of this batch wait for a list after it.
    pub(in crate::store) closed_until: DateTime<Utc>,
    /// Time stamp of the whole batch.
    pub(in crate::store) recorded_time: DateTime<Utc>,
    /// Epoch of fingerprints in force; none before the first rotation, when every process writes the one that it knows.
    pub(in crate::store) epoch: Option<i16>,
    /// The epoch that is written beside it while a rotation is open.
    pub(in crate::store) next_epoch: Option<i16>,
}

/// Id and ciphertexts of an item.
pub(super) struct Stamp {
    pub(super) submission_id: Uuid,
    sealed: Vec<SealedRow>,
    anew: Option<Anew>,
}

impl Stamp {
    /// The item's submission before its head says which revision it is.
    pub(super) fn into_fresh(self, item: &Arc<Item>, recorded_time: DateTime<Utc>) -> Fresh<'_> {
        let submission = SubmissionRow {
            id: self.submission_id,
            application_id: item.application_id,
            revision: 1,
            source: item.key.source.clone(),
            kind: item.key.kind,
            application_no: item.key.application_no.clone(),
            source_revision: item.source_revision,
            superseded: false,
            channel: item.channel,
            branch_code: item.branch_code.clone(),
            seller_code: item.seller_code.clone(),
            agency_code: item.agency_code.clone(),
            policy_no: item.policy_no.clone(),
            original_application_no: item.original_application_no.clone(),
            product: item.product,
            caller: item.caller.to_string(),
            request_id: item.request_id,
            request_digest: item.digest.to_vec(),
            decision: item.decision.clone(),
            recorded_time,
        };
        Fresh { item, submission, sealed: self.sealed, effect: Effect::Nothing, anew: self.anew }
    }
}

/// Waits for a list that is being closed, then stamps the batch after it.
pub(in crate::store) async fn pass(tx: &mut Tx, clock: &SharedClock) -> Result<Gate, StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", LIST_GATE_LOCK).fetch_one(&mut *tx).await?;
    let row = sqlx::query!("SELECT closed_until, epoch, next_epoch FROM list_gate WHERE id = 1")
        .fetch_one(&mut *tx)
        .await?;
    Ok(Gate {
        closed_until: row.closed_until,
        recorded_time: clock.now().max(row.closed_until),
        epoch: row.epoch,
        next_epoch: row.next_epoch,
    })
}

/// Mints the ids and seals the parties, on the blocking pool: no row is locked yet.
pub(super) async fn stamp(
    tools: &Tools,
    gate: &Gate,
    items: &[Arc<Item>],
    anew: Vec<Option<Anew>>,
) -> Result<Vec<Stamp>, StoreError> {
    let (tools, items, recorded_time) = (tools.clone(), items.to_vec(), gate.recorded_time);
    let sealing = move || {
        let mut ids = items
            .iter()
            .map(|_| ids::mint(recorded_time, tools.entropy.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        // Rows that come in the order of their index fill its pages; in any other they split them in half.
        ids.sort_unstable();
        let items = items.iter().zip(ids).zip(anew);
        items.map(|((item, id), anew)| stamp_one(&tools, id, item, anew)).collect()
    };
    tokio::task::spawn_blocking(sealing)
        .await
        .unwrap_or_else(|_| Err(StoreError::Unexpected("sealing ended by a panic".into())))
}

fn stamp_one(
    tools: &Tools,
    submission_id: Uuid,
    item: &Item,
    anew: Option<Anew>,
) -> Result<Stamp, StoreError> {
    let seal = |part: &super::Part| {
        let place = Place { table: "sealed", row: submission_id, party_no: part.party_no };
        Ok(SealedRow {
            party_no: part.party_no,
            role: part.role,
            epoch: anew.as_ref().map_or(item.contacts.epoch, |anew| anew.newest().epoch),
            subject_fingerprint: anew
                .as_ref()
                .map_or(part.subject_fingerprint, |anew| anew.subjects.get(&part.party_no).copied()),
            sealed: tools.sealer.seal(place, &part.plaintext, tools.entropy.as_ref())?,
        })
    };
    let mut sealed = item.parts.iter().map(seal).collect::<Result<Vec<_>, StoreError>>()?;
    // The order in which they are read back and digested.
    sealed.sort_by_key(|part| part.party_no);
    Ok(Stamp { submission_id, sealed, anew })
}
