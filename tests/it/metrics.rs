//! `/metrics` of a running service: which metrics there are, and that they count.

use std::{collections::BTreeSet, fmt::Write as _};

use chrono::{DateTime, Days, TimeDelta, Utc};
use sqlx::Executor as _;
use tonic::{Request, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use uuid::Uuid;
use zhenshi::{
    app::calendar::missing_year,
    clock::{Clock as _, SystemClock},
    entropy::SeededEntropy,
    security::keyring::Keyring,
};
use zhenshi_domain::{calendar::Calendar, shanghai, suspicion::schedule};
use zhenshi_proto::zhenshi::v1::{
    ExplainCertificateRequest, GetSubmissionRequest, HoldCaseRequest, ListSubmissionsRequest,
    ValidateApplicationsRequest, case_service_client::CaseServiceClient,
    validation_service_client::ValidationServiceClient,
};

use crate::support::{
    applications::{application, not_applicable, rejected, request},
    database::TestDatabase,
    processes::eventually,
    program::{Program, token},
    receiver::Receiver,
};

/// A service in a process of its own: the metrics are those of a process.
async fn serve() -> (Program, String, tempfile::TempDir, TestDatabase) {
    serve_with(&[]).await
}

async fn serve_with(variables: &[(&str, &str)]) -> (Program, String, tempfile::TempDir, TestDatabase) {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let keyring = folder.path().join("keyring.json");
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&keyring).unwrap();
    let program = Program::serve_with(folder.path(), Some(&database.url), variables);
    let token = token(folder.path(), Some(&database.url));
    (program, token, folder, database)
}

fn with_token<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// Calls each rpc once, and some again so that everything that is counted is.
async fn drive(program: &Program, token: &str) {
    let channel = Channel::from_shared(program.url()).unwrap().connect().await.unwrap();
    let mut client = ValidationServiceClient::new(channel.clone());
    let accepted = with_token(token, request(1, application("M-1", 1)));
    let answer = client.validate_application(accepted).await.unwrap().into_inner();
    client.validate_application(with_token(token, request(1, application("M-1", 1)))).await.unwrap();
    client.validate_application(with_token(token, request(1, application("M-2", 1)))).await.unwrap_err();
    client.validate_application(with_token(token, request(2, rejected("M-3", 2)))).await.unwrap();
    client.validate_application(request(3, rejected("M-3", 2))).await.unwrap_err();
    let message = ValidateApplicationsRequest { request: Some(request(4, not_applicable("M-4", 4))) };
    let messages = with_token(token, tokio_stream::iter([message]));
    let mut answers = client.validate_applications(messages).await.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    let get = GetSubmissionRequest { submission_id: answer.submission_id, ..GetSubmissionRequest::default() };
    client.get_submission(with_token(token, get)).await.unwrap();
    client.list_submissions(with_token(token, ListSubmissionsRequest::default())).await.unwrap();
    let explain = ExplainCertificateRequest::default();
    client.explain_certificate(with_token(token, explain)).await.unwrap_err();
    // Systems never sort cases.
    let hold = HoldCaseRequest::default();
    CaseServiceClient::new(channel.clone()).hold_case(with_token(token, hold)).await.unwrap_err();
    HealthClient::new(channel).check(HealthCheckRequest::default()).await.unwrap();
}

/// Name, type, help and labels of every metric in `text`.
fn shapes(text: &str) -> String {
    let mut shapes = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            let kind = text.lines().find_map(|line| line.strip_prefix(&format!("# TYPE {name} "))).unwrap();
            let labels = labels_of(text, name);
            writeln!(shapes, "{name} ({kind}) {labels:?}\n    {help}").unwrap();
        }
    }
    shapes
}

/// Names of the labels of `metric`, `le` apart.
fn labels_of(text: &str, metric: &str) -> BTreeSet<String> {
    let suffixes = ["", "_total", "_count"];
    let samples = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once('{')?;
        suffixes.iter().any(|suffix| name == format!("{metric}{suffix}")).then_some(rest)
    });
    samples
        .flat_map(|rest| {
            rest.split('}').next().unwrap_or_default().split("\",").map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|label| Some(label.split_once('=')?.0.to_owned()))
        .collect()
}

