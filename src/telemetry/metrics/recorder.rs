//! The group commit: how much waits, how large its transactions are, what became of each application.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{STEP_SECONDS, add, histogram};

/// Applications of a batch, up to the recorder's largest.
const BATCH_ITEMS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

// === recorder ========================================================================================================

/// What became of an application that was to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OutcomeLabels {
    /// `recorded`, `replayed`, `reused`, `failed` or `shed`.
    pub outcome: &'static str,
}

/// Every outcome.
const OUTCOMES: [&str; 5] = ["recorded", "replayed", "reused", "failed", "shed"];

/// The group commit.
#[derive(Debug)]
pub struct Recorder {
    /// What became of applications.
    pub outcomes: Family<OutcomeLabels, Counter>,
    /// Applications of a transaction.
    pub batch_size: Histogram,
    /// Seconds of a transaction, with its repeats.
    pub batch_duration: Histogram,
    /// Applications that wait for a batch.
    pub queue_depth: Gauge,
    /// Most that may wait.
    pub queue_capacity: Gauge,
    /// Seconds that one waited.
    pub queue_wait: Histogram,
}

impl Recorder {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let outcomes: Family<OutcomeLabels, Counter> = Family::default();
        for outcome in OUTCOMES {
            // There from the start: a rate sees nothing of a counter's first value.
            drop(outcomes.get_or_create(&OutcomeLabels { outcome }));
        }
        Self {
            outcomes: add(
                registry,
                "zhenshi_recorder_outcomes",
                "What became of applications to be recorded",
                outcomes,
            ),
            batch_size: histogram(
                registry,
                "zhenshi_recorder_batch_size",
                "Applications of one transaction",
                &BATCH_ITEMS,
            ),
            batch_duration: histogram(
                registry,
                "zhenshi_recorder_batch_duration_seconds",
                "One transaction of the recorder, from its start to its durable end, repeats included",
                &STEP_SECONDS,
            ),
            queue_depth: add(
                registry,
                "zhenshi_recorder_queue_depth",
                "Applications that wait",
                Gauge::default(),
            ),
            queue_capacity: add(
                registry,
                "zhenshi_recorder_queue_capacity",
                "Most applications that may wait: beyond them calls are shed",
                Gauge::default(),
            ),
            queue_wait: histogram(
                registry,
                "zhenshi_recorder_queue_wait_seconds",
                "How long an application waited for its transaction to begin",
                &STEP_SECONDS,
            ),
        }
    }

    /// Counts one more application with this end.
    pub fn outcome(&self, outcome: &'static str) {
        self.outcomes.get_or_create(&OutcomeLabels { outcome }).inc();
    }
}
