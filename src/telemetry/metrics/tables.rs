//! What is kept: the database and the pool, the audit chain and the outbox, the partitions.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    metrics::{gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{STEP_SECONDS, add, histogram};

/// A gauge of seconds.
type Seconds = Gauge<f64, AtomicU64>;

// === database ========================================================================================================

/// The database and the pool of connections to it.
#[derive(Debug)]
pub struct Database {
    /// 1 while it answers.
    pub up: Gauge,
    /// Connections that are open.
    pub pool_open: Gauge,
    /// Connections at work.
    pub pool_in_use: Gauge,
    /// Most connections.
    pub pool_max: Gauge,
    /// Seconds that a transaction waited for its connection.
    pub acquire_wait: Histogram,
}

impl Database {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let mut gauge = |name, help| add(registry, name, help, Gauge::default());
        Self {
            up: gauge(
                "zhenshi_database_up",
                "1 while the database answers this process, 0 while it does not",
            ),
            pool_open: gauge("zhenshi_database_pool_open", "Connections of this process that are open"),
            pool_in_use: gauge(
                "zhenshi_database_pool_in_use",
                "Connections of this process that are at work",
            ),
            pool_max: gauge("zhenshi_database_pool_max", "Most connections that this process may open"),
            acquire_wait: histogram(
                registry,
                "zhenshi_database_acquire_wait_seconds",
                "How long a transaction waited until it had begun: for a connection of the pool and for the database",
                &STEP_SECONDS,
            ),
        }
    }
}

// === audit ===========================================================================================================

/// The audit chain and the outbox: one relay gives both their positions.
#[derive(Debug)]
pub struct Audit {
    /// Last position of the chain.
    pub chain_position: Gauge,
    /// Entries that are not in the chain yet.
    pub unchained: Gauge,
    /// Seconds since the oldest of them was recorded.
    pub unchained_age: Seconds,
    /// Last position that left the database in a signed checkpoint of this process.
    pub checkpoint_position: Gauge,
    /// 1 while the chain is not the one of its last checkpoint.
    pub chain_broken: Gauge,
    /// Last position of the outbox.
    pub outbox_position: Gauge,
    /// Events without a position.
    pub outbox_waiting: Gauge,
}

impl Audit {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let age = add(
            registry,
            "zhenshi_audit_unchained_age_seconds",
            "Age of the oldest audit entry that is not in the chain yet; 0 if there is none",
            Seconds::default(),
        );
        let mut gauge = |name, help| add(registry, name, help, Gauge::default());
        Self {
            chain_position: gauge(
                "zhenshi_audit_chain_position",
                "Position of the last entry of the audit chain",
            ),
            unchained: gauge("zhenshi_audit_unchained", "Audit entries that are not in the chain yet"),
            unchained_age: age,
            checkpoint_position: gauge(
                "zhenshi_audit_checkpoint_position",
                "Position of the last audit checkpoint that this process signed",
            ),
            chain_broken: gauge(
                "zhenshi_audit_chain_broken",
                "1 while the audit chain is not the one of its last checkpoint, else 0",
            ),
            outbox_position: gauge("zhenshi_outbox_position", "Position of the last event of the outbox"),
            outbox_waiting: gauge("zhenshi_outbox_waiting", "Events of the outbox that have no position yet"),
        }
    }
}

// === partitions ======================================================================================================

/// Monthly partitions.
#[derive(Debug)]
pub struct Partitions {
    /// Submissions in the default partition.
    pub default_rows: Gauge,
    /// Coming months that have all their partitions.
    pub months_ahead: Gauge,
}

impl Partitions {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let mut gauge = |name, help| add(registry, name, help, Gauge::default());
        Self {
            default_rows: gauge(
                "zhenshi_partitions_default_rows",
                "Submissions in the default partition, because no month has taken them",
            ),
            months_ahead: gauge(
                "zhenshi_partitions_months_ahead",
                "Coming months that have their partitions",
            ),
        }
    }
}
