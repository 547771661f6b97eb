//! The recorder: takes judged applications from a bounded queue and commits all that is waiting as one transaction.
//!
//! Group commit without a timer: a batch leaves as soon as one of the [`MAX_IN_FLIGHT`] places is free, with whatever is
//! waiting then, so nobody waits when it is idle and batches grow by themselves under load. What goes into a batch is
//! decided by [`plan`]; what is done when a batch fails, by [`settle`].

mod plan;
mod settle;

use std::sync::Arc;

use plan::{Batch, Plan};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::AppError;
use crate::store::{
    Store,
    record::{Item, Outcome, Tools},
};

/// Most applications that wait; one more is shed.
pub const QUEUE_CAPACITY: usize = 2_048;
/// Most applications of one transaction.
pub const MAX_BATCH: usize = 256;
/// Most transactions at a time: while one waits for its COMMIT the next one works.
pub const MAX_IN_FLIGHT: usize = 2;

/// Turns of the runtime in which callers that were just answered may come back before the next batch leaves.
const MAX_GATHERING_TURNS: u32 = 32;

/// An item and who waits for its outcome.
pub(super) struct Pending {
    pub(super) item: Arc<Item>,
    pub(super) reply: oneshot::Sender<Result<Outcome, AppError>>,
}

/// The way in. Clones share one queue; when the last is dropped the recorder finishes what is waiting and ends.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Pending>,
}

impl Recorder {
    /// Starts the recorder; the task ends when every [`Recorder`] is dropped and all that was waiting is answered.
    pub fn start(store: Store, tools: Tools) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(QUEUE_CAPACITY);
        let task = tokio::spawn(drive(store, tools, waiting));
        (Self { queue }, task)
    }

    /// Records `item`; the outcome is there when it is durable.
    ///
    /// # Errors
    /// [`AppError::QueueFull`] at once when too many are waiting; otherwise what became of its batch.
    pub async fn record(&self, item: Arc<Item>) -> Result<Outcome, AppError> {
        let (reply, outcome) = oneshot::channel();
        self.queue.try_send(Pending { item, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => AppError::ShuttingDown,
        })?;
        outcome.await.unwrap_or(Err(AppError::ShuttingDown))
    }
}

async fn drive(store: Store, tools: Tools, mut waiting: mpsc::Receiver<Pending>) {
    let mut plan = Plan::default();
    let mut in_flight: JoinSet<Batch> = JoinSet::new();
    let mut open = true;
    while open || !plan.is_empty() || !in_flight.is_empty() {
        let mut arrived = Vec::new();
        let mut answered = 0;
        tokio::select! {
            // A batch that is done frees its applications before more are taken in.
            biased;
            Some(done) = in_flight.join_next(), if !in_flight.is_empty() => {
                if let Ok(batch) = done {
                    answered = batch.applications.len();
                    plan.release(&batch);
                } else {
                    // A panic is a mistake of ours; the callers of the batch were told by their dropped replies.
                    tracing::error!("a batch ended by a panic");
                    plan.release_all();
                }
            }
            count = waiting.recv_many(&mut arrived, MAX_BATCH), if open && plan.has_room() => {
                open = count > 0;
                plan.add(arrived);
            }
        }
        gather(&mut plan, &mut waiting, answered).await;
        while in_flight.len() < MAX_IN_FLIGHT && plan.is_worth_a_batch() {
            let Some(batch) = plan.next_batch() else { break };
            in_flight.spawn(settle::settle(store.clone(), tools.clone(), batch));
        }
    }
}

/// Takes along what came in the meantime: a batch is all that is waiting.
///
/// After a batch its callers come back almost at once, one after the other. The first of them alone would make a batch of
/// one and let all others wait for its flush, so they are given some turns of the runtime to come back. No clock is asked:
/// where nobody is about to come, the turns are over in microseconds.
async fn gather(plan: &mut Plan, waiting: &mut mpsc::Receiver<Pending>, answered: usize) {
    for _ in 0..MAX_GATHERING_TURNS {
        while plan.has_room()
            && let Ok(pending) = waiting.try_recv()
        {
            plan.add([pending]);
        }
        if 2 * plan.waiting() >= answered {
            return;
        }
        tokio::task::yield_now().await;
    }
}
