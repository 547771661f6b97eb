//! What one process lets itself be asked: deadlines, rates, places, connections, memory.

use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Status};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use zhenshi::config::Config;
use zhenshi_proto::zhenshi::v1::{ValidateApplicationRequest, ValidateApplicationsRequest};

use crate::support::{
    applications::{application, request},
    database::{TestDatabase, count},
    raw::{Raw, STREAM, VALIDATE, claim, frame, from_elsewhere},
    service::{CHANNELS, TestService},
    statuses::{metadata, reason, says_when_to_retry},
};

pub async fn service_with(change: impl FnOnce(&mut Config)) -> TestService {
    TestService::start_with(TestDatabase::new().await, change).await
}

/// A request that needs no database.
pub fn judged_only(n: u32) -> ValidateApplicationRequest {
    let mut sent = request(n.into(), application(&format!("L-{n}"), n));
    sent.validate_only = true;
    sent
}

pub async fn bearer(service: &TestService, caller: &str) -> String {
    format!("Bearer {}", service.token(caller, &["*"], &CHANNELS).await)
}

/// Holds every recording up until it is dropped.
pub async fn blocked(database: &TestDatabase) -> PgConnection {
    let mut admin = PgConnection::connect(&database.url).await.unwrap();
    admin.execute("BEGIN; LOCK TABLE request_key IN ACCESS EXCLUSIVE MODE").await.unwrap();
    admin
}

#[tokio::test]
async fn a_passed_deadline_is_said_as_such_and_the_longest_is_the_servers() {
    let service = service_with(|config| config.limits.deadline_ms = 400).await;
    let token = bearer(&service, "core").await;
    let blocked = blocked(&service.database).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let sent = request(1, application("A-1", 1));
    for (asked, limit) in [(Some("50m"), "50"), (Some("1H"), "400"), (Some("no time"), "400"), (None, "400")]
    {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(asked.map(|asked| ("grpc-timeout", asked)));
        let answer = raw.call(VALIDATE, &headers, frame(&sent.encode_to_vec())).await;
        assert_eq!(reason(answer.status()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned()));
        assert_eq!(metadata(answer.status(), "limit_ms").as_deref(), Some(limit));
    }
    drop(blocked);
    // The same request again is answered: whether from the record or anew is the same to the caller.
    let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&sent.encode_to_vec())).await;
    assert_eq!(answer.status().code(), Code::Ok);
    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, 1);
}

#[tokio::test]
async fn a_caller_that_runs_wild_is_held_back_alone() {
    let service = service_with(|config| {
        (config.limits.requests_per_second, config.limits.request_burst) = (1, 5);
    })
    .await;
    let (wild, calm) = (service.client("wild").await, service.client("calm").await);
    let mut refused: Option<Box<Status>> = None;
    for n in 0..7 {
        if let Err(status) = wild.validate(judged_only(n)).await {
            refused = Some(status);
        }
    }
    let refused = refused.expect("two more than the burst");
    assert_eq!(reason(&refused), (Code::ResourceExhausted, "RATE_LIMITED".to_owned()));
    assert!(says_when_to_retry(&refused));
    calm.validate(judged_only(1)).await.unwrap();
}

#[tokio::test]
async fn a_stream_is_read_more_slowly_and_refused_nothing() {
    let service = service_with(|config| {
        (config.limits.requests_per_second, config.limits.request_burst) = (50, 1);
    })
    .await;
    let token = bearer(&service, "bank").await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let message = |n| ValidateApplicationsRequest { request: Some(judged_only(n)) };
    let body = (0..10).flat_map(|n| frame(&message(n).encode_to_vec())).collect();
    let answer = raw.call(STREAM, &[("authorization", &token)], body).await;
    assert_eq!((answer.status().code(), answer.messages.len()), (Code::Ok, 10));
}

#[tokio::test]
async fn more_calls_than_there_are_places_are_shed_at_once_and_probes_never() {
    let service = service_with(|config| config.limits.calls = 2).await;
    let client = service.client("core").await;
    client.validate(judged_only(0)).await.unwrap();
    let blocked = blocked(&service.database).await;
    let mut waiting = tokio::task::JoinSet::new();
    for n in 1..=2u32 {
        let client = client.clone();
        waiting.spawn(
            async move { client.validate(request(n.into(), application(&format!("A-{n}"), n))).await },
        );
    }
    // As soon as both have their places there is none left for others.
    let status = loop {
        if let Err(status) = client.validate(judged_only(9)).await {
            break status;
        }
    };
    assert_eq!(reason(&status), (Code::ResourceExhausted, "OVERLOADED".to_owned()));
    assert!(says_when_to_retry(&status));
    let channel = tonic::transport::Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
    HealthClient::new(channel).check(HealthCheckRequest { service: String::new() }).await.unwrap();
    drop(blocked);
    while let Some(answer) = waiting.join_next().await {
        answer.unwrap().unwrap();
    }
    client.validate(judged_only(10)).await.unwrap();
}

