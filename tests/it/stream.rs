//! `ValidateApplications`: order, bad messages, gateways that stop reading, die, send very much, or meet the service's end.

use std::collections::HashSet;

use bytes::Bytes;
use h2::client::Builder;
use prost::Message as _;
use sqlx::PgPool;
use tokio::{net::TcpStream, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Status, Streaming};
use zhenshi_proto::zhenshi::v1::{
    ValidateApplicationRequest, ValidateApplicationsRequest, ValidateApplicationsResponse, Verdict,
    validate_applications_response::Result as Answer, validation_service_client::ValidationServiceClient,
};

use crate::{
    limits::{blocked, service_with},
    support::{
        applications::{application, rejected, request},
        database::{TestDatabase, count},
        raw::{Open, Raw, STREAM, claim, frame, unframe},
        service::{CHANNELS, TestService},
        statuses::{language, metadata, reason},
    },
};

/// Environment: how many messages the long stream has.
const MESSAGES: &str = "ZHENSHI_STREAM_MESSAGES";

/// An open stream of a well-behaved gateway.
struct Gateway {
    send: mpsc::Sender<ValidateApplicationsRequest>,
    answers: Streaming<ValidateApplicationsResponse>,
}

impl Gateway {
    async fn open(service: &TestService) -> Self {
        let token = bearer(service).await;
        let channel = tonic::transport::Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
        let (send, messages) = mpsc::channel(1_000);
        let mut call = Request::new(ReceiverStream::new(messages));
        call.metadata_mut().insert("authorization", token.parse().unwrap());
        let answers =
            ValidationServiceClient::new(channel).validate_applications(call).await.unwrap().into_inner();
        Self { send, answers }
    }

    async fn send(&self, request: ValidateApplicationRequest) {
        self.send.send(ValidateApplicationsRequest { request: Some(request) }).await.unwrap();
    }
}

async fn bearer(service: &TestService) -> String {
    format!("Bearer {}", service.token("bank", &["*"], &CHANNELS).await)
}

fn numbered(n: u32) -> ValidateApplicationRequest {
    let make = if n.is_multiple_of(3) { rejected } else { application };
    request(n.into(), make(&format!("S-{n}"), n))
}

fn encoded(request: ValidateApplicationRequest) -> Vec<u8> {
    frame(&ValidateApplicationsRequest { request: Some(request) }.encode_to_vec())
}

/// The status of a message that has no verdict.
fn fault(answer: &ValidateApplicationsResponse) -> Status {
    let Some(Answer::Status(status)) = &answer.result else { panic!("a verdict") };
    let code = Code::from_i32(status.code);
    Status::with_details(code, status.message.clone(), status.encode_to_vec().into())
}

fn is_verdict(answer: &ValidateApplicationsResponse) -> bool {
    matches!(answer.result, Some(Answer::Response(_)))
}

fn decoded(bodies: &[Vec<u8>]) -> Vec<ValidateApplicationsResponse> {
    bodies.iter().map(|body| ValidateApplicationsResponse::decode(&**body).unwrap()).collect()
}

