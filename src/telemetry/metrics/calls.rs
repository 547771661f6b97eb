//! Calls and what was judged in them.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::add;

/// Seconds of a call, as the OpenTelemetry semantic conventions ask for (`rpc.server.call.duration`).
const CALL_SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

// === rpc =============================================================================================================

/// Labels of a call, named as the semantic conventions name its attributes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Call {
    /// `grpc`.
    pub rpc_system_name: &'static str,
    /// `package.Service/Method`; `_OTHER` for a method that there is not.
    pub rpc_method: &'static str,
    /// Canonical code, such as `NOT_FOUND`.
    pub rpc_response_status_code: &'static str,
}

/// Calls.
#[derive(Debug)]
pub struct Rpc {
    /// From the head of the request to the end of the answer.
    pub duration: Family<Call, Histogram>,
    /// Calls under way.
    pub in_flight: Gauge,
}

impl Rpc {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let calls = || Histogram::new(CALL_SECONDS);
        Self {
            duration: add(
                registry,
                "rpc_server_call_duration_seconds",
                "Calls by method and status: from the head of the request to the end of the answer",
                Family::new_with_constructor(calls as fn() -> Histogram),
            ),
            in_flight: add(
                registry,
                "zhenshi_rpc_in_flight",
                "Calls under way, streams included",
                Gauge::default(),
            ),
        }
    }
}

// === judging =========================================================================================================

/// Labels of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct VerdictLabels {
    /// `ACCEPTED`, `REJECTED` or `NOT_APPLICABLE`.
    pub verdict: &'static str,
    /// Sales channel.
    pub channel: &'static str,
}

/// Labels of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct FindingLabels {
    /// Code of the rule.
    pub code: &'static str,
    /// `blocking` or `advisory`.
    pub severity: &'static str,
    /// Sales channel.
    pub channel: &'static str,
}

/// Verdicts and findings.
#[derive(Debug)]
pub struct Judging {
    /// Verdicts.
    pub verdicts: Family<VerdictLabels, Counter>,
    /// Findings.
    pub findings: Family<FindingLabels, Counter>,
}

impl Judging {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            verdicts: add(
                registry,
                "zhenshi_verdicts",
                "Applications judged, validate_only and repeats included",
                Family::default(),
            ),
            findings: add(
                registry,
                "zhenshi_findings",
                "Findings of judged applications by code",
                Family::default(),
            ),
        }
    }
}

// === callers =========================================================================================================

/// Labels of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RefusedLabels {
    /// Name of the rpc.
    pub action: &'static str,
    /// Role of the caller.
    pub role: &'static str,
}

/// Tokens of callers.
#[derive(Debug)]
pub struct Callers {
    /// Tokens in force, as this process knows them.
    pub tokens: Gauge,
    /// Readings of the table.
    pub readings: Counter,
    /// Calls that the policy refused.
    pub refused: Family<RefusedLabels, Counter>,
}

impl Callers {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            tokens: add(
                registry,
                "zhenshi_callers_tokens",
                "Tokens in force that this process knows",
                Gauge::default(),
            ),
            readings: add(
                registry,
                "zhenshi_callers_readings",
                "Readings of the table of tokens: when it changed, and for unknown tokens",
                Counter::default(),
            ),
            refused: add(
                registry,
                "zhenshi_refused",
                "Calls that the policy does not let the caller's role make",
                Family::default(),
            ),
        }
    }
}
