//! A client that sends what no gRPC library would: raw HTTP/2 calls, and raw frames.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::{
    SendStream,
    client::{Builder, ResponseFuture, SendRequest},
};
use http::{HeaderMap, Request};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
};
use tonic::Status;

pub const VALIDATE: &str = "/zhenshi.v1.ValidationService/ValidateApplication";
pub const STREAM: &str = "/zhenshi.v1.ValidationService/ValidateApplications";

/// A connection over which anything can be sent.
pub struct Raw {
    send: SendRequest<Bytes>,
    driver: JoinHandle<Result<(), h2::Error>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub http: u16,
    pub headers: HeaderMap,
    pub status: Option<Status>,
    pub messages: Vec<Vec<u8>>,
}

/// A call that is open.
pub struct Open {
    pub response: ResponseFuture,
    pub body: SendStream<Bytes>,
}

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap(), &Builder::new()).await
    }

    pub async fn over<S>(socket: S, builder: &Builder) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (send, connection) = builder.handshake(socket).await.unwrap();
        Self { send, driver: tokio::spawn(connection) }
    }

    /// Opens a call with these headers beside the usual ones; an empty value leaves the usual one out.
    pub async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Result<Open, h2::Error> {
        let mut request = Request::post(format!("http://test{path}")).body(()).unwrap();
        let usual = [("content-type", "application/grpc"), ("te", "trailers")];
        for (name, value) in usual.iter().chain(headers) {
            let name: http::HeaderName = name.parse().unwrap();
            if value.is_empty() {
                request.headers_mut().remove(name);
            } else {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        let mut send = self.send.clone().ready().await?;
        let (response, body) = send.send_request(request, false)?;
        Ok(Open { response, body })
    }

    /// Sends `body` as it is and reads the answer.
    pub async fn call(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut open = self.open(path, headers).await.unwrap();
        // The answer may come before all of it is sent.
        let _ = open.body.send_data(body.into(), true);
        open.answer().await.unwrap()
    }

    /// Cuts the connection as a killed process does.
    pub fn cut(self) {
        self.driver.abort();
    }
}

impl Open {
    /// Reads the answer to its end.
    pub async fn answer(self) -> Result<Answer, h2::Error> {
        read(self.response).await
    }
}

/// Reads an answer to its end.
pub async fn read(response: ResponseFuture) -> Result<Answer, h2::Error> {
    let (parts, mut body) = response.await?.into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len())?;
    }
    let status = match body.trailers().await? {
        Some(trailers) => Status::from_header_map(&trailers),
        None => Status::from_header_map(&parts.headers),
    };
    let (http, headers) = (parts.status.as_u16(), parts.headers);
    Ok(Answer { http, headers, status, messages: unframe(&bytes) })
}

impl Answer {
    pub fn status(&self) -> &Status {
        self.status.as_ref().unwrap_or_else(|| panic!("no gRPC status: {self:?}"))
    }
}

/// A message in a gRPC frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    claim(u32::try_from(message.len()).unwrap(), message)
}

/// A gRPC frame that claims `length`, whatever it holds.
pub fn claim(length: u32, message: &[u8]) -> Vec<u8> {
    [&[0u8][..], &length.to_be_bytes(), message].concat()
}

/// The messages of a body.
pub fn unframe(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let [_, a, b, c, d, rest @ ..] = bytes {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        messages.push(rest[..length].to_vec());
        bytes = &rest[length..];
    }
    messages
}

/// A connection from another address of this machine: what its sender may take is counted apart.
pub async fn from_elsewhere(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 2], 0)))?;
    socket.connect(address).await
}