/// The value of the one sample that begins with `sample`.
fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(sample));
    let line = line.unwrap_or_else(|| panic!("no sample {sample} in\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_metric_has_its_name_type_labels_and_help() {
    let receiver = Receiver::start().await;
    let endpoint = format!(
        r#"[{{name="core",url="http://{}/",allow_http=true,from_start=true,secret_env="HOOK_SECRET"}}]"#,
        receiver.address
    );
    let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let variables = [("ZHENSHI__EVENT__ENDPOINT", endpoint.as_str()), ("HOOK_SECRET", secret)];
    let (program, token, _folder, database) = serve_with(&variables).await;
    let event = "INSERT INTO outbox_pending (id, recorded_time, kind, subject_ids)
                 VALUES (gen_random_uuid(), '2026-11-23', 'list.sealed', '{}')";
    database.admin().await.execute(event).await.unwrap();
    drive(&program, &token).await;
    let answer = eventually("an event is delivered", async || {
        let answer = program.get("/metrics");
        answer.contains("zhenshi_event_deliveries_total{").then_some(answer)
    })
    .await;
    assert!(answer.contains("content-type: application/openmetrics-text; version=1.0.0"), "{answer}");
    insta::assert_snapshot!(shapes(&answer));
}

#[tokio::test]
async fn what_was_done_is_counted() {
    let (program, token, _folder, _) = serve().await;
    drive(&program, &token).await;
    // The relay and the look at the database come by themselves.
    let text = eventually("the chain is measured", async || {
        let text = program.get("/metrics");
        (value(&text, "zhenshi_audit_chain_position ") >= 1.0).then_some(text)
    })
    .await;
    let calls = |method: &str, code: &str| {
        let labels = format!(
            "rpc_system_name=\"grpc\",rpc_method=\"zhenshi.v1.ValidationService/{method}\",rpc_response_status_code=\"{code}\""
        );
        value(&text, &format!("rpc_server_call_duration_seconds_count{{{labels}}}"))
    };
    let exact = [
        (calls("ValidateApplication", "OK"), 3.0),
        (calls("ValidateApplication", "ALREADY_EXISTS"), 1.0),
        (calls("ValidateApplication", "UNAUTHENTICATED"), 1.0),
        (calls("ValidateApplications", "OK"), 1.0),
        (calls("GetSubmission", "OK"), 1.0),
        (value(&text, "zhenshi_refused_total{action=\"HoldCase\",role=\"system\"}"), 1.0),
        (calls("ListSubmissions", "OK"), 1.0),
        (calls("ExplainCertificate", "INVALID_ARGUMENT"), 1.0),
        (value(&text, "zhenshi_verdicts_total{verdict=\"REJECTED\",channel=\"BANCASSURANCE\"}"), 1.0),
        (value(&text, "zhenshi_verdicts_total{verdict=\"NOT_APPLICABLE\",channel=\"BANCASSURANCE\"}"), 1.0),
        (value(&text, "zhenshi_findings_total{code=\"FIELD_MISSING\","), 1.0),
        (value(&text, "zhenshi_recorder_outcomes_total{outcome=\"recorded\"}"), 3.0),
        (value(&text, "zhenshi_recorder_outcomes_total{outcome=\"replayed\"}"), 1.0),
        (value(&text, "zhenshi_recorder_outcomes_total{outcome=\"reused\"}"), 1.0),
        (value(&text, "zhenshi_recorder_queue_depth "), 0.0),
        (value(&text, "zhenshi_rpc_in_flight "), 0.0),
        (value(&text, "zhenshi_database_up "), 1.0),
        (value(&text, "zhenshi_partitions_default_rows "), 0.0),
        (value(&text, "zhenshi_callers_tokens "), 1.0),
        (value(&text, "zhenshi_keyring_version "), 1.0),
        (value(&text, "zhenshi_panics_total "), 0.0),
    ];
    for (place, (found, wanted)) in exact.into_iter().enumerate() {
        assert!((found - wanted).abs() < f64::EPSILON, "figure {place}: {found}, not {wanted}\n{text}");
    }
    let least = [
        ("zhenshi_recorder_batch_size_count ", 1.0),
        ("zhenshi_database_acquire_wait_seconds_count ", 1.0),
        ("zhenshi_database_pool_open ", 1.0),
        ("zhenshi_partitions_months_ahead ", 3.0),
    ];
    for (sample, least) in least {
        assert!(value(&text, sample) >= least, "{sample}\n{text}");
    }
}

/// Two suspicions of one clue and one of another on a sealed list of 40 days ago; one closed half an hour ago with two
/// chunks of which one is written, 30 days ago.
async fn plant_lists(database: &TestDatabase, now: DateTime<Utc>) {
    let admin = database.admin().await;
    let (sealed, open) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let half_an_hour_ago = now - TimeDelta::minutes(30);
    let list = |id: Uuid, days: u16| {
        format!(
            "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, rule_set_version,
                 calendar_version, provisional, closed_time, state)
             VALUES ('{id}', 1, (timestamptz '{now}' AT TIME ZONE 'Asia/Shanghai')::date - {days}, '{now}', 'epoch', 'test', 'test', false,
                 '{half_an_hour_ago}', 1)"
        )
    };
    let mut statements = vec![
        list(sealed, 40),
        list(open, 30),
        format!(
            "INSERT INTO list_run (list_id, chunk, epoch, clue, first_fingerprint, last_fingerprint, done_time)
             SELECT '{open}', n, 1, 1, '{nil}', '{max}', CASE n WHEN 0 THEN timestamptz '{now}' END
             FROM generate_series(0, 1) AS n",
            nil = Uuid::nil(),
            max = Uuid::max(),
        ),
    ];
    for (number, clue) in [(1u8, 1), (2, 1), (3, 4)] {
        statements.push(format!(
            "INSERT INTO clue_value VALUES (md5('{number}')::uuid, 1, {clue}, md5('{number}')::uuid)"
        ));
        statements.push(format!(
            "INSERT INTO suspicion SELECT (jsonb_populate_record(NULL::suspicion, jsonb_build_object('id',
                 md5('{number}')::uuid, 'list_id', '{sealed}', 'clue', {clue}, 'clue_value_id', md5('{number}')::uuid,
                 'owner_code', '', 'customer_count', 2, 'use_count', 2, 'capped', false, 'declared_family', false,
                 'lead_channel', 2, 'lead_branch_code', '', 'priority', 0, 'priority_call_back', 0,
                 'priority_customers', 0, 'priority_clue', 0, 'priority_channel', 0, 'priority_seller', 0))).*"
        ));
    }
    statements.push(format!(
        "UPDATE suspicion_list SET state = 2, sealed_time = closed_time, suspicion_count = 3, member_count = 0,
             digest = decode(repeat('00', 32), 'hex')
         WHERE id = '{sealed}'"
    ));
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&admin).await.unwrap();
    }
}

