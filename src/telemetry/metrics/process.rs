//! The process: what runs, what it does by itself, and its mistakes.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::add;

// === jobs ============================================================================================================

/// Labels of a run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct JobLabels {
    /// Name of the job; not `job`, which Prometheus calls what it scrapes.
    pub name: &'static str,
    /// `ok` or `failed`.
    pub outcome: &'static str,
}

/// What the service does by itself.
#[derive(Debug)]
pub struct Jobs {
    runs: Family<JobLabels, Counter>,
}

impl Jobs {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self { runs: add(registry, "zhenshi_job_runs", "Runs of the service's own jobs", Family::default()) }
    }

    /// Counts one run of `job`.
    pub fn run(&self, name: &'static str, ok: bool) {
        // Both are there from the first run on: a rate sees nothing of a counter's first value.
        for (outcome, ended) in [("ok", ok), ("failed", !ok)] {
            self.runs.get_or_create(&JobLabels { name, outcome }).inc_by(u64::from(ended));
        }
    }
}

// === process =========================================================================================================

/// Labels of the build: one set a process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct BuildLabels {
    /// Version of the program.
    pub version: &'static str,
    /// Rule set in force: version of the rules' code and hash of the profile.
    pub rule_set_version: String,
}

/// The process itself.
#[derive(Debug)]
pub struct Process {
    /// 1, with what runs as labels.
    pub build: Family<BuildLabels, Gauge>,
    /// Newest key-encryption key.
    pub keyring_version: Gauge,
    /// Panics: each is a mistake in the code.
    pub panics: Counter,
}

impl Process {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            build: add(
                registry,
                "zhenshi_build_info",
                "1, with program and rule set as labels",
                Family::default(),
            ),
            keyring_version: add(
                registry,
                "zhenshi_keyring_version",
                "Version of the key-encryption key that seals new data",
                Gauge::default(),
            ),
            panics: add(
                registry,
                "zhenshi_panics",
                "Panics: each is a mistake in the code",
                Counter::default(),
            ),
        }
    }
}
