//! Health: the service says that it cannot take calls while its database is gone, and takes them again afterwards.

use sqlx::{Connection as _, Executor as _, PgConnection};
use tonic::{Code, Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};

use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    service::TestService,
    statuses::{reason, says_when_to_retry},
};

#[tokio::test]
async fn health_follows_the_database() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    client.validate(request(1, application("A-1", 1))).await.unwrap();
    let channel = Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
    for name in ["", "zhenshi.v1.ValidationService"] {
        let mut seen = watch(channel.clone(), name).await;
        until(&mut seen, ServingStatus::Serving).await;
        assert_eq!(ready(&service).await, 200);

        allow_connections(&service.database, false).await;
        until(&mut seen, ServingStatus::NotServing).await;
        assert_eq!(ready(&service).await, 503);
        let status = client.validate(request(9, application("A-9", 9))).await.unwrap_err();
        assert_eq!(reason(&status), (Code::Unavailable, "STORE_UNAVAILABLE".to_owned()));
        assert!(says_when_to_retry(&status));

        allow_connections(&service.database, true).await;
        until(&mut seen, ServingStatus::Serving).await;
        assert_eq!(ready(&service).await, 200);
    }
    client.validate(request(2, application("A-2", 2))).await.unwrap();
}

#[tokio::test]
async fn a_stopping_service_says_so_first() {
    let service = TestService::start().await;
    let channel = Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
    let mut seen = watch(channel, "").await;
    until(&mut seen, ServingStatus::Serving).await;
    let stopping = tokio::spawn(service.stop());
    until(&mut seen, ServingStatus::NotServing).await;
    drop(seen);
    stopping.await.unwrap();
}

async fn watch(channel: Channel, service: &str) -> Streaming<HealthCheckResponse> {
    let wanted = HealthCheckRequest { service: service.into() };
    HealthClient::new(channel).watch(wanted).await.unwrap().into_inner()
}

/// Waits for `status`; the stream of changes never ends by itself.
async fn until(seen: &mut Streaming<HealthCheckResponse>, status: ServingStatus) {
    while seen.message().await.unwrap().expect("the stream goes on").status() != status {}
}

/// The HTTP status of `/readyz`.
async fn ready(service: &TestService) -> u16 {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(service.running().http).await.unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Takes the database away, or gives it back: nobody may connect, and who is connected is sent away.
async fn allow_connections(database: &TestDatabase, allowed: bool) {
    let (mut admin, name) =
        (PgConnection::connect(&TestDatabase::server_url()).await.unwrap(), database.name());
    let sql = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}");
    admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    if !allowed {
        let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
}