/// Submissions that no request key names: nobody could ever be told of them.
async fn without_owner(admin: &PgPool) -> i64 {
    count(
        admin,
        "SELECT count(*) FROM submission s WHERE NOT EXISTS (SELECT FROM request_key k WHERE k.submission_id = s.id)",
    )
    .await
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_messages() {
    let service = TestService::start().await;
    let mut gateway = Gateway::open(&service).await;
    for n in 0..300 {
        gateway.send(numbered(n)).await;
    }
    drop(gateway.send);
    for n in 0..300 {
        let answer = gateway.answers.message().await.unwrap().unwrap();
        assert_eq!(answer.request_id, numbered(n).request_id);
        let Some(Answer::Response(verdict)) = answer.result else { panic!("{n}: no verdict") };
        let expected = if n.is_multiple_of(3) { Verdict::Rejected } else { Verdict::Accepted };
        assert_eq!(verdict.verdict(), expected, "{n}");
    }
    assert!(gateway.answers.message().await.unwrap().is_none());
}

#[tokio::test]
async fn a_bad_message_is_answered_and_the_stream_goes_on() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let mut undecodable = ValidateApplicationsRequest { request: Some(numbered(1)) }.encode_to_vec();
    // A field of the wrong type behind what was right.
    undecodable.extend([0x08, 1]);
    let mut in_english = numbered(2);
    in_english.language_code = "en".into();
    let mut in_english = ValidateApplicationsRequest { request: Some(in_english) }.encode_to_vec();
    in_english.extend([0x08, 1]);
    let mut crowded = numbered(4);
    let insured = crowded.application.as_ref().unwrap().insureds[0].clone();
    crowded.application.as_mut().unwrap().insureds = vec![insured; 101];
    let body = [
        encoded(numbered(0)),
        frame(&undecodable),
        frame(&in_english),
        frame(&vec![0; 300 * 1024]),
        frame(&[0xff]),
        encoded(crowded),
        encoded(ValidateApplicationRequest::default()),
        frame(b""),
        encoded(numbered(5)),
    ]
    .concat();
    let headers = [("authorization", &*token), ("accept-language", "zh-Hant")];
    let answer = call_in_pieces(&raw, &headers, body).await;
    assert_eq!(answer.0.code(), Code::Ok);
    let answers = answer.1;
    assert_eq!(answers.len(), 9);
    assert!(is_verdict(&answers[0]) && is_verdict(&answers[8]));
    let said: Vec<_> =
        answers[1..8].iter().map(|answer| (reason(&fault(answer)).1, answer.request_id.clone())).collect();
    let id = |n: u32| numbered(n).request_id;
    let none = String::new;
    let expected = [
        ("MALFORMED_MESSAGE", id(1)),
        ("MALFORMED_MESSAGE", id(2)),
        ("MESSAGE_TOO_LARGE", none()),
        ("MALFORMED_MESSAGE", none()),
        ("TOO_MANY_INSUREDS", id(4)),
        ("INVALID_REQUEST", none()),
        ("INVALID_REQUEST", none()),
    ];
    assert_eq!(said, expected.map(|(reason, id)| (reason.to_owned(), id)));
    let languages: Vec<String> = answers[1..4].iter().map(|answer| language(&fault(answer))).collect();
    assert_eq!(languages, ["zh-Hant", "en", "zh-Hant"]);
    assert_eq!(metadata(&fault(&answers[3]), "limit_bytes").as_deref(), Some("262144"));
}

