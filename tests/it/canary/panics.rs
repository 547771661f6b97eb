//! A panic in a handler, in a process of its own: the hook that tells panics belongs to a whole process.

use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request};
use tonic_types::StatusExt as _;
use zhenshi::{clock::Clock, telemetry};
use zhenshi_proto::zhenshi::v1::{
    ValidateApplicationsRequest, validate_applications_response::Result as Answer,
    validation_service_client::ValidationServiceClient,
};

use super::{
    drive::{Driver, Refusals, inner_statuses, methods, path},
    plant::{MARKS, Planter, Script, with_request_id},
};
use crate::support::{
    applications::{application, request},
    database::start_time,
    service::TestService,
};

/// Tells the child that it is one.
const CHILD: &str = "ZHENSHI_TEST_PANIC_CHILD";
/// Name of the child's test.
const NAME: &str = "canary::panics::a_service_whose_clock_panics";

/// A clock that panics when it is armed, with words that hold values.
struct PanickingClock {
    armed: AtomicBool,
}

impl Clock for PanickingClock {
    fn now(&self) -> DateTime<Utc> {
        let customer = MARKS.join(" ");
        assert!(!self.armed.load(Ordering::SeqCst), "no time for {customer}");
        start_time()
    }
}

/// One message of a stream panics: it is answered as a unary call would be, and the next one has its verdict.
async fn a_stream_goes_on(service: &TestService, token: &str, clock: &PanickingClock) {
    let channel = tonic::transport::Channel::from_shared(service.url()).unwrap().connect().await.unwrap();
    let (send, messages) = mpsc::channel(1);
    let mut call = Request::new(ReceiverStream::new(messages));
    call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let mut client = ValidationServiceClient::new(channel);
    let mut answers = client.validate_applications(call).await.unwrap().into_inner();
    for n in 1..=3_u32 {
        let panics = n == 2;
        clock.armed.store(panics, Ordering::SeqCst);
        let mut asked = request(n.into(), application(&format!("P-{n}"), n));
        asked.validate_only = true;
        send.send(ValidateApplicationsRequest { request: Some(asked.clone()) }).await.unwrap();
        let answer = answers.message().await.unwrap().unwrap();
        clock.armed.store(false, Ordering::SeqCst);
        assert_eq!(answer.request_id, asked.request_id);
        match answer.result.clone().unwrap() {
            Answer::Response(_) => assert!(!panics, "{n}"),
            Answer::Status(status) => {
                assert!(panics && status.code == Code::Internal as i32, "{n}: {status:?}");
                let status = inner_statuses(&[answer.encode_to_vec()]).pop().unwrap();
                assert_eq!(status.get_details_error_info().unwrap().reason, "INTERNAL");
            }
        }
    }
    drop(send);
    assert!(answers.message().await.unwrap().is_none());
}

/// Runs the child and gives everything that it wrote.
pub fn run_child() -> String {
    let done = Command::new(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--ignored", "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let told = [done.stdout, done.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(done.status.success(), "{told}");
    told
}

#[tokio::test]
#[ignore = "is run by the_words_of_a_panic_stay_in, in a process of its own"]
async fn a_service_whose_clock_panics() {
    assert!(std::env::var_os(CHILD).is_some(), "run it by the_words_of_a_panic_stay_in");
    let _telemetry = telemetry::start(telemetry::Settings::default()).unwrap();
    let clock = Arc::new(PanickingClock { armed: AtomicBool::new(false) });
    let service = TestService::start_with_clock(clock.clone()).await;
    let token = service.token("core", &["*"], &crate::support::service::CHANNELS).await;
    let refusals = Refusals::default();
    let driver = Driver::connect(service.url(), refusals.clone()).await;
    let mut panicked = BTreeSet::new();
    for (n, method) in (1_u128..).zip(methods()) {
        let message = Planter::new(Script::Latin, 0).message(&method.input());
        let message = with_request_id(message, n).encode_to_vec();
        clock.armed.store(true, Ordering::SeqCst);
        let answers = driver.call(&path(&method), Some(&token), vec![message]).await;
        clock.armed.store(false, Ordering::SeqCst);
        // A stream answers the message whose work panicked, and goes on.
        let status = match answers {
            Ok(answers) => inner_statuses(&answers).pop(),
            Err(status) => Some(*status),
        };
        let Some(status) = status else { continue };
        refusals.keep(&status);
        assert_ne!(status.code(), Code::Unknown, "{}: an answer of ours: {status:?}", method.name());
        if status.code() == Code::Internal {
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.reason, "INTERNAL", "{}", method.name());
            let incident = info.metadata["incident_id"].parse::<uuid::Uuid>().unwrap();
            assert!(!incident.is_nil());
            panicked.insert(method.name().to_owned());
        }
    }
    for name in ["ValidateApplication", "ValidateApplications", "ExplainCertificate"] {
        assert!(panicked.contains(name), "{name} asks the clock: {panicked:?}");
    }
    a_stream_goes_on(&service, &token, &clock).await;
    // The connection and the service live on.
    let list = vec![zhenshi_proto::zhenshi::v1::ListSubmissionsRequest::default().encode_to_vec()];
    driver.call("/zhenshi.v1.ValidationService/ListSubmissions", Some(&token), list).await.unwrap();
    let searcher = super::search::Searcher::new(MARKS);
    assert_eq!(searcher.hits("errors", &refusals.bytes()), [] as [String; 0]);
}
