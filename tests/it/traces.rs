//! Traces as a real OTLP receiver sees them: the caller's trace goes on, from the call to the commit.

use opentelemetry_proto::tonic::{
    common::v1::any_value::Value,
    trace::v1::{Span, span::SpanKind},
};
use tonic::{Request, transport::Channel};
use zhenshi::{entropy::SeededEntropy, grpc::client::Client, security::keyring::Keyring};
use zhenshi_proto::zhenshi::v1::{
    ValidateApplicationsRequest, validation_service_client::ValidationServiceClient,
};

use crate::support::{
    applications::{application, rejected, request},
    database::TestDatabase,
    otlp::Receiver,
    program::{Program, token},
};

/// The caller's trace and the span of its call.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
/// The method that the caller calls.
const METHOD: &str = "zhenshi.v1.ValidationService/ValidateApplication";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("an attribute of another kind: {other:?}"),
    }
}

/// The only span of `name` that `belongs`.
fn only<'a>(spans: &'a [Span], name: &str, belongs: impl Fn(&Span) -> bool) -> &'a Span {
    let found: Vec<&Span> = spans.iter().filter(|span| span.name == name && belongs(span)).collect();
    assert_eq!(found.len(), 1, "spans named {name} in {spans:#?}");
    found[0]
}

#[tokio::test]
async fn a_receiver_that_is_away_stops_nothing_and_is_told() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let url = Some(database.url.as_str());
    // A port that was free a moment ago: nobody listens there.
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = format!("http://{nobody}");
    let program = Program::serve_with(folder.path(), url, &[("ZHENSHI__TRACES__ENDPOINT", &endpoint)]);
    let client = Client::connect(program.url(), &token(folder.path(), url)).await.unwrap();
    client.validate(request(1, application("T-1", 1))).await.unwrap();
    assert!(program.stop().await.success());
    let log = std::fs::read_to_string(folder.path().join("service.log")).unwrap();
    assert!(log.contains("export failed"), "{log}");
}

#[tokio::test]
async fn the_callers_trace_goes_on_to_the_commit() {
    let receiver = Receiver::start().await;
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let url = Some(database.url.as_str());
    let endpoint = receiver.url();
    let program = Program::serve_with(folder.path(), url, &[("ZHENSHI__TRACES__ENDPOINT", &endpoint)]);
    let authorization = format!("Bearer {}", token(folder.path(), url));
    let channel = Channel::from_shared(program.url()).unwrap().connect().await.unwrap();
    let mut client = ValidationServiceClient::new(channel);

    let mut call = Request::new(request(1, application("T-1", 1)));
    call.metadata_mut().insert("authorization", authorization.parse().unwrap());
    call.metadata_mut().insert("traceparent", format!("00-{TRACE}-{PARENT}-01").parse().unwrap());
    client.validate_application(call).await.unwrap();
    // A stream of a caller that knows nothing of traces.
    let messages = [2, 3].map(|n: u32| ValidateApplicationsRequest {
        request: Some(request(n.into(), rejected(&format!("T-{n}"), n))),
    });
    let mut call = Request::new(tokio_stream::iter(messages));
    call.metadata_mut().insert("authorization", authorization.parse().unwrap());
    let mut answers = client.validate_applications(call).await.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    // Stopping sends what is still here.
    assert!(program.stop().await.success());

    let spans = receiver.spans();
    let rpc = only(&spans, METHOD, |_| true);
    assert_eq!((hex(&rpc.trace_id).as_str(), hex(&rpc.parent_span_id).as_str()), (TRACE, PARENT));
    assert_eq!(rpc.kind(), SpanKind::Server);
    for (name, wanted) in [
        ("rpc.system.name", "grpc"),
        ("rpc.method", METHOD),
        ("rpc.response.status_code", "OK"),
        ("caller", "test"),
    ] {
        assert_eq!(attribute(rpc, name).as_deref(), Some(wanted), "{name}");
    }
    let below = |parent: &Span| {
        let (trace, id) = (parent.trace_id.clone(), parent.span_id.clone());
        move |span: &Span| span.trace_id == trace && span.parent_span_id == id
    };
    only(&spans, "judge", below(rpc));
    let record = only(&spans, "record", below(rpc));
    // The batch is a trace of its own, which the call links to; its commit lies below it.
    let [link] = record.links.as_slice() else { panic!("one link: {record:#?}") };
    let batch = only(&spans, "record_batch", |span| span.span_id == link.span_id);
    assert_eq!(attribute(batch, "batch.size").as_deref(), Some("1"));
    assert!(batch.parent_span_id.is_empty());
    only(&spans, "commit", below(batch));

    let stream = only(&spans, "zhenshi.v1.ValidationService/ValidateApplications", |_| true);
    assert!(stream.parent_span_id.is_empty(), "a trace of its own");
    let messages: Vec<&Span> =
        spans.iter().filter(|span| span.name == "message" && below(stream)(span)).collect();
    assert_eq!(messages.len(), 2, "{spans:#?}");
    for message in messages {
        only(&spans, "judge", below(message));
        only(&spans, "record", below(message));
    }
}

#[tokio::test]
async fn a_receiver_behind_tls_is_reached_if_it_is_trusted() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let receiver = Receiver::start_with_tls(&made.cert.pem(), &made.signing_key.serialize_pem()).await;
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let url = Some(database.url.as_str());
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    // Public authorities do not know it.
    for (trusted, ca) in [(false, ""), (true, ca.to_str().unwrap())] {
        let endpoint = receiver.url();
        let mut variables = vec![("ZHENSHI__TRACES__ENDPOINT", endpoint.as_str())];
        if trusted {
            variables.push(("ZHENSHI__TRACES__CA", ca));
        }
        let program = Program::serve_with(folder.path(), url, &variables);
        let client = Client::connect(program.url(), &token(folder.path(), url)).await.unwrap();
        client.validate(request(1, application("T-1", 1))).await.unwrap();
        assert!(program.stop().await.success());
        assert_eq!(receiver.spans().iter().any(|span| span.name == METHOD), trusted);
    }
}
