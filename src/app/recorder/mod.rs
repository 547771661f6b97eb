//! The recorder: takes judged applications from a bounded queue and commits all that is waiting as one transaction.
//!
//! Group commit without a timer: a batch leaves as soon as one of the [`MAX_IN_FLIGHT`] places is free, with whatever is
//! waiting then, so nobody waits when it is idle and batches grow by themselves under load. What goes into a batch is
//! decided by [`plan`]; what is done when a batch fails, by [`settle`]; whom to turn away, by [`backlog`].

mod backlog;
mod plan;
mod settle;

use std::sync::Arc;

use backlog::Backlog;
pub use backlog::Patience;
use plan::{Batch, Plan};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::Instant,
};
use tracing::{Instrument as _, Span};

use super::AppError;
use crate::{
    store::{
        Store,
        record::{Item, Outcome, Tools},
    },
    telemetry::metrics::METRICS,
};

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
    pub(super) arrived: Instant,
    /// Of the call, to be linked with the batch.
    span: Span,
}

impl Pending {
    fn new(item: Arc<Item>, reply: oneshot::Sender<Result<Outcome, AppError>>) -> Self {
        Self { item, reply, arrived: Instant::now(), span: Span::current() }
    }
}

/// An item on its way; what becomes of it stands whether or not anybody waits.
pub struct Waiting(oneshot::Receiver<Result<Outcome, AppError>>);

impl Waiting {
    /// The outcome, when it is durable.
    ///
    /// # Errors
    /// What became of the batch.
    pub async fn outcome(self) -> Result<Outcome, AppError> {
        self.0.await.unwrap_or(Err(AppError::ShuttingDown))
    }
}

/// What becomes of an application for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// Its caller is told so at once and comes again, or goes elsewhere.
    TurnAway,
    /// It waits: its stream is not read from meanwhile, which slows its sender.
    Wait,
}

/// The way in. Clones share one queue; when the last is dropped the recorder finishes what is waiting and ends.
#[derive(Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Pending>,
    backlog: Backlog,
}

impl Recorder {
    /// Starts the recorder; the task ends when every [`Recorder`] is dropped and all that was waiting is answered.
    pub fn start(store: Store, tools: Tools) -> (Self, tokio::task::JoinHandle<()>) {
        Self::start_with(store, tools, Patience::default())
    }

    /// The same with another patience.
    pub fn start_with(store: Store, tools: Tools, patience: Patience) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(patience.most_waiting);
        METRICS.recorder.queue_capacity.set(i64::try_from(patience.most_waiting).unwrap_or(i64::MAX));
        let backlog = Backlog::new(patience);
        let task = tokio::spawn(drive(store, tools, waiting, backlog.clone()));
        (Self { queue, backlog }, task)
    }

    /// Records `item`; the outcome is there when it is durable.
    ///
    /// # Errors
    /// [`AppError::QueueFull`] at once when too many are waiting, or it would wait too long; otherwise what became of its batch.
    pub async fn record(&self, item: Arc<Item>) -> Result<Outcome, AppError> {
        self.record_or(item, WhenFull::TurnAway).await
    }

    /// The same for whoever can wait, too.
    ///
    /// # Errors
    /// As [`Self::record`], but [`AppError::QueueFull`] only to whoever cannot wait.
    pub async fn record_or(&self, item: Arc<Item>, when_full: WhenFull) -> Result<Outcome, AppError> {
        loop {
            self.enter(when_full).await?;
            match self.enqueue(item.clone()) {
                // Others were quicker.
                Err(AppError::QueueFull) if when_full == WhenFull::Wait => {}
                queued => return Self::counted(queued)?.outcome().await,
            }
        }
    }

    /// The way in before anything is done for an application: whoever cannot wait is turned away at once, whoever can waits until
    /// there is room and half of the queue is left to the others.
    ///
    /// # Errors
    /// [`AppError::QueueFull`], only to whoever cannot wait.
    pub async fn enter(&self, when_full: WhenFull) -> Result<(), AppError> {
        if when_full == WhenFull::TurnAway {
            return self.admit();
        }
        loop {
            // Before looking: a batch that is done in between is not missed.
            let moved = self.backlog.moved();
            let free = self.queue.capacity();
            let queued = self.queue.max_capacity() - free;
            if (free > queued && !self.backlog.is_late(queued)) || self.queue.is_closed() {
                return Ok(());
            }
            tokio::select! {
                () = moved => {}
                () = self.queue.closed() => {}
            }
        }
    }

    /// Whether one more would be taken: asked before anything is done for it, because what is turned away must cost next to
    /// nothing.
    ///
    /// # Errors
    /// [`AppError::QueueFull`] when too many are waiting, or it would wait too long.
    pub fn admit(&self) -> Result<(), AppError> {
        let free = self.queue.capacity();
        if free == 0 || self.backlog.is_late(self.queue.max_capacity() - free) {
            METRICS.recorder.outcome("shed");
            return Err(AppError::QueueFull);
        }
        Ok(())
    }

    /// Queues `item` at once: items of one application are recorded in the order in which they were submitted.
    ///
    /// # Errors
    /// [`AppError::QueueFull`] when too many are waiting.
    pub fn submit(&self, item: Arc<Item>) -> Result<Waiting, AppError> {
        self.admit()?;
        Self::counted(self.enqueue(item))
    }

    fn counted(queued: Result<Waiting, AppError>) -> Result<Waiting, AppError> {
        queued.inspect_err(|error| {
            if matches!(error, AppError::QueueFull) {
                METRICS.recorder.outcome("shed");
            }
        })
    }

    fn enqueue(&self, item: Arc<Item>) -> Result<Waiting, AppError> {
        let (reply, outcome) = oneshot::channel();
        self.queue.try_send(Pending::new(item, reply)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => AppError::ShuttingDown,
        })?;
        METRICS.recorder.queue_depth.inc();
        Ok(Waiting(outcome))
    }
}

/// Counts a batch that leaves, and makes its span. The batch serves many calls, so it is a trace of its own; each call's
/// span links to it.
fn measure_batch(batch: &Batch) -> Span {
    let span = tracing::info_span!(parent: None, "record_batch", batch.size = batch.applications.len());
    for pending in batch.groups.iter().flat_map(plan::Group::all) {
        METRICS.recorder.queue_depth.dec();
        METRICS.recorder.queue_wait.observe(pending.arrived.elapsed().as_secs_f64());
        pending.span.follows_from(&span);
    }
    span
}

async fn drive(store: Store, tools: Tools, mut waiting: mpsc::Receiver<Pending>, backlog: Backlog) {
    let mut plan = Plan::default();
    let mut in_flight: JoinSet<Batch> = JoinSet::new();
    // When the batches in flight left, oldest first.
    let mut left: Vec<Instant> = Vec::with_capacity(MAX_IN_FLIGHT);
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
                    left.retain(|at| *at != batch.left);
                    backlog.done(batch.left);
                } else {
                    // A panic is a mistake of ours; the callers of the batch were told by their dropped replies.
                    tracing::error!("a batch ended by a panic");
                    plan.release_all();
                    left.clear();
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
            left.push(batch.left);
            let span = measure_batch(&batch);
            in_flight.spawn(settle::settle(store.clone(), tools.clone(), batch).instrument(span));
        }
        backlog.set(plan.waiting(), left.first().copied());
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
