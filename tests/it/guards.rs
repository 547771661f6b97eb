//! What stands before the methods, beside the limits of [`crate::limits`]: look-ups of tokens, long calls, streams that are opened,
//! reflection and health.

use std::collections::BTreeSet;

use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::task::JoinSet;
use tonic::{Code, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    canary::drive::methods,
    limits::{bearer, judged_only, service_with},
    support::{
        raw::{Raw, VALIDATE, frame},
        statuses::reason,
    },
};

#[tokio::test]
async fn tokens_are_looked_up_so_many_at_a_time() {
    let service = service_with(|config| config.limits.look_ups = 1).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let mut admin = PgConnection::connect(&service.database.url).await.unwrap();
    admin.execute("BEGIN; LOCK TABLE caller_token IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let mut asking = JoinSet::new();
    for unknown in ["Bearer one", "Bearer two"] {
        let mut call = raw.open(VALIDATE, &[("authorization", unknown)]).await.unwrap();
        call.body.send_data(frame(&judged_only(1).encode_to_vec()).into(), true).unwrap();
        asking.spawn(call.answer());
    }
    let second = asking.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(reason(second.status()), (Code::ResourceExhausted, "OVERLOADED".to_owned()));
    drop(admin);
    let first = asking.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(reason(first.status()), (Code::Unauthenticated, "TOKEN_INVALID".to_owned()));
}

#[tokio::test]
async fn what_takes_long_by_its_nature_has_a_longer_deadline() {
    let service = service_with(|config| config.limits.deadline_ms = 100).await;
    let token = bearer(&service, "core").await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let mut admin = PgConnection::connect(&service.database.url).await.unwrap();
    admin.execute("BEGIN; LOCK TABLE audit_entry, submission IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let open = async |path| {
        let mut call = raw.open(path, &[("authorization", token.as_str())]).await.unwrap();
        call.body.send_data(frame(b"").into(), true).unwrap();
        call
    };
    let long = open("/zhenshi.v1.PrivacyService/VerifyAuditChain").await;
    let usual = open("/zhenshi.v1.ValidationService/ListSubmissions").await.answer().await.unwrap();
    assert_eq!(reason(usual.status()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".to_owned()));
    drop(admin);
    assert_eq!(long.answer().await.unwrap().status().code(), Code::Ok);
}

#[tokio::test]
async fn opening_a_stream_counts_as_a_request() {
    let service = service_with(|config| {
        (config.limits.requests_per_second, config.limits.request_burst) = (1, 1);
    })
    .await;
    let token = bearer(&service, "core").await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let export = "/zhenshi.v1.SuspicionService/ExportSuspicionList";
    let mut reasons = Vec::new();
    for _ in 0..2 {
        let answer = raw.call(export, &[("authorization", &token)], frame(b"")).await;
        reasons.push(reason(answer.status()).1);
    }
    assert_ne!(reasons[0], "RATE_LIMITED");
    assert_eq!(reasons[1], "RATE_LIMITED");
}

#[tokio::test]
async fn reflection_can_be_switched_off_and_health_knows_every_service() {
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let service = service_with(|config| config.grpc.reflection = false).await;
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let answer = raw.call(reflection, &[], frame(b"")).await;
    assert_eq!(reason(answer.status()), (Code::Unimplemented, "METHOD_UNKNOWN".to_owned()));
    let channel = Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
    let mut health = HealthClient::new(channel);
    let services: BTreeSet<_> =
        methods().iter().map(|method| method.parent_service().full_name().to_owned()).collect();
    for service in services {
        let answer = health.check(HealthCheckRequest { service: service.clone() }).await.unwrap();
        assert_eq!(answer.into_inner().status(), ServingStatus::Serving, "{service}");
    }
}
