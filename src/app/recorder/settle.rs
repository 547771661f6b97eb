//! Seeing a batch through: retried when another transaction or a lost connection was in the way, split when the database
//! refuses a row, until every caller has an answer that is true.
//!
//! After a connection was lost at COMMIT nobody knows whether the batch stands. It is simply recorded again: its request
//! keys are there if it does, and then the answers come from the record.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{
    AppError,
    plan::{Batch, Group},
};
use crate::{
    ids,
    store::{
        Store, StoreError,
        record::{Item, Outcome, Tools},
    },
    telemetry::metrics::METRICS,
};

/// Times that a batch is tried again after a deadlock or another conflict, each time at once.
const MAX_CONFLICTS: u32 = 10;
/// How long a batch is tried again while the database does not answer. One try waits for a connection at most
/// [`ACQUIRE_TIMEOUT`](crate::store::pool::ACQUIRE_TIMEOUT), so a database that is away is told of within two seconds.
const PATIENCE: Duration = Duration::from_millis(600);
/// How long it is tried again when it is not known whether it stands.
const PATIENCE_AFTER_COMMIT: Duration = Duration::from_secs(5);
/// Pause before trying again after a lost connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Records the batch and answers everybody; returns it so that its applications can be freed.
pub(super) async fn settle(store: Store, tools: Tools, mut batch: Batch) -> Batch {
    // Parts still to be recorded; a refused part is split in two and both go back here.
    let mut parts: Vec<Vec<Group>> = vec![std::mem::take(&mut batch.groups)];
    while let Some(mut part) = parts.pop() {
        let items: Vec<Arc<Item>> = part.iter().map(|group| group.leader.item.clone()).collect();
        match record(&store, &tools, items).await {
            Ok(outcomes) => {
                for (group, outcome) in part.into_iter().zip(outcomes) {
                    answer(group, outcome);
                }
            }
            Err(error) if part.len() > 1 && !error.is_passing() => {
                let rest = part.split_off(part.len() / 2);
                parts.push(rest);
                parts.push(part);
            }
            Err(error) => {
                if error.is_passing() {
                    // One line a batch: every caller of it hears the same.
                    tracing::warn!(error = %error, batch.size = part.len(), "a batch was not recorded");
                }
                for group in part {
                    refuse(&tools, group, &error);
                }
            }
        }
    }
    batch
}

async fn record(store: &Store, tools: &Tools, items: Vec<Arc<Item>>) -> Result<Vec<Outcome>, StoreError> {
    let begun = Instant::now();
    let mut conflicts = 0;
    let mut patience = PATIENCE;
    METRICS.recorder.batch_size.observe(items.iter().map(|_| 1.0).sum());
    let _timing = Timing(begun);
    loop {
        let error = match store.record(tools.clone(), items.clone()).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(error) => error,
        };
        match &error {
            StoreError::Conflict(_) if conflicts < MAX_CONFLICTS => conflicts += 1,
            StoreError::CommitUnknown | StoreError::Unavailable(_) => {
                if matches!(error, StoreError::CommitUnknown) {
                    patience = PATIENCE_AFTER_COMMIT;
                }
                if begun.elapsed() > patience {
                    return Err(error);
                }
                sleep(PAUSE).await;
            }
            _ => return Err(error),
        }
    }
}

/// Measures how long a batch took, however it ends.
struct Timing(Instant);

impl Drop for Timing {
    fn drop(&mut self) {
        METRICS.recorder.batch_duration.observe(self.0.elapsed().as_secs_f64());
    }
}

fn answer(group: Group, outcome: Outcome) {
    METRICS.recorder.outcome(word(&outcome));
    for follower in group.followers {
        let same = match &outcome {
            Outcome::Recorded(answer) | Outcome::Replayed(answer) => Outcome::Replayed(answer.clone()),
            Outcome::Reused => Outcome::Reused,
        };
        METRICS.recorder.outcome(word(&same));
        // A caller that has gone away loses its answer; the record stands, and a repeat finds it.
        let _ = follower.reply.send(Ok(same));
    }
    let _ = group.leader.reply.send(Ok(outcome));
}

/// The outcome as a label.
const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Recorded(_) => "recorded",
        Outcome::Replayed(_) => "replayed",
        Outcome::Reused => "reused",
    }
}

fn refuse(tools: &Tools, group: Group, error: &StoreError) {
    for pending in group.followers.into_iter().chain([group.leader]) {
        METRICS.recorder.outcome("failed");
        let incident_id = ids::mint(tools.clock.now(), tools.entropy.as_ref()).unwrap_or(Uuid::nil());
        let _ = pending.reply.send(Err(AppError::from_store(error, incident_id)));
    }
}
