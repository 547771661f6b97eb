//! One exchange: connect, send, read the answer as far as it is wanted.

use std::{io, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

use super::Place;

/// Who calls.
pub const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("zhenshi/", env!("CARGO_PKG_VERSION")));
/// Most bytes of an answer that are held at a time: status line and headers must fit.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// Why there is no answer that could be used.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The other side refused it.
    #[error("HTTP status {}", .0.as_u16())]
    Refused(StatusCode),
    /// The other side wanted it sent elsewhere.
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
    /// The answer is longer than anything that is expected.
    #[error("an answer of more than {0} bytes")]
    TooLong(usize),
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

/// An answer of status 200 to 299.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body; empty if none of it was wanted.
    pub body: Bytes,
}

/// Sends, each time over a connection of its own.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Longest for connection and TLS.
    pub connect: Duration,
    /// Longest from then to the end of what is wanted of the answer.
    pub answer: Duration,
}

impl Client {
    /// Longest that [`Self::send`] takes.
    pub fn longest(&self) -> Duration {
        self.connect + self.answer
    }

    /// Sends `request` once, and reads at most `most` bytes of the answer's body; none at all of it with 0.
    ///
    /// # Errors
    /// Why there is no good answer, as far as can be told.
    pub async fn send(
        &self,
        place: &Place,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Answer, Failure> {
        let connecting = TcpStream::connect((place.host.as_str(), place.port));
        match &place.tls {
            None => {
                let stream = in_time(self.connect, connecting).await?;
                self.exchange(stream, request, most).await
            }
            Some((connector, name)) => {
                let secured = async { connector.connect(name.clone(), connecting.await?).await };
                let stream = in_time(self.connect, secured).await?;
                self.exchange(stream, request, most).await
            }
        }
    }

    async fn exchange<S>(
        &self,
        stream: S,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Answer, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let exchange = async {
            let (mut sender, connection) = http1::Builder::new()
                .max_buf_size(MAX_ANSWER_BYTES)
                .handshake(TokioIo::new(stream))
                .await
                .map_err(Failure::BrokenOff)?;
            let mut answer = std::pin::pin!(async {
                let (head, body) =
                    sender.send_request(request).await.map_err(Failure::BrokenOff)?.into_parts();
                match head.status {
                    status if status.is_redirection() => Err(Failure::Redirected(status)),
                    status if !status.is_success() => Err(Failure::Refused(status)),
                    status => Ok(Answer { status, body: read(body, most).await? }),
                }
            });
            // The connection is driven here and nowhere else: when the time is up, it is closed.
            tokio::select! {
                answered = &mut answer => answered,
                ended = connection => {
                    ended.map_err(Failure::BrokenOff)?;
                    answer.await
                }
            }
        };
        timeout(self.answer, exchange).await.map_err(|_| Failure::NoAnswer(self.answer))?
    }
}

async fn read(mut body: Incoming, most: usize) -> Result<Bytes, Failure> {
    let mut read = BytesMut::new();
    while most > 0
        && let Some(frame) = body.frame().await
    {
        if let Ok(data) = frame.map_err(Failure::BrokenOff)?.into_data() {
            if read.len() + data.len() > most {
                return Err(Failure::TooLong(most));
            }
            read.extend_from_slice(&data);
        }
    }
    Ok(read.freeze())
}

async fn in_time<S>(limit: Duration, connecting: impl Future<Output = io::Result<S>>) -> Result<S, Failure> {
    match timeout(limit, connecting).await {
        Ok(connected) => connected.map_err(Failure::NoConnection),
        Err(_) => Err(Failure::ConnectTimeout(limit)),
    }
}
