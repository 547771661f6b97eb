//! Log lines as the configuration asks for them.

use std::fs;

use serde_json::Value;
use tonic::{Request, transport::Channel};
use zhenshi::{entropy::SeededEntropy, security::keyring::Keyring};
use zhenshi_proto::zhenshi::v1::validation_service_client::ValidationServiceClient;

use crate::support::{
    applications::{rejected, request},
    database::TestDatabase,
    program::{Program, command, token},
};

/// What a service with `variables` logs while it answers one call of a caller with a trace.
async fn log_of_a_call(variables: &[(&str, &str)]) -> String {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let url = Some(database.url.as_str());
    let program = Program::serve_with(folder.path(), url, variables);
    let token = token(folder.path(), url);
    let channel = Channel::from_shared(program.url()).unwrap().connect().await.unwrap();
    let mut call = Request::new(request(1, rejected("L-1", 1)));
    call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    call.metadata_mut().insert("traceparent", context.parse().unwrap());
    ValidationServiceClient::new(channel).validate_application(call).await.unwrap();
    assert!(program.stop().await.success());
    fs::read_to_string(folder.path().join("service.log")).unwrap()
}

#[tokio::test]
async fn machines_get_one_object_a_line_with_the_call_around_it() {
    // `RUST_LOG` overrides the configuration; empty, it says nothing.
    let variables =
        [("RUST_LOG", ""), ("ZHENSHI__LOG__FORMAT", "json"), ("ZHENSHI__LOG__FILTER", "zhenshi=debug")];
    let log = log_of_a_call(&variables).await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["message"] == "answered OK").unwrap();
    assert_eq!(answered["level"], "DEBUG");
    let call = &answered["span"];
    assert_eq!(call["rpc.method"], "zhenshi.v1.ValidationService/ValidateApplication");
    assert_eq!(call["rpc.response.status_code"], "OK");
    assert_eq!(call["caller"], "test");
    assert_eq!(call["trace_id"], "0af7651916cd43dd8448eb211c80319c");
}

#[tokio::test]
async fn people_get_text() {
    let log = log_of_a_call(&[("RUST_LOG", "info")]).await;
    assert!(log.lines().any(|line| line.contains(" INFO ") && line.contains("asked to stop")), "{log}");
    assert!(!log.contains('\x1b'), "no colours in a file: {log}");
}

#[test]
fn a_filter_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |variables: [(&str, &str); 2], args: &[&str]| {
        let done = command(folder.path(), None).envs(variables).args(args).output().unwrap();
        let said = [done.stdout, done.stderr].map(|said| String::from_utf8(said).unwrap());
        (done.status.code(), said)
    };
    let configured = [("RUST_LOG", ""), ("ZHENSHI__LOG__FILTER", "=,=")];
    // Found by the check, with everything else that is wrong, also where `RUST_LOG` overrides it.
    for variables in [configured, [("RUST_LOG", "warn"), configured[1]]] {
        let (code, [found, said]) = run(variables, &["config", "check"]);
        assert_eq!(code, Some(1), "{found}{said}");
        assert!(found.lines().any(|line| line.starts_with("log.filter: ")), "{found}");
    }
    // Whatever needs it does not start; of the two the one in force is asked.
    for variables in [configured, [("RUST_LOG", "=,="), ("ZHENSHI__LOG__FILTER", "warn")]] {
        for args in [&["serve"][..], &["token", "list"], &["check", "--values", "none"]] {
            let (code, [found, said]) = run(variables, args);
            assert_eq!((code, found.as_str()), (Some(3), ""), "{args:?}: {said}");
            assert!(said.contains("log.filter"), "{args:?}: {said}");
        }
    }
}
