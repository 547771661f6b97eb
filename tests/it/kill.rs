//! kill -9 of the service, of the database, and of both, under load: no answer that was given is lost or changed, every
//! call can be repeated, and the tables hold what was sent.
//!
//! To add a check of the tables, add it to `rows.rs`.

mod load;
mod rows;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use load::{Ledger, Load, message};
use rows::Rows;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::{task::JoinSet, time::timeout};
use tonic::Code;
use tonic_types::StatusExt as _;
use zhenshi::{
    grpc::client::Client,
    security::{keyring::Keyring, sealing::Sealer},
};
use zhenshi_proto::zhenshi::v1::ValidateApplicationResponse;

use crate::support::{
    built_in::{BuiltIn, Serving},
    processes::{eventually, signal},
};

/// Rounds of `./dev test`.
const ROUNDS: u32 = 20;
/// Rounds of `./dev soak kill`, unless `ZHENSHI_SOAK_ROUNDS` says otherwise.
const SOAK_ROUNDS: u32 = 1_000;
/// Times in a run that the audit log is verified, besides the end.
const VERIFICATIONS: u32 = 4;
/// Callers, each with one call under way.
const CALLERS: usize = 48;
/// Callers that share a connection.
const CALLERS_PER_CONNECTION: usize = 12;
/// Acknowledgements before the kill.
const ACKNOWLEDGEMENTS: usize = 200;
/// Longest that they may take.
const LOAD_LIMIT: Duration = Duration::from_mins(1);

/// What a round kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Service,
    Database,
    Both,
}

