//! Every metric of the service: name, help, labels and buckets, one section a part of the service.
//!
//! The figures of one process; `/metrics` writes them in the `OpenMetrics` text form. A counter's name gets `_total` there.
//! Labels are `&'static str`, words of the code, or names of the configuration: nobody can send one, and their number is bounded. What comes from
//! the database is asked for by one job (`src/worker/measures.rs`).
//!
//! To add a metric: a field in the section of its part, registered there with its name and help; a line where it is
//! counted (never in the domain); the snapshot of `tests/it/metrics.rs`; and, if somebody must be woken, its section in
//! `docs/runbook.md` and its rule in `deploy/prometheus/alerts.yaml`. To add a part: a struct with `register`, and a field of [`Metrics`].

mod calls;
mod cases;
mod events;
mod lists;
mod process;
mod recorder;
mod retention;
mod tables;

use std::sync::LazyLock;

pub use calls::{Call, Callers, FindingLabels, Judging, RefusedLabels, Rpc, VerdictLabels};
pub use cases::Cases;
pub use events::{DeliveryLabels, EndpointLabels, Events};
pub use lists::{Calendar, ClueLabels, Lists};
pub use process::{BuildLabels, JobLabels, Jobs, Process};
use prometheus_client::{
    encoding::text,
    metrics::histogram::Histogram,
    registry::{Metric, Registry},
};
pub use recorder::{OutcomeLabels, Recorder};
pub use retention::Retention;
pub use tables::{Audit, Database, Partitions};

/// The metrics of this process.
pub static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

/// Form of what [`Metrics::text`] writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds of a step inside of a call: finer at the lower end.
const STEP_SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// All of them.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Calls.
    pub rpc: Rpc,
    /// Verdicts and findings.
    pub judging: Judging,
    /// The group commit.
    pub recorder: Recorder,
    /// The database and the pool of connections to it.
    pub database: Database,
    /// The audit chain and the outbox.
    pub audit: Audit,
    /// Events on their way to endpoints.
    pub events: Events,
    /// Monthly partitions.
    pub partitions: Partitions,
    /// The suspicion lists.
    pub lists: Lists,
    /// The cases.
    pub cases: Cases,
    /// The working-day calendar.
    pub calendar: Calendar,
    /// Retention, destruction and inspection.
    pub retention: Retention,
    /// Tokens of callers.
    pub callers: Callers,
    /// What the service does by itself.
    pub jobs: Jobs,
    /// The process itself.
    pub process: Process,
}

impl Metrics {
    fn new() -> Self {
        let mut registry = Registry::default();
        let all = &mut registry;
        Self {
            rpc: Rpc::register(all),
            judging: Judging::register(all),
            recorder: Recorder::register(all),
            database: Database::register(all),
            audit: Audit::register(all),
            events: Events::register(all),
            partitions: Partitions::register(all),
            lists: Lists::register(all),
            cases: Cases::register(all),
            calendar: Calendar::register(all),
            retention: Retention::register(all),
            callers: Callers::register(all),
            jobs: Jobs::register(all),
            process: Process::register(all),
            registry,
        }
    }

    /// Everything in the `OpenMetrics` text form.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

/// Registers `metric` and gives it back.
fn add<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn histogram(registry: &mut Registry, name: &str, help: &str, buckets: &[f64]) -> Histogram {
    add(registry, name, help, Histogram::new(buckets.iter().copied()))
}
