//! Two replicas in two processes on one database: the same keys and the same applications at once, in adverse orders.

use std::collections::HashMap;

use tokio::task::JoinSet;
use zhenshi::{grpc::client::Client, security::keyring::Keyring};
use zhenshi_proto::zhenshi::v1::{ValidateApplicationRequest, ValidateApplicationResponse};

use crate::support::{
    applications::{application, not_applicable, rejected, request},
    database::{TestDatabase, count},
    program::{Program, token},
};

/// Applications that everybody sends.
const APPLICATIONS: u32 = 12;
/// Requests for each: accepted, rejected, accepted with other contacts, not applicable, …
const REQUESTS: u32 = 8;
/// Callers per replica; each sends everything, in an order of its own.
const CALLERS: u32 = 4;

fn message(application_no: u32, turn: u32) -> ValidateApplicationRequest {
    let number = format!("A-{application_no}");
    // Odd applications share the contacts of their neighbour, so that batches meet on keys too.
    let person = application_no / 2 + 100 * (turn / 4);
    let sent = match turn % 4 {
        0 | 2 => application(&number, person + turn),
        1 => rejected(&number, person),
        _ => not_applicable(&number, person),
    };
    request(u128::from(application_no * 100 + turn), sent)
}

/// Everything, in the order of caller `caller`: forwards, backwards, or from the middle.
fn script(caller: u32) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = (0..APPLICATIONS)
        .flat_map(|application| (0..REQUESTS).map(move |turn| (application, turn)))
        .collect();
    if caller % 2 == 1 {
        all.reverse();
    }
    let length = all.len();
    all.rotate_left(caller as usize * length / 7 % length);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_on_two_replicas_leave_exactly_one_truth() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let entropy = zhenshi::entropy::SystemEntropy::default();
    Keyring::generate(&entropy).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    // Nobody is turned away, however slow the machine is: what is asked here is what the record says.
    let patient = [("ZHENSHI__LIMITS__QUEUE_MS", "600000")];
    let replicas = [(); 2].map(|()| Program::serve_with(folder.path(), Some(&database.url), &patient));
    let token = token(folder.path(), Some(&database.url));

    let mut callers = JoinSet::new();
    for caller in 0..2 * CALLERS {
        let client = Client::connect(replicas[(caller % 2) as usize].url(), &token).await.unwrap();
        callers.spawn(async move {
            let mut calls = JoinSet::new();
            for (application, turn) in script(caller) {
                let client = client.clone();
                calls.spawn(async move {
                    let answer = client.validate(message(application, turn)).await;
                    ((application, turn), answer.expect("no deadlock, no conflict reaches a caller"))
                });
            }
            calls.join_all().await
        });
    }
    let mut answers: HashMap<(u32, u32), ValidateApplicationResponse> = HashMap::new();
    for ((application, turn), answer) in callers.join_all().await.into_iter().flatten() {
        let first = answers.entry((application, turn)).or_insert_with(|| answer.clone());
        assert!(*first == answer, "every caller of A-{application} turn {turn} hears the same");
    }

    let admin = database.admin().await;
    let requests = i64::from(APPLICATIONS * REQUESTS);
    assert_eq!(count(&admin, "SELECT count(*) FROM request_key").await, requests);
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, requests);
    assert_eq!(
        count(
            &admin,
            "SELECT count(*) FROM (SELECT application_id FROM submission GROUP BY application_id
             HAVING count(*) <> max(revision) OR min(revision) <> 1 OR count(DISTINCT revision) <> count(*)) AS broken"
        )
        .await,
        0,
        "revisions are numbered without gaps"
    );
    let current_is_newest =
        "SELECT count(*) FROM application a WHERE a.current_submission_id IS DISTINCT FROM (
         SELECT CASE verdict WHEN 1 THEN id END FROM submission s
         WHERE s.application_id = a.id AND s.verdict <> 2 ORDER BY revision DESC LIMIT 1)";
    assert_eq!(count(&admin, current_is_newest).await, 0, "the newest that is not rejected decides");
    let stray = "SELECT count(*) FROM contact_use u JOIN application a ON a.id = u.application_id
         WHERE (u.ended_time IS NULL) <> (u.submission_id IS NOT DISTINCT FROM a.current_submission_id)";
    assert_eq!(count(&admin, stray).await, 0, "contacts in use are exactly those of the revision in force");
    let rejected =
        "SELECT count(*) FROM contact_use u JOIN submission s ON s.id = u.submission_id WHERE s.verdict <> 1";
    assert_eq!(count(&admin, rejected).await, 0, "what was not accepted leaves no contact");
    assert!(count(&admin, "SELECT count(*) FROM contact_use WHERE ended_time IS NULL").await > 0);
}
