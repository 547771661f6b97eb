//! `[limits]`: what the network may ask of one process. Each limit is a key here with its default as a constant; times are
//! in milliseconds.
//!
//! To add a limit: a constant that says what it guards, a field, its line in `Default`, and its check if zero makes no
//! sense. Where it holds is said in the field.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Largest message: an application of 100 insureds with every field filled is about a fifth of it.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Largest list of headers of one call; a token and a trace context need a few hundred bytes.
const HEADER_LIST_BYTES: u32 = 8 * 1024;
/// Largest message that may be configured: what the services themselves decode, and gRPC's own usual limit.
pub const MOST_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// All messages together that have arrived in part.
const PARTIAL_MESSAGE_BYTES: usize = 64 * 1024 * 1024;
/// Calls under way; the recorder's queue and batches hold about half of it.
const CALLS: usize = 4_096;
/// Calls under way without a token: health watched, reflection. They have places of their own, so that strangers cannot take
/// those of callers.
const STRANGERS: usize = 1_024;
/// Tokens and certificates that are looked up at a time because nobody here knows them yet; each takes milliseconds, and a caller
/// may begin with many calls at once.
const LOOK_UPS: usize = 1_024;
/// Applications that wait to be recorded.
const QUEUE: usize = 2_048;
/// Longest that a newcomer may be expected to wait there before it is turned away: half of what callers are advised to wait
/// for an answer.
const QUEUE_MS: u64 = 1_000;
/// Streams of one connection at a time.
const STREAMS_PER_CONNECTION: u32 = 128;
/// What one stream may send before it is read.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// What all streams of one connection may send before they are read.
const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// Connections of one listener.
const CONNECTIONS: usize = 512;
/// Connections of one listener from one address: one caller cannot take them all.
const CONNECTIONS_PER_ADDRESS: usize = 64;
/// Streams that a peer may open and reset before they are looked at; more is a flood (CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// Streams that we may have to reset for a peer's mistakes on one connection.
const ERROR_RESETS: usize = 128;
/// TLS handshakes at a time: their arithmetic is the dearest thing that a stranger can ask for.
const HANDSHAKES: usize = 128;
/// Longest TLS handshake, and longest wait for the first bytes of HTTP/2 after it.
const HANDSHAKE_MS: u64 = 5_000;
/// Longest that an HTTP/1 request's head may take, and that a connection may wait for the next one: who sends a header a minute
/// must not keep a connection.
const HTTP_HEADER_MS: u64 = 10_000;
/// A connection on which nothing is heard is asked after this; gRPC's Java and Go clients answer such pings by themselves.
const KEEPALIVE_INTERVAL_MS: u64 = 30_000;
/// Without an answer to the ping after this it is closed.
const KEEPALIVE_TIMEOUT_MS: u64 = 10_000;
/// Age at which a connection is asked to go, so that callers spread over new replicas.
const CONNECTION_AGE_MS: u64 = 30 * 60_000;
/// What calls under way may take after that.
const CONNECTION_GRACE_MS: u64 = 30_000;
/// Longest call of one answer; a longer deadline of the caller is cut to it, none is demanded.
const DEADLINE_MS: u64 = 30_000;
/// The same of what takes long by its nature: a file that is sent, a list that is made, a log that is verified.
const LONG_DEADLINE_MS: u64 = 30 * 60_000;
/// Messages of one stream that are worked on at a time.
const STREAM_MESSAGES: usize = 128;
/// Longest that a stream may stand still: no message comes and none is worked on, or no answer is taken.
const STREAM_IDLE_MS: u64 = 5 * 60_000;
/// Requests a second of one caller. Generous: it stops a caller that runs wild, not one that is busy.
const REQUESTS_PER_SECOND: u32 = 10_000;
/// Requests that a caller may send at once after a pause.
const REQUEST_BURST: u32 = 20_000;
/// How often certificate and key are looked at for a change.
const TLS_POLL_MS: u64 = 5_000;

