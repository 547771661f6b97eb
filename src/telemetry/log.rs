//! Logs: one line an event on stderr, text for people or JSON for machines. Never personal data.

use std::io::IsTerminal as _;

use serde::{Deserialize, Serialize};
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry::LookupSpan};

use super::{Settings, TelemetryError};

/// What is logged when nobody says otherwise: the libraries below speak only when something is wrong.
pub const DEFAULT_FILTER: &str = "info,hyper=warn,h2=warn,sqlx=warn,tower=warn,tonic=warn,opentelemetry=warn";
/// The variable that overrides the configured filter.
const FILTER_VARIABLE: &str = EnvFilter::DEFAULT_ENV;

/// Form of the log lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why `text` is no filter; `None` if it is one.
pub fn wrong_filter(text: &str) -> Option<String> {
    EnvFilter::try_new(text).err().map(|error| error.to_string())
}

/// The layer that writes log lines.
///
/// # Errors
/// [`TelemetryError::Filter`] for a filter that cannot be read.
pub(super) fn layer<S>(
    settings: &Settings,
) -> Result<Box<dyn Layer<S> + Send + Sync + 'static>, TelemetryError>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let asked = std::env::var(FILTER_VARIABLE).ok().filter(|text| !text.is_empty());
    let text = asked.as_deref().or(settings.filter.as_deref()).unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(text)?;
    // Colours are for a terminal; a file would keep their escapes.
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    Ok(match settings.format {
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    })
}