/// Sends `body` in pieces as flow control lets it, while the answers are read.
async fn call_in_pieces(
    raw: &Raw,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> (Status, Vec<ValidateApplicationsResponse>) {
    let Open { response, body: mut out } = raw.open(STREAM, headers).await.unwrap();
    let sending = tokio::spawn(async move {
        for piece in body.chunks(1_000) {
            send_piece(&mut out, Bytes::copy_from_slice(piece)).await;
        }
        out.send_data(Bytes::new(), true).unwrap();
    });
    let answer = crate::support::raw::read(response).await.unwrap();
    sending.await.unwrap();
    (answer.status().clone(), decoded(&answer.messages))
}

/// Sends all of `piece`, waiting for room; `false` when the call is over.
async fn send_piece(out: &mut h2::SendStream<Bytes>, mut piece: Bytes) -> bool {
    while !piece.is_empty() {
        out.reserve_capacity(piece.len());
        while out.capacity() == 0 {
            match std::future::poll_fn(|cx| out.poll_capacity(cx)).await {
                Some(Ok(_)) => {}
                _ => return false,
            }
        }
        let now = piece.split_to(out.capacity().min(piece.len()));
        if out.send_data(now, false).is_err() {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn a_broken_frame_ends_the_stream_after_what_was_right() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let body = [encoded(numbered(0)), encoded(numbered(1)), claim(50, b"cut off")].concat();
    let answer = raw.call(STREAM, &[("authorization", &token)], body).await;
    assert_eq!(answer.messages.len(), 2);
    assert!(decoded(&answer.messages).iter().all(is_verdict));
    assert_eq!(reason(answer.status()), (Code::InvalidArgument, "MALFORMED_MESSAGE".to_owned()));
}

#[tokio::test]
async fn very_many_messages_in_one_stream() {
    let messages: u32 = std::env::var(MESSAGES).map_or(3_000, |text| text.parse().unwrap());
    let service = TestService::start().await;
    let Gateway { send, mut answers } = Gateway::open(&service).await;
    let sending = tokio::spawn(async move {
        for n in 0..messages {
            let message = ValidateApplicationsRequest { request: Some(numbered(n)) };
            send.send(message).await.unwrap();
        }
    });
    for n in 0..messages {
        let answer = answers.message().await.unwrap().unwrap();
        assert!(is_verdict(&answer) && answer.request_id == numbered(n).request_id, "{n}");
    }
    assert!(answers.message().await.unwrap().is_none());
    sending.await.unwrap();
    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, i64::from(messages));
}

#[tokio::test]
async fn a_gateway_that_reads_late_gets_every_answer() {
    let service = TestService::start().await;
    let token = bearer(&service).await;
    // A window of a few answers: the service must wait for the reader again and again.
    let socket = TcpStream::connect(service.running().grpc.unwrap()).await.unwrap();
    let raw = Raw::over(socket, Builder::new().initial_window_size(1_000)).await;
    let Open { response, mut body } = raw.open(STREAM, &[("authorization", &token)]).await.unwrap();
    let sending = tokio::spawn(async move {
        for n in 0..400 {
            assert!(send_piece(&mut body, encoded(numbered(n)).into()).await);
        }
        body.send_data(Bytes::new(), true).unwrap();
    });
    let mut answers = response.await.unwrap().into_body();
    let mut bytes = Vec::new();
    while let Some(chunk) = answers.data().await {
        let chunk = chunk.unwrap();
        bytes.extend_from_slice(&chunk);
        answers.flow_control().release_capacity(chunk.len()).unwrap();
    }
    sending.await.unwrap();
    let answers = decoded(&unframe(&bytes));
    let ids: Vec<String> = answers.iter().map(|answer| answer.request_id.clone()).collect();
    assert_eq!(ids, (0..400).map(|n| numbered(n).request_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_gateway_that_dies_leaves_nothing_behind() {
    let service = TestService::start_with(TestDatabase::new().await, |config| config.limits.calls = 1).await;
    let client = service.client("core").await;
    let token = bearer(&service).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let mut open = raw.open(STREAM, &[("authorization", &token)]).await.unwrap();
    for n in 0..40 {
        assert!(send_piece(&mut open.body, encoded(numbered(n)).into()).await);
    }
    let admin = service.database.admin().await;
    while count(&admin, "SELECT count(*) FROM submission").await == 0 {}
    raw.cut();
    // The one place for calls is free again, as soon as the service has seen it.
    let mut sent = request(9_000, application("after", 1));
    sent.validate_only = true;
    while let Err(status) = client.validate(sent.clone()).await {
        assert_eq!(reason(&status).1, "OVERLOADED");
    }
    let database = service.database.clone();
    service.stop().await;
    let admin = database.admin().await;
    assert!(count(&admin, "SELECT count(*) FROM submission").await <= 40);
    assert_eq!(without_owner(&admin).await, 0);
}

#[tokio::test]
async fn a_stop_in_the_middle_answers_what_was_read_and_says_so() {
    let service = TestService::start().await;
    let mut gateway = Gateway::open(&service).await;
    for n in 0..60 {
        gateway.send(numbered(n)).await;
    }
    let mut answered = vec![gateway.answers.message().await.unwrap().unwrap()];
    let database = service.database.clone();
    let stopping = tokio::spawn(service.stop());
    let end = loop {
        match gateway.answers.message().await {
            Ok(Some(answer)) => answered.push(answer),
            Ok(None) => panic!("the stream ended as if all were answered"),
            Err(status) => break status,
        }
    };
    stopping.await.unwrap();
    assert_eq!(reason(&end), (Code::Unavailable, "SHUTTING_DOWN".to_owned()));
    for (n, answer) in (0..).zip(&answered) {
        assert!(is_verdict(answer) && answer.request_id == numbered(n).request_id, "{n}");
    }
    // What was answered is what was recorded: nothing begun was dropped, nothing unread was begun.
    let admin = database.admin().await;
    assert_eq!(
        count(&admin, "SELECT count(*) FROM submission").await,
        i64::try_from(answered.len()).unwrap()
    );
}

#[tokio::test]
async fn an_old_connection_ends_its_stream_in_order_and_another_one_serves() {
    let service = TestService::start_with(TestDatabase::new().await, |config| {
        config.limits.connection_age_ms = 300;
    })
    .await;
    let mut ids = HashSet::new();
    for round in 0..2 {
        let mut gateway = Gateway::open(&service).await;
        gateway.send(numbered(round)).await;
        ids.insert(gateway.answers.message().await.unwrap().unwrap().request_id);
        let end = gateway.answers.message().await.unwrap_err();
        assert_eq!(reason(&end), (Code::Unavailable, "CONNECTION_AGED".to_owned()));
    }
    assert_eq!(ids.len(), 2);
}

#[tokio::test]
async fn a_full_queue_slows_streams_and_refuses_them_nothing() {
    let service = service_with(|config| {
        (config.limits.queue_ms, config.limits.streams_per_connection) = (1, 10_000);
    })
    .await;
    let (client, mut gateways) = (service.client("core").await, Vec::new());
    for _ in 0..3 {
        gateways.push(Gateway::open(&service).await);
    }
    let blocked = blocked(&service.database).await;
    for n in 0..200 {
        for (gateway, first) in gateways.iter().zip([0, 1_000, 2_000]) {
            gateway.send(numbered(first + n)).await;
        }
    }
    // Who cannot wait is told so; by then there is no room for the streams' messages either.
    let mut waiting = tokio::task::JoinSet::new();
    let mut n = 10_000;
    let shed = loop {
        n += 1;
        let client = client.clone();
        waiting.spawn(async move { client.validate(numbered(n)).await });
        tokio::task::yield_now().await;
        if let Some(answer) = waiting.try_join_next() {
            break answer.unwrap().unwrap_err();
        }
    };
    assert_eq!(reason(&shed).1, "QUEUE_FULL");
    drop(blocked);
    for (mut gateway, first) in gateways.into_iter().zip([0, 1_000, 2_000]) {
        drop(gateway.send);
        for n in 0..200 {
            let answer = gateway.answers.message().await.unwrap().unwrap();
            assert!(
                is_verdict(&answer) && answer.request_id == numbered(first + n).request_id,
                "{first} {n}"
            );
        }
    }
}

#[tokio::test]
async fn a_stream_without_messages_is_let_go() {
    let service = TestService::start_with(TestDatabase::new().await, |config| {
        config.limits.stream_idle_ms = 200;
    })
    .await;
    let mut gateway = Gateway::open(&service).await;
    gateway.send(numbered(0)).await;
    assert!(is_verdict(&gateway.answers.message().await.unwrap().unwrap()));
    let end = gateway.answers.message().await.unwrap_err();
    assert_eq!(reason(&end), (Code::Aborted, "STREAM_IDLE".to_owned()));
    assert_eq!(metadata(&end, "limit_ms").as_deref(), Some("200"));
}
