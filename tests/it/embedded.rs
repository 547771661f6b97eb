//! The built-in PostgreSQL through the program: made, adopted, restarted, shared between commands, stopped; as whoever runs
//! the tests (root or not) and as an ordinary user.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::{Output, Stdio},
    thread,
};

use sqlx::{Connection as _, Executor as _, PgConnection};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use zhenshi::grpc::client::Client;
use zhenshi_proto::zhenshi::v1::ValidateApplicationResponse;

use crate::support::{
    applications::{application, request},
    built_in::BuiltIn,
    processes::{eventually, lives, session, signal},
};

/// Exit code of a command that works and found something.
const FINDINGS: i32 = 1;
/// Exit code of a command that does not work.
const FAILURE: i32 = 3;

/// A backend that computes for longer than a call is tried again (see `app::recorder`), and then ends by itself.
const BUSY_FOR_EIGHT_SECONDS: &str = "DO $$ DECLARE ends timestamptz := clock_timestamp() + interval '8 s';
     BEGIN WHILE clock_timestamp() < ends LOOP END LOOP; END $$";
/// A backend that computes without end.
const BUSY_WITHOUT_END: &str = "DO $$ BEGIN LOOP END LOOP; END $$";

async fn call(client: &Client, number: u32) -> Result<ValidateApplicationResponse, Box<Status>> {
    client.validate(request(number.into(), application(&format!("E-{number}"), number))).await
}

fn said(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

#[tokio::test]
async fn an_installation_lives() {
    life(BuiltIn::new()).await;
}

#[tokio::test]
async fn an_installation_of_an_ordinary_user_lives() {
    life(BuiltIn::of_ordinary_user()).await;
}

/// First start, kill -9 of the service, start again with the same database, orderly stop, start again.
async fn life(place: BuiltIn) {
    let mut serving = place.serve();
    let token = place.token();
    let first = call(&serving.client(&token).await, 1).await.unwrap();
    let database = place.postmaster().unwrap();
    assert_eq!(session(database), Some(database), "a Ctrl-C for the service does not reach the database");

    serving.kill();
    assert!(lives(database), "the database outlives a killed service");
    let serving = place.serve();
    assert_eq!(place.postmaster(), Some(database), "the next service adopts it");
    let client = serving.client(&token).await;
    assert_eq!(call(&client, 1).await.unwrap(), first);
    call(&client, 2).await.unwrap();

    // A client that is connected and idle does not hold the service.
    assert!(serving.stop().await.success());
    assert!(!lives(database), "the database stops with its service, an adopted one too");
    assert!(!place.data_dir().join("pg/data/postmaster.pid").exists(), "it stopped in order");

    let serving = place.serve();
    assert_eq!(call(&serving.client(&token).await, 1).await.unwrap(), first);
    assert!(serving.stop().await.success());
    assert_eq!(place.postmaster(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_survives_its_database_killed_under_a_busy_backend() {
    kill_under(BUSY_FOR_EIGHT_SECONDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes 40 s of a whole processor: ./dev soak kill"]
async fn soak_kill_under_a_backend_that_never_ends() {
    kill_under(BUSY_WITHOUT_END).await;
}

/// kill -9 of the database while a backend runs `busy`: callers are told to come back, and then the service answers again.
async fn kill_under(busy: &'static str) {
    let place = BuiltIn::new();
    let serving = place.serve();
    let client = serving.client(&place.token()).await;
    let first = call(&client, 1).await.unwrap();
    let (database, backend) = (place.postmaster().unwrap(), start_backend(&place, busy).await);

    signal("KILL", &[database]);
    let status = call(&client, 2).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "STORE_UNAVAILABLE");
    assert!(status.get_details_retry_info().is_some());
    assert!(lives(backend), "the call came while the backend was in the way");

    let second = eventually("the service answers again", async || call(&client, 2).await.ok()).await;
    assert!(!lives(backend));
    assert!(place.postmaster().is_some_and(|pid| pid != database));
    assert_eq!(call(&client, 1).await.unwrap(), first);
    assert_eq!(call(&client, 2).await.unwrap(), second);
    assert!(serving.stop().await.success());
    assert_eq!(place.postmaster(), None, "a database that was started again stops with its service");
}

/// Starts `busy` in a backend and returns the backend's process when it is at it.
async fn start_backend(place: &BuiltIn, busy: &'static str) -> u32 {
    let url = place.database_url();
    let mut working = PgConnection::connect(&url).await.unwrap();
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut working).await.unwrap();
    // Its end is that of its server.
    tokio::spawn(async move { working.execute(busy).await.map(drop) });
    let mut watching = PgConnection::connect(&url).await.unwrap();
    eventually("the backend is busy", async || {
        sqlx::query("SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'DO %'")
            .bind(backend)
            .fetch_optional(&mut watching)
            .await
            .unwrap()
    })
    .await;
    watching.close().await.unwrap();
    u32::try_from(backend).unwrap()
}

#[tokio::test]
async fn a_second_service_on_one_directory_is_refused_by_name() {
    let place = BuiltIn::new();
    let serving = place.serve();
    let client = serving.client(&place.token()).await;

    let refused = place.serve_command().output().unwrap();
    assert_eq!(refused.status.code(), Some(FAILURE));
    let said = said(&refused);
    assert!(said.contains(&place.data_dir().display().to_string()), "{said}");
    assert!(said.contains(&format!("pid {}", serving.pid())), "{said}");

    call(&client, 1).await.unwrap();
    assert!(serving.stop().await.success());
}

#[tokio::test]
async fn missing_programs_are_named_with_the_command_that_installs_them() {
    for place in [BuiltIn::new(), BuiltIn::of_ordinary_user()] {
        let empty = tempfile::tempdir().unwrap();
        let mut command = place.serve_command();
        let refused =
            command.arg("--postgres-bin").arg(empty.path()).env("PATH", "/usr/bin:/bin").output().unwrap();
        assert_eq!(refused.status.code(), Some(FAILURE));
        let said = said(&refused);
        assert!(said.contains("apt-get install -y postgresql"), "{said}");
        assert!(said.contains(&empty.path().display().to_string()), "{said}");
        assert_eq!(place.postmaster(), None);
        // Nothing stands in the way of the start after the installation.
        place.output(&["token", "list"]);
    }
}

#[tokio::test]
async fn commands_share_the_database_of_the_service() {
    for place in [BuiltIn::new(), BuiltIn::of_ordinary_user()] {
        let serving = place.serve();
        let database = place.postmaster();
        assert!(place.output(&["db", "status"]).starts_with("built-in database answers"));
        place.token();
        assert!(place.output(&["token", "list"]).contains("  test  "));
        place.output(&["audit", "verify"]);
        assert_eq!(place.postmaster(), database, "a command leaves the service's database alone");
        assert!(serving.stop().await.success());
    }
}

#[tokio::test]
async fn commands_start_and_stop_a_database_that_does_not_run() {
    for place in [BuiltIn::new(), BuiltIn::of_ordinary_user()] {
        let status = place.run(&["db", "status"]);
        assert_eq!(
            status.status.code(),
            Some(FINDINGS),
            "a new database lacks its migrations: {}",
            said(&status)
        );
        assert_eq!(place.postmaster(), None);
        place.token();
        assert_eq!(place.postmaster(), None);
        // Several at once: one starts it, the last stops it.
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(place.output(&["token", "list"]).contains("  test  ")));
            }
        });
        assert_eq!(place.postmaster(), None);
        place.output(&["db", "status"]);
        assert_eq!(place.postmaster(), None);
    }
}

