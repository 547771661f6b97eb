//! Events on their way to endpoints.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::add;

/// Which endpoint. The names are those of the configuration: nobody else can make one, and their number is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct EndpointLabels {
    /// Its name.
    pub endpoint: String,
}

/// Which endpoint, and how an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct DeliveryLabels {
    /// Its name.
    pub endpoint: String,
    /// How.
    pub result: &'static str,
}

/// Events on their way to endpoints.
#[derive(Debug)]
pub struct Events {
    /// Attempts to deliver.
    pub deliveries: Family<DeliveryLabels, Counter>,
    /// Seconds since the oldest event was recorded that an endpoint does not have.
    pub lag: Family<EndpointLabels, Gauge<f64, AtomicU64>>,
    /// Dead letters.
    pub dead: Family<EndpointLabels, Gauge>,
}

impl Events {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            deliveries: add(
                registry,
                "zhenshi_event_deliveries",
                "Attempts to deliver an event to an endpoint, by how they ended",
                Family::default(),
            ),
            lag: add(
                registry,
                "zhenshi_event_lag_seconds",
                "Age of the oldest event that an endpoint does not have; 0 if it has all",
                Family::default(),
            ),
            dead: add(
                registry,
                "zhenshi_event_dead_letters",
                "Events that were given up for an endpoint and wait to be redelivered",
                Family::default(),
            ),
        }
    }

    /// Counts an attempt.
    pub fn attempted(&self, endpoint: &str, result: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { endpoint: endpoint.to_owned(), result }).inc();
    }

    /// Says where an endpoint stands.
    pub fn stands(&self, endpoint: &str, lag_seconds: f64, dead: i64) {
        let labels = EndpointLabels { endpoint: endpoint.to_owned() };
        self.lag.get_or_create(&labels).set(lag_seconds);
        self.dead.get_or_create(&labels).set(dead);
    }
}
