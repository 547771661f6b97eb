//! The cases: whether those who are to be told of deadlines are told in time.

use std::sync::atomic::AtomicU64;

use prometheus_client::{metrics::gauge::Gauge, registry::Registry};

use super::add;

/// The cases.
#[derive(Debug)]
pub struct Cases {
    /// Seconds for which the oldest reminder or escalation is due and not sent.
    pub timers_late: Gauge<f64, AtomicU64>,
}

impl Cases {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            timers_late: add(
                registry,
                "zhenshi_case_timers_late_seconds",
                "Age of the oldest reminder or escalation of a case that is due and not sent; 0 if there is none",
                Gauge::default(),
            ),
        }
    }
}