#[tokio::test]
async fn a_service_takes_over_the_database_that_a_command_started() {
    let place = BuiltIn::new();
    let token = place.token();
    let mut psql = place
        .command(["db", "psql", "--", "-At", "-X"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut ask, mut answers) = (psql.stdin.take().unwrap(), BufReader::new(psql.stdout.take().unwrap()));
    let mut answer = || {
        writeln!(ask, "SELECT 'it answers';").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        line
    };
    assert_eq!(answer(), "it answers\n");
    let database = place.postmaster();
    assert!(database.is_some());

    let serving = place.serve();
    assert_eq!(place.postmaster(), database);
    assert_eq!(answer(), "it answers\n");
    drop(ask);
    assert!(psql.wait().unwrap().success());
    assert_eq!(place.postmaster(), database, "the command is not the last user");
    call(&serving.client(&token).await, 1).await.unwrap();
    assert!(serving.stop().await.success());
    assert_eq!(place.postmaster(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_answers_every_call_and_keeps_what_it_acknowledged() {
    const CALLS: u32 = 64;
    let place = BuiltIn::new();
    let serving = place.serve();
    let token = place.token();
    let client = serving.client(&token).await;
    call(&client, 0).await.unwrap();

    let mut calls = tokio::task::JoinSet::new();
    for number in 1..=CALLS {
        let client = client.clone();
        calls.spawn(async move { (number, call(&client, number).await) });
    }
    // The first answer says that the calls are under way.
    let mut answers = vec![calls.join_next().await.unwrap().unwrap()];
    assert!(serving.stop().await.success());
    answers.extend(calls.join_all().await);
    assert_eq!(place.postmaster(), None);

    let serving = place.serve();
    let client = serving.client(&token).await;
    for (number, answer) in answers {
        let again = call(&client, number).await.unwrap();
        if let Ok(answer) = answer {
            assert_eq!(again, answer, "call {number}");
        }
    }
    assert!(serving.stop().await.success());
    assert_eq!(fs::read_dir(place.data_dir().join("pg/run")).unwrap().count(), 0, "no socket is left behind");
}
