//! One delivery attempt: connect, POST, wait for the status. Nothing of the answer but its status is used, or read.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Full;
use uuid::Uuid;

use super::{Endpoint, signature};
pub use crate::outbound::Failure;
use crate::outbound::{self, USER_AGENT};

/// Form of the body: one `CloudEvent` as JSON.
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/cloudevents+json; charset=utf-8");

/// What is sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// Id of the event; the same each time it is sent.
    pub id: Uuid,
    /// When this attempt is made, in seconds since 1970.
    pub timestamp: i64,
    /// The event.
    pub body: Bytes,
}

/// Sends to endpoints, each time over a connection of its own.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Longest for connection and TLS.
    pub connect: Duration,
    /// Longest from then to the status.
    pub answer: Duration,
}

impl Client {
    /// Longest that [`Self::send`] takes.
    pub fn longest(&self) -> Duration {
        self.connect + self.answer
    }

    /// Sends `message` once. Any status of 200 to 299 counts as taken.
    ///
    /// # Errors
    /// Why it was not taken, as far as can be told.
    pub async fn send(&self, endpoint: &Endpoint, message: &Message) -> Result<StatusCode, Failure> {
        let request = request(endpoint, message).map_err(Failure::Request)?;
        let client = outbound::Client { connect: self.connect, answer: self.answer };
        Ok(client.send(&endpoint.place, request, 0).await?.status)
    }
}

fn request(to: &Endpoint, message: &Message) -> Result<Request<Full<Bytes>>, http::Error> {
    let Message { id, timestamp, body } = message;
    Request::builder()
        .method(Method::POST)
        .uri(to.place.path.as_str())
        .header(header::HOST, to.place.authority.as_str())
        .header(header::CONTENT_TYPE, CONTENT_TYPE)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONNECTION, HeaderValue::from_static("close"))
        .header("webhook-id", id.to_string())
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature(&to.secrets, *id, *timestamp, body))
        .body(Full::new(body.clone()))
}
