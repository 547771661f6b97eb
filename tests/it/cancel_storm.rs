//! Callers that give up: deadlines of 0 to 20 ms and resets, on a database that is slow in the middle. Nothing is left
//! open, nothing is half recorded, and the next callers are served.
//!
//! A call that is dropped inside BEGIN would leave sqlx's pool a connection in the middle of a transaction, for the next
//! caller to work in (see `src/store/tx.rs`); here that would show.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use h2::client::Builder;
use prost::Message as _;
use sqlx::{Executor as _, PgPool};
use tokio::{net::TcpStream, sync::Notify, task::JoinSet};
use tonic::Code;
use zhenshi::config::Role;
use zhenshi_proto::zhenshi::v1::ListSubmissionsRequest;

use crate::support::{
    applications::{application, request},
    database::{TestDatabase, count},
    processes::eventually,
    raw::{Raw, VALIDATE, frame, read},
    service::{CHANNELS, TestService},
};

/// Environment: how many calls the storm has, and how many come after it.
const CALLS: &str = "ZHENSHI_STORM_CALLS";
const CALLS_AFTER: &str = "ZHENSHI_STORM_CALLS_AFTER";
const LIST: &str = "/zhenshi.v1.ValidationService/ListSubmissions";
/// Connections of the storm, and calls under way on each.
const CONNECTIONS: u32 = 4;
const CALLERS: u32 = 32;
/// The caller's longest patience, in milliseconds.
const PATIENCE_MS: u32 = 20;
/// A recording takes 50 to 300 ms longer while the database is slow.
const SLOW: &str = "
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.05 + random() * 0.25); RETURN NULL; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON audit_pending FOR EACH STATEMENT EXECUTE FUNCTION slow()";

/// What a call that was dropped in the middle could leave behind.
const HALF_DONE: &[(&str, &str)] = &[
    (
        "submissions without a key",
        "SELECT count(*) FROM submission s WHERE NOT EXISTS
            (SELECT FROM request_key k WHERE k.submission_id = s.id)",
    ),
    (
        "keys without a submission",
        "SELECT count(*) FROM request_key k WHERE NOT EXISTS
            (SELECT FROM submission s WHERE s.id = k.submission_id)",
    ),
    (
        "heads without a submission",
        "SELECT count(*) FROM application a WHERE NOT EXISTS
            (SELECT FROM submission s WHERE s.application_id = a.id)",
    ),
    (
        "sealed parties without a submission",
        "SELECT count(*) FROM sealed p WHERE NOT EXISTS
            (SELECT FROM submission s WHERE s.id = p.submission_id)",
    ),
    (
        "contacts without a submission",
        "SELECT count(*) FROM contact_use c WHERE NOT EXISTS
            (SELECT FROM submission s WHERE s.id = c.submission_id)",
    ),
    (
        "requests recorded twice",
        "SELECT count(*) FROM
            (SELECT request_id FROM submission GROUP BY request_id HAVING count(*) > 1) twice",
    ),
];

fn calls(name: &str, usual: u32) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// What the storm's calls came to.
#[derive(Default)]
struct Tally {
    next: AtomicU32,
    answered: AtomicU32,
    expired: AtomicU32,
    reset: AtomicU32,
    shed: AtomicU32,
    /// Told when a third of them has begun, and when two have.
    third: Notify,
    two_thirds: Notify,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_cancelled_calls_leaves_nothing_open_and_nothing_half_done() {
    let storm = calls(CALLS, 20_000);
    let service = TestService::start_with(TestDatabase::new().await, |config| {
        config.limits.requests_per_second = 1_000_000;
        config.limits.request_burst = 1_000_000;
    })
    .await;
    let admin = service.database.admin().await;
    let token = format!("Bearer {}", service.token("core", &["*"], &CHANNELS).await);
    blow(&service, &admin, &token, storm).await;

    // What the storm left in the queue is worked off first: until then newcomers are told at once, as they should be.
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    eventually("the queue has drained", async || {
        let answer = raw.call(VALIDATE, &[("authorization", &token)], body(0)).await;
        (answer.status().code() == Code::Ok).then_some(())
    })
    .await;
    // The same requests are answered now, from the record or anew: no connection is poisoned, no lock is held.
    insist(&service, &token, calls(CALLS_AFTER, 10_000)).await;
    // Whoever stands idle in a transaction now is at work, if it is in another one some calls later.
    let idle = open_transactions(&admin).await;
    insist(&service, &token, 500).await;
    let still = open_transactions(&admin).await;
    assert!(idle.is_disjoint(&still), "left open: {idle:?}");
    service.stop().await;
    for (what, sql) in HALF_DONE {
        assert_eq!(count(&admin, sql).await, 0, "{what}");
    }
}

/// Rounds of reads that are given up, and reads of a round: enough that a transaction that can be left open is.
const READ_ROUNDS: u32 = 120;
const READS: u32 = 40;
/// What stays open for this long was left open: work ends in milliseconds, on a slow machine in some hundred. The limit may
/// not be longer, because the job that measures asks the database every 5 s: if it is given a connection that was left in a
/// transaction, it ends that, and nobody would see.
const LEFT_OPEN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_is_given_up_leaves_no_transaction_open() {
    // Without jobs but the one that measures: hardly anybody but the reads has a transaction.
    let service = TestService::start_with(TestDatabase::new().await, |config| config.role = Role::Api).await;
    let admin = service.database.admin().await;
    let token = format!("Bearer {}", service.token("core", &["*"], &CHANNELS).await);
    let raw = Arc::new(Raw::connect(service.running().grpc.unwrap()).await);
    for round in 0..READ_ROUNDS {
        let mut readers = JoinSet::new();
        for n in 0..READS {
            let (raw, token) = (raw.clone(), token.clone());
            readers.spawn(async move {
                let timeout = format!("{}u", (n * 499 + round * 131) % 20_000);
                let headers = [("authorization", token.as_str()), ("grpc-timeout", &timeout)];
                raw.call(LIST, &headers, page()).await.status().code()
            });
        }
        while let Some(code) = readers.join_next().await {
            let code = code.unwrap();
            assert!([Code::Ok, Code::DeadlineExceeded, Code::Unavailable].contains(&code), "{code:?}");
        }
        // What was given up is still brought to its end; these calls need no database and give it the time.
        let open = open_transactions(&admin).await;
        let begun = Instant::now();
        while !open.is_disjoint(&open_transactions(&admin).await) {
            assert!(begun.elapsed() < LEFT_OPEN, "round {round}: left open: {open:?}");
            let mut sent = request(1, application("A-1", 1));
            sent.validate_only = true;
            let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&sent.encode_to_vec())).await;
            assert_eq!(answer.status().code(), Code::Ok);
        }
    }
}

