//! Traces: spans sent to an OTLP receiver over gRPC, continuing the trace of the caller (W3C Trace Context).

use opentelemetry::{
    Context, KeyValue, TraceId,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};

/// Name of this service in traces.
const SERVICE_NAME: &str = "zhenshi";

/// Where traces go and how many are made.
#[derive(Debug)]
pub struct TraceSettings {
    /// Sends them to an OTLP receiver.
    pub exporter: SpanExporter,
    /// Share of the traces that are kept, 0 to 1, where the caller has not decided.
    pub ratio: f64,
}

/// Batches spans and sends them.
pub(super) fn provider(settings: TraceSettings) -> SdkTracerProvider {
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio)));
    let resource = Resource::builder()
        .with_service_name(SERVICE_NAME)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    SdkTracerProvider::builder()
        .with_batch_exporter(settings.exporter)
        .with_sampler(sampler)
        .with_resource(resource)
        .build()
}

/// The caller's trace, if the headers that `header` looks up carry one.
pub fn caller_context(header: impl Fn(&str) -> Option<String>) -> Option<Context> {
    // What is not of the right form is no context.
    let [parent, state] = ["traceparent", "tracestate"];
    let found = Headers([(parent, Some(header(parent)?)), (state, header(state))]);
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
