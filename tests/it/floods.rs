//! Floods of frames, and clients that do not answer: they end their own connection, and hold up neither another one nor
//! the service's end.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    raw::{VALIDATE, from_elsewhere},
    service::TestService,
};

/// A good call.
async fn honest(service: &TestService) {
    let mut sent = request(1, application("A-1", 1));
    sent.validate_only = true;
    service.client("core").await.validate(sent).await.unwrap();
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn http2(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const DATA: u8 = 0;
const END_HEADERS: u8 = 4;

/// Headers of a call in HPACK's plainest form: method, scheme, path, authority, content type.
fn headers() -> Vec<u8> {
    let literal = |name: &str, value: &str| {
        let (name, value) = (name.as_bytes(), value.as_bytes());
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
        [&[0u8, length(name)][..], name, &[length(value)], value].concat()
    };
    [
        literal(":method", "POST"),
        literal(":scheme", "http"),
        literal(":path", VALIDATE),
        literal(":authority", "test"),
        literal("content-type", "application/grpc"),
    ]
    .concat()
}

/// Sends frames until the service has had enough; gives up after very many.
async fn flood(address: SocketAddr, mut next: impl FnMut(u32) -> Vec<u8>) -> bool {
    let mut socket = from_elsewhere(address).await.unwrap();
    socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    socket.write_all(&http2(SETTINGS, 0, 0, b"")).await.unwrap();
    let (mut answers, mut out) = socket.into_split();
    let ended = tokio::spawn(async move {
        let mut sink = Vec::new();
        let _ = answers.read_to_end(&mut sink).await;
    });
    for n in 0..200_000u32 {
        if ended.is_finished() || out.write_all(&next(n)).await.is_err() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn floods_end_their_own_connection_and_no_other() {
    let service = TestService::start().await;
    let address = service.running().grpc.unwrap();
    let headers = headers();
    // Opened and reset at once (CVE-2023-44487).
    let resets = |n: u32| {
        let stream = 2 * n + 1;
        [http2(HEADERS, END_HEADERS, stream, &headers), http2(RST_STREAM, 0, stream, &8u32.to_be_bytes())]
            .concat()
    };
    assert!(flood(address, resets).await, "resets");
    honest(&service).await;
    // Headers without end (CVE-2024-27316).
    let continuations = |n: u32| {
        let kind = if n == 0 { HEADERS } else { CONTINUATION };
        http2(kind, 0, 1, if n == 0 { &headers } else { b"\x00\x01x\x01y" })
    };
    assert!(flood(address, continuations).await, "continuations");
    honest(&service).await;
    // Data without a byte (RUSTSEC-2026-0258).
    let empty = |n: u32| {
        if n == 0 { http2(HEADERS, END_HEADERS, 1, &headers) } else { http2(DATA, 0, 1, b"") }
    };
    assert!(flood(address, empty).await, "empty data");
    honest(&service).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_those_who_do_not_answer() {
    // Longer than any stop may take.
    let service = TestService::start_with(TestDatabase::new().await, |config| {
        config.limits.handshake_ms = 3_600_000;
    })
    .await;
    let address = service.running().grpc.unwrap();
    // Idle clients of every kind: silent, past the preface, with a call answered; none of them answers a ping.
    let silent = TcpStream::connect(address).await.unwrap();
    let mut mute = TcpStream::connect(address).await.unwrap();
    mute.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    mute.write_all(&http2(SETTINGS, 0, 0, b"")).await.unwrap();
    mute.write_all(&http2(HEADERS, END_HEADERS, 1, &headers())).await.unwrap();
    // Answered: without a token there is nothing more to read.
    assert!(mute.read(&mut [0; 1_024]).await.unwrap() > 0);
    let client = service.bare_client().await;
    service.stop().await;
    drop((silent, mute, client));
}