#[tokio::test]
async fn the_lists_and_a_missing_notice_are_told() {
    let database = TestDatabase::new().await;
    plant_lists(&database, SystemClock.now()).await;
    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    // A process that only answers calls tells it too, and leaves the lists to the workers.
    let variables = [("ZHENSHI__ROLE", "api"), ("ZHENSHI__LIST__TIME", "00:00:00")];
    let program = Program::serve_with(folder.path(), Some(&database.url), &variables);
    let suspicions =
        |text: &str, clue: &str| value(text, &format!("zhenshi_lists_suspicions{{clue=\"{clue}\"}} "));
    let text = eventually("the lists are looked at", async || {
        let text = program.get("/metrics");
        (suspicions(&text, "SAME_PHONE") > 0.0).then_some(text)
    })
    .await;
    let figures = [
        (value(&text, "zhenshi_lists_open_chunks "), 1.0),
        (suspicions(&text, "SAME_PHONE"), 2.0),
        (suspicions(&text, "IDENTITY_CONFLICT"), 1.0),
        (suspicions(&text, "SAME_BANK_ACCOUNT"), 0.0),
    ];
    for (place, (found, wanted)) in figures.into_iter().enumerate() {
        assert!((found - wanted).abs() < f64::EPSILON, "figure {place}: {found}, not {wanted}\n{text}");
    }
    let age = value(&text, "zhenshi_lists_unsealed_age_seconds ");
    assert!((1800.0..3600.0).contains(&age), "{age}");

    // As many as there are working days since, and the open one; whichever day it is.
    let calendar = Calendar::shipped().unwrap();
    eventually("the lists that are due are counted", async || {
        let today = shanghai::date(SystemClock.now());
        let due = schedule::due(&calendar, Some(today - Days::new(30)), today).len() + 1;
        assert!(due > 15);
        let missing = missing_year(&calendar, today).is_some();
        let text = program.get("/metrics");
        let said = (value(&text, "zhenshi_lists_due "), value(&text, "zhenshi_calendar_notice_missing "));
        (format!("{said:?}") == format!("({due}.0, {}.0)", u8::from(missing))).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_the_process_lives() {
    let (program, _, _folder, database) = serve().await;
    let up = async |wanted: f64| {
        eventually("the gauge turns", async || {
            let now = value(&program.get("/metrics"), "zhenshi_database_up ");
            ((now - wanted).abs() < f64::EPSILON).then_some(())
        })
        .await;
    };
    let status = |path: &str| program.get(path).split_whitespace().nth(1).unwrap().to_owned();
    up(1.0).await;
    database.close_doors().await;
    up(0.0).await;
    assert_eq!((status("/healthz").as_str(), status("/readyz").as_str()), ("200", "503"));
    database.open_doors().await;
    up(1.0).await;
    // Other lookers at the database have their own pace.
    eventually("ready again", async || (status("/readyz") == "200").then_some(())).await;
    assert_eq!(status("/healthz"), "200");
}

#[tokio::test]
async fn a_method_that_there_is_not_is_no_label() {
    let (program, _, _folder, _) = serve().await;
    let channel = Channel::from_shared(program.url()).unwrap().connect().await.unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let path = "/zhenshi.v1.ValidationService/Guess".parse().unwrap();
    let codec: tonic_prost::ProstCodec<GetSubmissionRequest, GetSubmissionRequest> =
        tonic_prost::ProstCodec::default();
    client.unary(Request::new(GetSubmissionRequest::default()), path, codec).await.unwrap_err();
    let text = program.get("/metrics");
    assert!(!text.contains("Guess"), "{text}");
    let other = "rpc_server_call_duration_seconds_count{rpc_system_name=\"grpc\",rpc_method=\"_OTHER\",\
                 rpc_response_status_code=\"UNIMPLEMENTED\"}";
    assert!((value(&text, other) - 1.0).abs() < f64::EPSILON);
}
