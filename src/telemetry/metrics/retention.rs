//! Retention: how many persons wait for their destruction, and when was the last inspection.

use prometheus_client::{metrics::gauge::Gauge, registry::Registry};

use super::add;

/// Retention, destruction and inspection.
#[derive(Debug)]
pub struct Retention {
    /// Persons who may be destroyed and of whom nobody has decided.
    pub due: Gauge,
    /// Persons who should have been destroyed by now.
    pub overdue: Gauge,
    /// Destructions that were approved and are not done.
    pub to_do: Gauge,
    /// 1 if the half-yearly inspection is due.
    pub inspection_due: Gauge,
}

impl Retention {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let mut gauge = |name, help| add(registry, name, help, Gauge::default());
        Self {
            due: gauge(
                "zhenshi_retention_due",
                "Persons whose legal periods are over and of whom nobody has decided",
            ),
            overdue: gauge(
                "zhenshi_retention_overdue",
                "Persons who had to be destroyed by now and are not held",
            ),
            to_do: gauge(
                "zhenshi_erasures_to_do",
                "Destructions that two persons decided and that are not done",
            ),
            inspection_due: gauge(
                "zhenshi_inspection_due",
                "1 if the half-yearly inspection is due, 0 if not",
            ),
        }
    }
}