#[tokio::test]
async fn strangers_and_slow_readers_take_no_callers_place() {
    let service = service_with(|config| (config.limits.calls, config.limits.strangers) = (1, 2)).await;
    let address = service.running().grpc.unwrap();
    let token = bearer(&service, "core").await;
    let body = |n| frame(&judged_only(n).encode_to_vec());
    let raw = Raw::connect(address).await;
    assert_eq!(raw.call(VALIDATE, &[("authorization", &token)], body(0)).await.status().code(), Code::Ok);

    // Two watch the health for ever; a third is one too many.
    let watch = "/grpc.health.v1.Health/Watch";
    let mut watching = Vec::new();
    for _ in 0..2 {
        let mut open = raw.open(watch, &[]).await.unwrap();
        open.body.send_data(frame(b"").into(), true).unwrap();
        watching.push(open.response.await.unwrap());
    }
    let third = raw.call(watch, &[], frame(b"")).await;
    assert_eq!(reason(third.status()), (Code::ResourceExhausted, "OVERLOADED".to_owned()));
    let check = raw.call("/grpc.health.v1.Health/Check", &[], frame(b"")).await;
    assert_eq!(check.status().code(), Code::Ok);
    let unknown = raw.call(VALIDATE, &[("authorization", "Bearer unknown")], body(1)).await;
    assert_eq!(reason(unknown.status()).1, "TOKEN_INVALID", "looked up, whoever watches");

    // An answer that nobody reads.
    let socket = TcpStream::connect(address).await.unwrap();
    let slow = Raw::over(socket, h2::client::Builder::new().initial_window_size(0)).await;
    let mut unread = slow.open(VALIDATE, &[("authorization", &token)]).await.unwrap();
    unread.body.send_data(body(2).into(), true).unwrap();
    let unread = unread.response.await.unwrap();
    let answer = raw.call(VALIDATE, &[("authorization", &token)], body(3)).await;
    assert_eq!(answer.status().code(), Code::Ok);
    drop((watching, unread));
}

#[tokio::test]
async fn silent_sockets_are_closed_and_in_nobodys_way() {
    let service = service_with(|config| {
        (config.limits.connections_per_address, config.limits.handshake_ms) = (8, 500);
    })
    .await;
    let address = service.running().grpc.unwrap();
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(from_elsewhere(address).await.unwrap());
    }
    // Their places are theirs alone.
    let client = service.client("core").await;
    client.validate(judged_only(1)).await.unwrap();
    for mut socket in silent {
        assert_eq!(read_to_end(&mut socket).await, b"", "a silent socket is closed");
    }
    // And free again.
    let raw = Raw::over(from_elsewhere(address).await.unwrap(), &h2::client::Builder::new()).await;
    let body = frame(&judged_only(2).encode_to_vec());
    let answer = raw.call(VALIDATE, &[("authorization", &bearer(&service, "far").await)], body).await;
    assert_eq!(answer.status().code(), Code::Ok);
}

/// What comes until the connection ends, in order or by a reset.
async fn read_to_end(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn claims_of_much_take_no_place_from_honest_callers() {
    let service = service_with(|config| config.limits.partial_message_bytes = 1_000_000).await;
    let token = bearer(&service, "claims").await;
    let address = service.running().grpc.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        let raw = Raw::connect(address).await;
        for n in 0..120u32 {
            let mut open = raw.open(VALIDATE, &[("authorization", &token)]).await.unwrap();
            // The largest that may be, and one byte of it: with room kept for what is claimed this would be 120 MiB.
            let length = if n.is_multiple_of(2) { 256 * 1024 } else { u32::MAX };
            open.body.send_data(claim(length, b"x").into(), false).unwrap();
            held.push(open);
        }
        let body = frame(&judged_only(1).encode_to_vec());
        let answer = raw.call(VALIDATE, &[("authorization", &token)], body).await;
        assert_eq!(answer.status().code(), Code::Ok);
    }
}

