//! Job: signed checkpoints of the audit chain leave the database, every minute or [`EVERY_ENTRIES`] entries.
//!
//! Before a new one the chain is compared with the last: a chain that was cut back, even one that has grown again since,
//! is told within a minute, and the checkpoint that proves it is left as it is.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::Next;
use crate::{
    app::checkpoint::{CheckpointFiles, SignedCheckpoint},
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    security::{audit_key::AuditKeys, live::Live},
    store::{Store, StoreError, audit_verify::Checkpoint},
    telemetry::metrics::METRICS,
    webhook::{Client, Endpoint, Message, backoff},
};

/// Pause between two looks at the chain's end.
pub const PAUSE: Duration = Duration::from_secs(1);
/// Entries after which a checkpoint is due before its time.
pub const EVERY_ENTRIES: i64 = 1_000;
/// Time after which a checkpoint is due if the chain has grown.
pub const EVERY: TimeDelta = TimeDelta::minutes(1);
/// Type of the event that carries a checkpoint.
pub const EVENT_TYPE: &str = "zhenshi.audit.checkpoint";

/// Who receives checkpoints over the network.
pub struct Receiver {
    /// Makes the requests.
    pub client: Client,
    /// Where they go.
    pub endpoint: Endpoint,
    /// `source` of the events.
    pub source: String,
}

/// The job of one process.
pub struct Checkpoints {
    /// The database.
    pub store: Store,
    /// Keys that sign.
    pub keys: Arc<Live<AuditKeys>>,
    /// Files.
    pub files: CheckpointFiles,
    /// Who is told, if anybody.
    pub receiver: Option<Receiver>,
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids and spreads repetitions.
    pub entropy: SharedEntropy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<Checkpoint>,
    last_time: Option<DateTime<Utc>>,
    broken: bool,
    unsent: Option<SignedCheckpoint>,
    failures: u32,
    send_after: Option<DateTime<Utc>>,
}

impl Checkpoints {
    /// A job that goes on from the newest checkpoint of `files`. One that cannot be read is no reason not to start: it is
    /// logged, and `zhenshi audit verify` will say it again.
    pub fn new(
        store: Store,
        keys: Arc<Live<AuditKeys>>,
        files: CheckpointFiles,
        receiver: Option<Receiver>,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Self {
        let last = files.read_newest(&keys.get()).unwrap_or_else(|error| {
            tracing::error!(error = %error, "the newest audit checkpoint cannot be used");
            None
        });
        let state = Mutex::new(State { last, ..State::default() });
        Self { store, keys, files, receiver, clock, entropy, state }
    }

    /// One pass: signs and writes a checkpoint if one is due, and sends what was not received.
    ///
    /// # Errors
    /// When the database cannot be reached. A checkpoint that cannot be written or sent is logged and tried again.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let end = self.store.chain_end().await?;
        let now = self.clock.now();
        let last = self.with(|state| state.last.clone());
        if let Some(last) = &last
            && !self.continues(last).await?
        {
            return Ok(Next::AfterPause);
        }
        let grown = end.position - last.as_ref().map_or(0, |last| last.position);
        let rested = self.with(|state| state.last_time.is_none_or(|time| now - time >= EVERY));
        if grown >= EVERY_ENTRIES || (grown > 0 && rested) {
            let ledger = self.store.ledger_mark().await?;
            match SignedCheckpoint::sign(&self.keys.get(), &end, &ledger, now) {
                Ok(checkpoint) => {
                    self.keep(&checkpoint, Checkpoint { position: end.position, mac: end.mac }, now);
                }
                Err(error) => tracing::error!(error = %error, "the audit checkpoint cannot be signed"),
            }
        }
        self.send(now).await;
        Ok(Next::AfterPause)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the chain still holds the last checkpoint's entry as it was.
    async fn continues(&self, last: &Checkpoint) -> Result<bool, StoreError> {
        let link = self.store.chain_link(last.position).await?;
        let continues = link.is_some_and(|link| link.mac == last.mac);
        METRICS.audit.chain_broken.set(i64::from(!continues));
        let was_broken = self.with(|state| std::mem::replace(&mut state.broken, !continues));
        if !continues && !was_broken {
            tracing::error!(
                position = last.position,
                "the audit chain is not the one of its last checkpoint: it was cut or replaced; \
                 run `zhenshi audit verify` and keep the checkpoints"
            );
        }
        Ok(continues)
    }

    fn keep(&self, signed: &SignedCheckpoint, checkpoint: Checkpoint, now: DateTime<Utc>) {
        if let Err(error) = self.files.write(signed) {
            tracing::warn!(error = %error, "the audit checkpoint cannot be written");
        }
        METRICS.audit.checkpoint_position.set(checkpoint.position);
        self.with(|state| {
            state.last = Some(checkpoint);
            state.last_time = Some(now);
            if self.receiver.is_some() {
                // A later checkpoint says all that an earlier one said.
                state.unsent = Some(signed.clone());
            }
        });
    }

    async fn send(&self, now: DateTime<Utc>) {
        let Some(receiver) = &self.receiver else { return };
        let due = self.with(|state| {
            let due = state.send_after.is_none_or(|after| now >= after);
            state.unsent.clone().filter(|_| due)
        });
        let Some(checkpoint) = due else { return };
        let Ok(id) = ids::mint(now, self.entropy.as_ref()) else { return };
        let body = Bytes::from(event(id, &receiver.source, &checkpoint));
        let message = Message { id, timestamp: now.timestamp(), body };
        let sent = receiver.client.send(&receiver.endpoint, &message).await;
        let result = if sent.is_ok() { "delivered" } else { "not_received" };
        METRICS.events.attempted(&receiver.endpoint.name, result);
        match sent {
            Ok(_) => self.with(|state| {
                state.failures = 0;
                state.send_after = None;
                if state.unsent.as_ref() == Some(&checkpoint) {
                    state.unsent = None;
                }
            }),
            Err(failure) => {
                let failures = self.with(|state| {
                    state.failures = state.failures.saturating_add(1);
                    state.failures
                });
                if failures == 1 {
                    tracing::warn!(error = %failure, "the audit checkpoint is not received and is sent again");
                }
                let wait = backoff::pause(failures, self.entropy.as_ref()).unwrap_or(PAUSE);
                let wait = TimeDelta::from_std(wait).unwrap_or(EVERY).min(EVERY);
                self.with(|state| state.send_after = now.checked_add_signed(wait));
            }
        }
    }
}

/// The checkpoint as `CloudEvents` 1.0, in the form of all our events (docs/events.md).
fn event(id: uuid::Uuid, source: &str, checkpoint: &SignedCheckpoint) -> Vec<u8> {
    let whole = json!({
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": EVENT_TYPE,
        "time": checkpoint.time,
        "datacontenttype": "application/json",
        "data": checkpoint,
    });
    // Maps of JSON values always serialise.
    serde_json::to_vec(&whole).unwrap_or_default()
}