/// Sends `storm` calls that give up; the database is slow for the middle third of them.
async fn blow(service: &TestService, admin: &PgPool, token: &str, storm: u32) {
    let tally = Arc::new(Tally::default());
    let mut callers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let socket = TcpStream::connect(service.running().grpc.unwrap()).await.unwrap();
        // These callers throw answers away, unread or after their resets: their own library would hang up after some ten
        // thousand of the former and a thousand of the latter.
        let mut patient = Builder::new();
        patient.data_frame_budget(usize::MAX).max_local_error_reset_streams(None);
        let raw = Arc::new(Raw::over(socket, &patient).await);
        for _ in 0..CALLERS {
            callers.spawn(give_up(raw.clone(), token.to_owned(), tally.clone(), storm));
        }
    }
    tally.third.notified().await;
    admin.execute(sqlx::AssertSqlSafe(SLOW)).await.unwrap();
    tally.two_thirds.notified().await;
    admin.execute("DROP TRIGGER slow ON audit_pending").await.unwrap();
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    let of = |count: &AtomicU32| count.load(Ordering::Relaxed);
    let (answered, expired, reset, shed) =
        (of(&tally.answered), of(&tally.expired), of(&tally.reset), of(&tally.shed));
    eprintln!("{storm} calls: {answered} answered, {expired} expired, {reset} reset, {shed} shed");
    assert_eq!(answered + expired + reset + shed, storm);
    assert!(expired > 0 && reset > 0, "the storm was none");
}

fn body(n: u32) -> Vec<u8> {
    // Some applications are sent by several calls at a time.
    frame(&request(n.into(), application(&format!("C-{}", n / 2), n / 2)).encode_to_vec())
}

fn page() -> Vec<u8> {
    frame(&ListSubmissionsRequest { page_size: 1, ..Default::default() }.encode_to_vec())
}

/// Calls again and again, with no patience: every third call is reset by the caller, the others have a deadline.
async fn give_up(raw: Arc<Raw>, token: String, tally: Arc<Tally>, storm: u32) {
    loop {
        let n = tally.next.fetch_add(1, Ordering::Relaxed);
        if n >= storm {
            return;
        }
        if n == storm / 3 {
            tally.third.notify_one();
        } else if n == storm * 2 / 3 {
            tally.two_thirds.notify_one();
        }
        let patience = (n * 7) % (PATIENCE_MS + 1);
        let timeout = format!("{patience}m");
        let mut headers = vec![("authorization", token.as_str())];
        let by_reset = n.is_multiple_of(3);
        if !by_reset {
            headers.push(("grpc-timeout", &timeout));
        }
        // Reads have a transaction each; recordings share theirs.
        let (path, body) = if n.is_multiple_of(5) { (LIST, page()) } else { (VALIDATE, body(n)) };
        let mut open = raw.open(path, &headers).await.unwrap();
        // A call that has expired already takes no body.
        let _ = open.body.send_data(body.into(), true);
        if by_reset {
            let answered = tokio::time::timeout(Duration::from_millis(patience.into()), open.response);
            let count = if answered.await.is_ok() { &tally.answered } else { &tally.reset };
            open.body.send_reset(h2::Reason::CANCEL);
            count.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let answer = read(open.response).await.unwrap();
        let count = match answer.status().code() {
            Code::Ok => &tally.answered,
            Code::DeadlineExceeded => &tally.expired,
            // Places, the queue or connections of the pool were used up.
            Code::ResourceExhausted | Code::Unavailable => &tally.shed,
            other => panic!("{other:?}: {answer:?}"),
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Calls with patience: every answer must be a verdict.
async fn insist(service: &TestService, token: &str, calls: u32) {
    let next = Arc::new(AtomicU32::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let raw = Arc::new(Raw::connect(service.running().grpc.unwrap()).await);
        for _ in 0..CALLERS {
            let (raw, token, next) = (raw.clone(), token.to_owned(), next.clone());
            callers.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= calls {
                        return;
                    }
                    let answer = raw.call(VALIDATE, &[("authorization", &token)], body(n)).await;
                    assert_eq!(answer.status().code(), Code::Ok, "{n}: {answer:?}");
                }
            });
        }
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
}

/// Transactions in which nothing runs at the moment: session and beginning.
async fn open_transactions(admin: &PgPool) -> HashSet<String> {
    let sql = "SELECT pid || ' since ' || xact_start FROM pg_stat_activity
               WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    sqlx::query_scalar(sql).fetch_all(admin).await.unwrap().into_iter().collect()
}