#[tokio::test]
async fn messages_in_part_share_one_budget() {
    let service = service_with(|config| config.limits.partial_message_bytes = 100_000).await;
    let token = bearer(&service, "parts").await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut call = raw.open(VALIDATE, &[("authorization", &token)]).await.unwrap();
        call.body.send_data(claim(200_000, &vec![0; 30_000]).into(), false).unwrap();
        open.push(call);
    }
    // Three fit; the fourth, whichever it is, does not.
    let mut answers = tokio::task::JoinSet::new();
    let mut bodies = Vec::new();
    for call in open {
        let crate::support::raw::Open { response, body } = call;
        bodies.push(body);
        answers.spawn(crate::support::raw::read(response));
    }
    let first = answers.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(reason(first.status()), (Code::ResourceExhausted, "OVERLOADED".to_owned()));
    answers.abort_all();
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let service = TestService::start().await;
    let token = bearer(&service, "core").await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let long = "x".repeat(20_000);
    let answer = raw.call(VALIDATE, &[("authorization", &token), ("x-long", &long)], Vec::new()).await;
    assert_eq!(answer.http, 431);
    let body = frame(&judged_only(1).encode_to_vec());
    assert_eq!(raw.call(VALIDATE, &[("authorization", &token)], body).await.status().code(), Code::Ok);
}

#[tokio::test]
async fn a_queue_that_does_not_move_turns_newcomers_away_and_recovers() {
    let service = service_with(|config| {
        (config.limits.queue_ms, config.limits.streams_per_connection) = (1, 10_000);
    })
    .await;
    let client = service.client("core").await;
    client.validate(request(0, application("Q-0", 0))).await.unwrap();
    let blocked = blocked(&service.database).await;
    let mut waiting = tokio::task::JoinSet::new();
    let mut shed = None;
    for n in 1..2_000u32 {
        let client = client.clone();
        waiting.spawn(
            async move { client.validate(request(n.into(), application(&format!("Q-{n}"), n))).await },
        );
        // Whoever is turned away is told while all others still wait.
        while let Some(answer) = waiting.try_join_next() {
            shed = Some(answer.unwrap().unwrap_err());
        }
        if shed.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let shed = match shed {
        Some(status) => status,
        None => waiting.join_next().await.unwrap().unwrap().unwrap_err(),
    };
    assert_eq!(reason(&shed), (Code::ResourceExhausted, "QUEUE_FULL".to_owned()));
    assert!(says_when_to_retry(&shed));
    drop(blocked);
    let mut answered = 0;
    while let Some(answer) = waiting.join_next().await {
        match answer.unwrap() {
            Ok(_) => answered += 1,
            Err(status) => assert_eq!(reason(&status).1, "QUEUE_FULL"),
        }
    }
    assert!(answered > 256, "{answered} that waited were answered");
    client.validate(request(5_000, application("Q-5000", 1))).await.unwrap();
}

#[tokio::test]
async fn refused_calls_do_not_cost_the_connection() {
    let service = service_with(|config| {
        (config.limits.requests_per_second, config.limits.request_burst) = (1, 1);
    })
    .await;
    let token = bearer(&service, "fast").await;
    let headers = [("authorization", token.as_str())];
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let body = frame(&judged_only(1).encode_to_vec());
    let (head, rest) = body.split_at(100);
    assert_eq!(raw.call(VALIDATE, &headers, body.clone()).await.status().code(), Code::Ok);
    // More than the resets after which HTTP/2 gives a connection up.
    for _ in 0..4 {
        let mut open = Vec::new();
        for _ in 0..100 {
            open.push(raw.open(VALIDATE, &headers).await.unwrap());
        }
        for piece in [head, rest] {
            for call in &mut open {
                let end = piece == rest;
                call.body.send_data(bytes::Bytes::copy_from_slice(piece), end).unwrap();
            }
        }
        for call in open {
            let answer = crate::support::raw::read(call.response).await.unwrap();
            assert!(matches!(reason(answer.status()).1.as_str(), "RATE_LIMITED" | ""), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_request_whose_headers_never_end_is_closed() {
    let service = service_with(|config| config.limits.http_header_ms = 200).await;
    let address = service.running().http;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: te").await.unwrap();
    // The service's own end of it: nothing else ends this.
    let told = String::from_utf8(read_to_end(&mut slow).await).unwrap();
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 408 "), "{told}");
    // So is a connection on which nothing follows an answer.
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
    let told = String::from_utf8(read_to_end(&mut idle).await).unwrap();
    assert!(told.starts_with("HTTP/1.1 200 ") && told.ends_with("ok\n"), "{told}");
}