/// `[limits]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest message; a larger one gets `RESOURCE_EXHAUSTED`, `MESSAGE_TOO_LARGE`.
    pub message_bytes: usize,
    /// Largest list of headers; HTTP/2 refuses a call with more.
    pub header_list_bytes: u32,
    /// All messages that have arrived in part, of all connections; one more byte gets `OVERLOADED`.
    pub partial_message_bytes: usize,
    /// Calls of known callers under way, of all connections; one more gets `OVERLOADED`.
    pub calls: usize,
    /// Calls without a token under way; a health check is never refused.
    pub strangers: usize,
    /// Tokens and certificates looked up at a time; one more gets `OVERLOADED`.
    pub look_ups: usize,
    /// Applications that wait to be recorded; one more gets `QUEUE_FULL`.
    pub queue: usize,
    /// Longest that a newcomer may be expected to wait there; beyond it one more gets `QUEUE_FULL`, if it would not leave with
    /// the next batch.
    pub queue_ms: u64,
    /// Streams of one connection at a time; clients wait with more.
    pub streams_per_connection: u32,
    /// Flow-control window of one stream.
    pub stream_window_bytes: u32,
    /// Flow-control window of one connection.
    pub connection_window_bytes: u32,
    /// Connections of one listener; one more is closed at once.
    pub connections: usize,
    /// Connections of one listener from one IPv4 address or IPv6 network of 64 bits.
    pub connections_per_address: usize,
    /// Streams that a peer may open and reset before they are looked at; with one more its connection is closed.
    pub pending_resets: usize,
    /// Streams of one connection that are reset for the peer's mistakes; with one more it is closed.
    pub error_resets: usize,
    /// TLS handshakes at a time; one more is closed at once.
    pub handshakes: usize,
    /// Longest TLS handshake, and longest wait for the first bytes after it.
    pub handshake_ms: u64,
    /// Longest head of a request to the HTTP listener, and longest wait for the next; then the connection is closed.
    pub http_header_ms: u64,
    /// A silent connection is asked after this.
    pub keepalive_interval_ms: u64,
    /// A connection that does not answer is closed after this.
    pub keepalive_timeout_ms: u64,
    /// Age at which a connection is asked to go.
    pub connection_age_ms: u64,
    /// What its calls under way may take then.
    pub connection_grace_ms: u64,
    /// Longest call of one answer; expiry gets `DEADLINE_EXCEEDED`.
    pub deadline_ms: u64,
    /// The same of `AttachEvidence`, `ImportDirectory`, `RunSuspicionList` and `VerifyAuditChain`.
    pub long_deadline_ms: u64,
    /// Messages of one stream that are worked on at a time; no more are read.
    pub stream_messages: usize,
    /// Longest that a stream may stand still; then it ends with `STREAM_IDLE`.
    pub stream_idle_ms: u64,
    /// Requests a second of one caller; more get `RATE_LIMITED`, and messages of a stream are read more slowly.
    pub requests_per_second: u32,
    /// Requests that a caller may send at once after a pause.
    pub request_burst: u32,
    /// How often certificate and key are looked at for a change.
    pub tls_poll_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_BYTES,
            header_list_bytes: HEADER_LIST_BYTES,
            partial_message_bytes: PARTIAL_MESSAGE_BYTES,
            calls: CALLS,
            strangers: STRANGERS,
            look_ups: LOOK_UPS,
            queue: QUEUE,
            queue_ms: QUEUE_MS,
            streams_per_connection: STREAMS_PER_CONNECTION,
            stream_window_bytes: STREAM_WINDOW_BYTES,
            connection_window_bytes: CONNECTION_WINDOW_BYTES,
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            pending_resets: PENDING_RESETS,
            error_resets: ERROR_RESETS,
            handshakes: HANDSHAKES,
            handshake_ms: HANDSHAKE_MS,
            http_header_ms: HTTP_HEADER_MS,
            keepalive_interval_ms: KEEPALIVE_INTERVAL_MS,
            keepalive_timeout_ms: KEEPALIVE_TIMEOUT_MS,
            connection_age_ms: CONNECTION_AGE_MS,
            connection_grace_ms: CONNECTION_GRACE_MS,
            deadline_ms: DEADLINE_MS,
            long_deadline_ms: LONG_DEADLINE_MS,
            stream_messages: STREAM_MESSAGES,
            stream_idle_ms: STREAM_IDLE_MS,
            requests_per_second: REQUESTS_PER_SECOND,
            request_burst: REQUEST_BURST,
            tls_poll_ms: TLS_POLL_MS,
        }
    }
}