/// An installation under attack.
struct Arena {
    // In this order: the service ends before its place.
    serving: Serving,
    place: BuiltIn,
    token: String,
    database_url: String,
    keyring: Keyring,
    sealer: Sealer,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kills_under_load_lose_nothing_that_was_acknowledged() {
    let arena = Arena::open();
    arena.do_not_sync().await;
    attack(arena, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes an hour: ./dev soak kill"]
async fn soak_kill_under_load() {
    let rounds = std::env::var("ZHENSHI_SOAK_ROUNDS").ok().map(|rounds| rounds.parse().unwrap());
    attack(Arena::open(), rounds.unwrap_or(SOAK_ROUNDS)).await;
}

async fn attack(mut arena: Arena, rounds: u32) {
    let mut requests = 0;
    for round in 0..rounds {
        let target = [Target::Service, Target::Database, Target::Both][(round % 3) as usize];
        let begun = Instant::now();
        let ledger = arena.round(round, target).await;
        requests += ledger.answers.len();
        println!(
            "round {round}: {target:?}, {} acknowledged, {} in flight, {} of {} failed, {:.1} s",
            ledger.acknowledged_before_kill,
            ledger.in_flight_at_kill,
            ledger.failures.len(),
            ledger.answers.len(),
            begun.elapsed().as_secs_f64(),
        );
        assert!(ledger.acknowledged_before_kill >= ACKNOWLEDGEMENTS, "round {round}");
        assert!(ledger.in_flight_at_kill >= 1, "round {round}: the kill met no call");
        check_failures(target, &ledger);
        let answers = arena.repeat(ledger).await;
        arena.check_rows(&answers).await;
        if (round + 1) % (rounds / VERIFICATIONS).max(1) == 0 {
            arena.place.output(&["audit", "verify"]);
        }
    }
    arena.close(requests).await;
}

impl Arena {
    fn open() -> Self {
        let place = BuiltIn::new();
        let serving = place.serve();
        let keyring = Keyring::load(&place.data_dir().join("keyring/keyring.json")).unwrap();
        Self {
            token: place.token(),
            database_url: place.database_url(),
            sealer: Sealer::new(&keyring).unwrap(),
            keyring,
            serving,
            place,
        }
    }

    /// Saves seconds of every restart on a busy disk. A kill takes nothing from what the kernel was given: syncing guards
    /// against power cuts, and those are not made here.
    async fn do_not_sync(&self) {
        let mut database = PgConnection::connect(&self.database_url).await.unwrap();
        database.execute("ALTER SYSTEM SET fsync = off").await.unwrap();
        database.execute("SELECT pg_reload_conf()").await.unwrap();
        database.close().await.unwrap();
    }

    /// Load, kill, and a service that answers again.
    async fn round(&mut self, round: u32, target: Target) -> Ledger {
        let load = Arc::new(Load::new(round, ACKNOWLEDGEMENTS));
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS / CALLERS_PER_CONNECTION {
            let client = self.client().await;
            for _ in 0..CALLERS_PER_CONNECTION {
                let (load, client) = (load.clone(), client.clone());
                callers.spawn(async move { load.send(client).await });
            }
        }
        let (service, database) = (self.serving.pid(), self.place.postmaster().unwrap());
        let victims = match target {
            Target::Service => vec![service],
            Target::Database => vec![database],
            Target::Both => vec![service, database],
        };
        let killed = timeout(LOAD_LIMIT, load.kill(|| signal("KILL", &victims))).await;
        killed.expect("enough acknowledgements in time");
        callers.join_all().await;
        if target != Target::Database {
            self.serving.kill();
            self.serving = self.place.serve();
        }
        Arc::into_inner(load).expect("all callers have ended").close()
    }

    async fn client(&self) -> Client {
        self.serving.client(&self.token).await
    }

    /// Sends every request again, acknowledged or not. What was acknowledged is told the same, and now everything is.
    async fn repeat(&self, mut ledger: Ledger) -> BTreeMap<u32, ValidateApplicationResponse> {
        let client = self.client().await;
        let mut open: BTreeSet<u32> = ledger.answers.keys().copied().collect();
        // For as long as the service says to come back: its database is coming up again, or a busy machine gave it no connection
        // in time.
        eventually("every request is answered", async || {
            let mut calls = JoinSet::new();
            for number in open.iter().copied() {
                let client = client.clone();
                calls.spawn(async move { (number, client.validate(message(number)).await) });
            }
            for (number, answer) in calls.join_all().await {
                match answer {
                    Ok(answer) => {
                        ledger.acknowledge(number, answer);
                        open.remove(&number);
                    }
                    Err(status) => assert_eq!(status.code(), Code::Unavailable, "request {number}: {status}"),
                }
            }
            open.is_empty().then_some(())
        })
        .await;
        ledger.answers.into_iter().map(|(number, answer)| (number, answer.expect("answered"))).collect()
    }

    async fn check_rows(&self, answers: &BTreeMap<u32, ValidateApplicationResponse>) {
        let numbers: Vec<u32> = answers.keys().copied().collect();
        let mut database = PgConnection::connect(&self.database_url).await.unwrap();
        let rows = Rows::read(&mut database, &numbers).await;
        database.close().await.unwrap();
        rows.check(answers, &self.keyring, &self.sealer);
    }

    /// The whole in the end: as many submissions as requests, a log that is right, and an orderly stop.
    async fn close(self, requests: usize) {
        let mut database = PgConnection::connect(&self.database_url).await.unwrap();
        let (submissions, keys): (i64, i64) =
            sqlx::query_as("SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM request_key)")
                .fetch_one(&mut database)
                .await
                .unwrap();
        database.close().await.unwrap();
        assert_eq!(
            (usize::try_from(submissions).unwrap(), usize::try_from(keys).unwrap()),
            (requests, requests)
        );
        self.place.output(&["audit", "verify"]);
        assert!(self.serving.stop().await.success());
        assert_eq!(self.place.postmaster(), None, "the database stops with its service");
    }
}

/// A service that lives says that its database does not, and when to try again.
fn check_failures(target: Target, ledger: &Ledger) {
    for status in ledger.failures.iter().filter(|_| target == Target::Database) {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(status.get_details_retry_info().is_some(), "{status}");
    }
}
