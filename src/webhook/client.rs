//! One delivery attempt: connect, POST, wait for the status. Nothing of the answer but its status is used, or read.

use std::{io, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use uuid::Uuid;

use super::{Endpoint, signature};

/// Form of the body: one `CloudEvent` as JSON.
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/cloudevents+json; charset=utf-8");
/// Who calls.
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("zhenshi/", env!("CARGO_PKG_VERSION")));
/// Most bytes of an answer that are held at a time: status line and headers must fit.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

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

/// Why it was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The endpoint refused it.
    #[error("HTTP status {}", .0.as_u16())]
    Refused(StatusCode),
    /// The endpoint wanted it sent elsewhere.
    #[error("a redirect (HTTP status {}), which is not followed", .0.as_u16())]
    Redirected(StatusCode),
    /// Nobody was reached, or TLS failed.
    #[error("no connection: {0}")]
    NoConnection(io::Error),
    /// Nobody was reached in time.
    #[error("no connection within {} ms", .0.as_millis())]
    ConnectTimeout(Duration),
    /// No answer in time.
    #[error("no answer within {} ms", .0.as_millis())]
    NoAnswer(Duration),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    BrokenOff(hyper::Error),
    /// A header cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(http::Error),
}

impl Failure {
    /// Status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(status) | Self::Redirected(status) => Some(status.as_u16()),
            _ => None,
        }
    }
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
        let connecting = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
        match &endpoint.tls {
            None => {
                let stream = in_time(self.connect, connecting).await?;
                self.exchange(stream, endpoint, message).await
            }
            Some((connector, name)) => {
                let secured = async { connector.connect(name.clone(), connecting.await?).await };
                let stream = in_time(self.connect, secured).await?;
                self.exchange(stream, endpoint, message).await
            }
        }
    }

    async fn exchange<S>(&self, stream: S, to: &Endpoint, message: &Message) -> Result<StatusCode, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let request = request(to, message).map_err(Failure::Request)?;
        let exchange = async {
            let (mut sender, connection) =
                http1::Builder::new().max_buf_size(MAX_ANSWER_BYTES).handshake(TokioIo::new(stream)).await?;
            let mut answer = std::pin::pin!(sender.send_request(request));
            // The connection is driven here and nowhere else: when the time is up, it is closed.
            tokio::select! {
                answered = &mut answer => answered,
                ended = connection => {
                    ended?;
                    answer.await
                }
            }
        };
        let answered = timeout(self.answer, exchange).await.map_err(|_| Failure::NoAnswer(self.answer))?;
        let status = answered.map_err(Failure::BrokenOff)?.status();
        match status {
            _ if status.is_success() => Ok(status),
            _ if status.is_redirection() => Err(Failure::Redirected(status)),
            _ => Err(Failure::Refused(status)),
        }
    }
}

async fn in_time<S>(limit: Duration, connecting: impl Future<Output = io::Result<S>>) -> Result<S, Failure> {
    match timeout(limit, connecting).await {
        Ok(connected) => connected.map_err(Failure::NoConnection),
        Err(_) => Err(Failure::ConnectTimeout(limit)),
    }
}

fn request(to: &Endpoint, message: &Message) -> Result<Request<Full<Bytes>>, http::Error> {
    let Message { id, timestamp, body } = message;
    Request::builder()
        .method(Method::POST)
        .uri(to.path.as_str())
        .header(header::HOST, to.authority.as_str())
        .header(header::CONTENT_TYPE, CONTENT_TYPE)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONNECTION, HeaderValue::from_static("close"))
        .header("webhook-id", id.to_string())
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature(&to.secrets, *id, *timestamp, body))
        .body(Full::new(body.clone()))
}
