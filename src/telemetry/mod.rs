//! How the service is seen: logs ([`log`]), metrics ([`metrics`]), traces ([`traces`]) and panics ([`panics`]).
//!
//! Nothing here can hold personal data: labels are words of the code, spans carry counts and enums, a panic is told by its
//! place. `tests/it/canary` looks for what slipped through. To add a metric see [`metrics`]; to add a span, write
//! `tracing::info_span!` where the work is done, with a `&'static str`, a number or an id in each field.

pub mod log;
pub mod metrics;
pub mod panics;
pub mod traces;

use std::time::Duration;

pub use log::LogFormat;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, registry::Registry, util::SubscriberInitExt as _,
};

/// Longest that the last spans may take to leave when the process ends.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);
/// Spans and events that go into traces: our own. Those of libraries may hold what they carry.
const TRACED: &str = "zhenshi";

/// What is to be seen, and where.
#[derive(Debug, Default)]
pub struct Settings {
    /// Form of the log lines.
    pub format: LogFormat,
    /// What is logged, unless `RUST_LOG` says otherwise.
    pub filter: Option<String>,
    /// Where traces go; none are made without it.
    pub traces: Option<traces::TraceSettings>,
}

/// Why telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("configuration key log.filter (or RUST_LOG): {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
}

/// What was started; kept until the process ends.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Starts logs and traces and takes over the words of panics. A second call in one process changes nothing but that.
///
/// # Errors
/// [`TelemetryError`], naming the key.
pub fn start(settings: Settings) -> Result<Telemetry, TelemetryError> {
    let logs = log::layer::<Registry>(&settings)?;
    let traces = settings.traces.map(traces::provider);
    let spans = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(TRACED))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TRACED, tracing::Level::INFO))
    });
    if tracing_subscriber::registry().with(logs).with(spans).try_init().is_err() {
        tracing::debug!("logging was started before");
    }
    panics::install();
    Ok(Telemetry { traces })
}

impl Telemetry {
    /// Sends the spans that are still here.
    pub async fn finish(self) {
        let Some(provider) = self.traces else { return };
        // The sender's thread needs the runtime for its connection: it is not waited for on one of its threads.
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH_LIMIT)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}
