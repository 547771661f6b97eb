//! When to turn an application away: before its wait would be longer than its caller's patience, not only when there is
//! no room left. A queue that is full of work that nobody waits for any more makes every answer late and none useful.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, futures::OwnedNotified},
    time::Instant,
};

use super::{MAX_BATCH, MAX_IN_FLIGHT};

/// How much may wait, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Most applications that wait; one more is shed.
    pub most_waiting: usize,
    /// Longest that a newcomer may be expected to wait; beyond it newcomers are shed.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { most_waiting: 2_048, longest_wait: Duration::from_secs(1) }
    }
}

/// No batch is in flight.
const NONE: u64 = u64::MAX;

/// How long a newcomer would wait, for those who want to join.
///
/// It goes by the time of a batch, not by the age of what waits: revisions of one application wait for each other however
/// fast the database is.
#[derive(Clone)]
pub(super) struct Backlog {
    longest_wait: Duration,
    begun: Instant,
    /// How long the newest batch took, in milliseconds.
    last_took: Arc<AtomicU64>,
    /// When the oldest batch in flight left, in milliseconds since `begun`.
    oldest_left: Arc<AtomicU64>,
    /// How many were taken out of the queue and wait for a batch.
    planned: Arc<AtomicUsize>,
    /// Tells whoever waits for room that something has changed.
    moved: Arc<Notify>,
}

impl Backlog {
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            longest_wait: patience.longest_wait,
            begun: Instant::now(),
            last_took: Arc::default(),
            oldest_left: Arc::new(AtomicU64::new(NONE)),
            planned: Arc::default(),
            moved: Arc::default(),
        }
    }

    /// Whether a newcomer behind `queued` others is better told at once. With no more than a batch before it, it leaves with
    /// the next one, however long the one before took.
    pub(super) fn is_late(&self, queued: usize) -> bool {
        let waiting = queued + self.planned.load(Ordering::Relaxed);
        if waiting <= MAX_BATCH {
            return false;
        }
        let in_flight = match self.oldest_left.load(Ordering::Relaxed) {
            NONE => 0,
            left => milliseconds(self.begun.elapsed()).saturating_sub(left),
        };
        let batch = in_flight.max(self.last_took.load(Ordering::Relaxed));
        let turns = waiting.div_ceil(MAX_BATCH).div_ceil(MAX_IN_FLIGHT);
        batch.saturating_mul(turns as u64) > milliseconds(self.longest_wait)
    }

    /// A batch that left at `left` is done.
    pub(super) fn done(&self, left: Instant) {
        self.last_took.store(milliseconds(left.elapsed()), Ordering::Relaxed);
    }

    /// `planned` wait for a batch now, and the oldest in flight left at `oldest`.
    pub(super) fn set(&self, planned: usize, oldest: Option<Instant>) {
        let left = oldest.map_or(NONE, |left| milliseconds(left.saturating_duration_since(self.begun)));
        self.oldest_left.store(left, Ordering::Relaxed);
        self.planned.store(planned, Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// Until something changes after now.
    pub(super) fn moved(&self) -> OwnedNotified {
        self.moved.clone().notified_owned()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(NONE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn newcomers_are_late_behind_slow_batches_and_more_than_one() {
        let patience = Patience { most_waiting: 1_000, longest_wait: Duration::from_millis(100) };
        let backlog = Backlog::new(patience);
        assert!(!backlog.is_late(1_000), "nothing is slow");
        let left = Instant::now();
        backlog.set(MAX_BATCH, Some(left));
        tokio::time::sleep(Duration::from_millis(101)).await;
        assert!(backlog.is_late(1), "the batch in flight takes long");
        backlog.set(0, Some(left));
        assert!(!backlog.is_late(MAX_BATCH), "it leaves with the next batch");
        backlog.done(left);
        backlog.set(0, None);
        assert!(backlog.is_late(MAX_BATCH + 1), "the last one took long");
        backlog.done(Instant::now());
        assert!(!backlog.is_late(1_000), "the last one was quick");
    }
}
