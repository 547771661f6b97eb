//! Traces: spans sent to an OTLP receiver over gRPC, continuing the trace of the caller (W3C Trace Context).

use opentelemetry::{
    Context, KeyValue, TraceId,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};

use super::TelemetryError;

/// Name of this service in traces.
const SERVICE_NAME: &str = "zhenshi";

/// Where traces go and how many are made.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// `http://host:port` of an OTLP receiver that speaks gRPC.
    pub endpoint: String,
    /// Share of the traces that are kept, 0 to 1, where the caller has not decided.
    pub ratio: f64,
}

/// Batches spans and sends them. Connects when the first batch leaves, so a receiver that is away stops nothing.
///
/// # Errors
/// [`TelemetryError::Traces`] for an address that is none.
pub(super) fn provider(settings: &TraceSettings) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(&settings.endpoint).build()?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio)));
    let resource = Resource::builder()
        .with_service_name(SERVICE_NAME)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampler)
        .with_resource(resource)
        .build())
}

/// The caller's trace, if the headers that `header` looks up carry one.
pub fn caller_context(header: impl Fn(&str) -> Option<String>) -> Option<Context> {
    // What is not of the right form is no context.
    let names = ["traceparent", "tracestate"];
    let found = Headers(names.map(|name| (name, header(name))));
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &found);
    context.span().span_context().is_valid().then_some(context)
}

/// The id of the trace of `context`, if it is one.
pub fn trace_id(context: &Context) -> Option<TraceId> {
    let id = context.span().span_context().trace_id();
    (id != TraceId::INVALID).then_some(id)
}

struct Headers([(&'static str, Option<String>); 2]);

impl Extractor for Headers {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == key)?.1.as_deref()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_read_and_what_is_none_is_ignored() {
        let with = |value: &'static str| {
            caller_context(move |name| (name == "traceparent").then(|| value.to_owned()))
        };
        let context = with("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        assert_eq!(trace_id(&context).unwrap().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(with("00-zz-b7ad6b7169203331-01").is_none());
        assert!(with("").is_none());
        assert!(caller_context(|_| None).is_none());
    }
}