impl Limits {
    /// A key in milliseconds as a time.
    pub const fn time(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let counts = [
            ("limits.message_bytes", self.message_bytes as u64),
            ("limits.header_list_bytes", self.header_list_bytes.into()),
            ("limits.partial_message_bytes", self.partial_message_bytes as u64),
            ("limits.calls", self.calls as u64),
            ("limits.strangers", self.strangers as u64),
            ("limits.look_ups", self.look_ups as u64),
            ("limits.queue", self.queue as u64),
            ("limits.queue_ms", self.queue_ms),
            ("limits.streams_per_connection", self.streams_per_connection.into()),
            ("limits.connections", self.connections as u64),
            ("limits.connections_per_address", self.connections_per_address as u64),
            ("limits.pending_resets", self.pending_resets as u64),
            ("limits.error_resets", self.error_resets as u64),
            ("limits.handshakes", self.handshakes as u64),
            ("limits.handshake_ms", self.handshake_ms),
            ("limits.http_header_ms", self.http_header_ms),
            ("limits.keepalive_interval_ms", self.keepalive_interval_ms),
            ("limits.keepalive_timeout_ms", self.keepalive_timeout_ms),
            ("limits.connection_age_ms", self.connection_age_ms),
            ("limits.deadline_ms", self.deadline_ms),
            ("limits.long_deadline_ms", self.long_deadline_ms),
            ("limits.stream_messages", self.stream_messages as u64),
            ("limits.stream_idle_ms", self.stream_idle_ms),
            ("limits.requests_per_second", self.requests_per_second.into()),
            ("limits.request_burst", self.request_burst.into()),
            ("limits.tls_poll_ms", self.tls_poll_ms),
        ];
        if let Some((key, _)) = counts.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::Value { key, problem: "must be more than 0".into() });
        }
        if self.message_bytes > MOST_MESSAGE_BYTES {
            let problem = format!("must be at most {MOST_MESSAGE_BYTES}");
            return Err(ConfigError::Value { key: "limits.message_bytes", problem });
        }
        // HTTP/2 (RFC 9113, 6.9.2) has windows of at most 2^31 - 1 bytes; below its own default callers would stall.
        let windows = [
            ("limits.stream_window_bytes", self.stream_window_bytes),
            ("limits.connection_window_bytes", self.connection_window_bytes),
        ];
        let http2 = 65_535..=(1u32 << 31) - 1;
        if let Some((key, _)) = windows.into_iter().find(|(_, bytes)| !http2.contains(bytes)) {
            let problem = format!("must be {} to {}", http2.start(), http2.end());
            return Err(ConfigError::Value { key, problem });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_right() {
        Limits::default().validate().unwrap();
    }

    #[test]
    fn a_limit_of_nothing_is_refused_by_its_name() {
        let none = Limits { handshakes: 0, ..Limits::default() };
        assert!(none.validate().unwrap_err().to_string().contains("limits.handshakes"));
        let huge = Limits { message_bytes: MOST_MESSAGE_BYTES + 1, ..Limits::default() };
        assert!(huge.validate().unwrap_err().to_string().contains("limits.message_bytes"));
        let narrow = Limits { stream_window_bytes: 1, ..Limits::default() };
        assert!(narrow.validate().unwrap_err().to_string().contains("limits.stream_window_bytes"));
    }
}
