//! What is seen of a call: one span and one measurement.
//!
//! Outside of the guards (`connection.rs`), so that it sees the calls that they refuse. Names are those of the
//! OpenTelemetry semantic conventions for RPC. The method becomes a label only if there is such a method.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use prost_reflect::DescriptorPool;
use tonic::{Status, body::Body};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::telemetry::{
    metrics::{Call, METRICS},
    traces::{caller_context, trace_id},
};

/// What the conventions call a method that there is not.
const OTHER_METHOD: &str = "_OTHER";
/// Trailer or header with the code of an answer.
const GRPC_STATUS: &str = "grpc-status";
/// Names of the canonical codes, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
/// A call whose end nobody saw: reset by the caller, or its deadline passed.
const CANCELLED: &str = CODES[1];
/// An answer without a code.
const UNKNOWN: &str = CODES[2];
/// Codes that are the server's fault, as the conventions have it.
const SERVER_FAULTS: [&str; 6] =
    ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];

/// Every method of this server by its path, as words that live as long as the program.
static METHODS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let sets = [
        zhenshi_proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    ];
    let pools = sets.into_iter().filter_map(|set| DescriptorPool::decode(set).ok());
    pools
        .flat_map(|pool| {
            pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect::<Vec<_>>()
        })
        .map(|method| {
            let name = format!("{}/{}", method.parent_service().full_name(), method.name());
            (format!("/{name}"), &*name.leak())
        })
        .collect()
});

/// A call under way. Its end is counted once, at the latest when it is dropped.
pub(super) struct Watch {
    method: &'static str,
    begun: Instant,
    span: Span,
    ended: bool,
}

impl Watch {
    /// Begins to watch the call of `request`.
    pub(super) fn begin<B>(request: &http::Request<B>) -> Self {
        let method = METHODS.get(request.uri().path()).copied().unwrap_or(OTHER_METHOD);
        let span = tracing::info_span!(
            "rpc",
            otel.name = method,
            otel.kind = "server",
            otel.status_code = Empty,
            rpc.system.name = "grpc",
            rpc.method = method,
            rpc.response.status_code = Empty,
            error.type = Empty,
            caller = Empty,
            trace_id = Empty,
        );
        let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
        let theirs = caller_context(header);
        let id = theirs.as_ref().and_then(trace_id);
        if let Some(context) = theirs {
            // Fails if no traces are made; the id stands in the logs all the same.
            let _ = span.set_parent(context);
        }
        if let Some(id) = id.or_else(|| trace_id(&span.context())) {
            span.record("trace_id", tracing::field::display(id));
        }
        METRICS.rpc.in_flight.inc();
        Self { method, begun: Instant::now(), span, ended: false }
    }

    /// The span of the call.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Watches the answer to its end, which is at once if it has only a head.
    pub(super) fn follow(mut self, response: http::Response<Body>) -> http::Response<Body> {
        if let Some(code) = code(response.headers()) {
            self.end(code);
            return response;
        }
        response.map(|inner| Body::new(WatchedBody { inner, watch: self }))
    }

    fn end(&mut self, code: &'static str) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        METRICS.rpc.in_flight.dec();
        let call = Call { rpc_system_name: "grpc", rpc_method: self.method, rpc_response_status_code: code };
        let seconds = self.begun.elapsed().as_secs_f64();
        METRICS.rpc.duration.get_or_create(&call).observe(seconds);
        self.span.record("rpc.response.status_code", code);
        if SERVER_FAULTS.contains(&code) {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", code);
        }
        self.span.in_scope(|| tracing::debug!(duration.s = seconds, "answered {code}"));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end(CANCELLED);
    }
}

/// The code that stands in headers or trailers.
fn code(headers: &http::HeaderMap) -> Option<&'static str> {
    let number: usize = headers.get(GRPC_STATUS)?.to_str().ok()?.parse().ok()?;
    Some(CODES.get(number).copied().unwrap_or(UNKNOWN))
}

/// The body of an answer; its trailers tell how the call ended.
struct WatchedBody {
    inner: Body,
    watch: Watch,
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Self { inner, watch } = self.get_mut();
        let span = watch.span.clone();
        let _entered = span.enter();
        let polled = Pin::new(inner).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    watch.end(code(trailers).unwrap_or(UNKNOWN));
                }
            }
            Poll::Ready(Some(Err(_)) | None) => watch.end(UNKNOWN),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_ours_has_a_name_and_no_other_path_has_one() {
        for (path, name) in METHODS.iter() {
            assert_eq!(path, &format!("/{name}"));
        }
        assert_eq!(
            METHODS["/zhenshi.v1.ValidationService/ValidateApplication"],
            "zhenshi.v1.ValidationService/ValidateApplication"
        );
        assert!(METHODS.contains_key("/grpc.health.v1.Health/Check"));
        assert!(!METHODS.contains_key("/zhenshi.v1.ValidationService/Guess"));
    }

    #[test]
    fn the_names_of_the_codes_stand_at_their_numbers() {
        for (number, name) in (0_i32..).zip(CODES) {
            let code = tonic::Code::from_i32(number);
            assert_eq!(name.replace('_', "").to_lowercase(), format!("{code:?}").to_lowercase());
        }
    }
}
