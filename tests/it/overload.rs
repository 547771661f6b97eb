//! Five times more than the service can do: what it can do it still does, in bounded memory, and it is itself again as soon
//! as the storm is over. `./dev soak overload` prints one line of JSON.
//!
//! The load comes from processors of its own, so that refused calls cost the service what they cost it and no more; what
//! was measured before, without overload, is measured the same way. Who sends, and how, is in [`load`].

mod load;

use std::{
    collections::BTreeMap,
    fs,
    process::Command,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use load::{Load, Tally};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tokio::time::{interval, sleep};

use crate::support::built_in::{BuiltIn, Serving};

/// How many times its capacity the service is offered.
const FACTOR: f64 = 5.0;
/// Answers under overload, as a part of the capacity.
const MIN_GOODPUT: f64 = 0.9;
/// Resident memory of the service.
const MAX_RSS_MIB: u64 = 256;
/// From the last call of the storm until the service answers as before.
const MAX_RECOVERY: Duration = Duration::from_secs(2);

/// Callers that find the capacity: enough to keep two full batches going, and never so many that one is refused.
const CALLERS: u32 = 512;
/// Time before something is measured, for caches and connections.
const WARM_UP: Duration = Duration::from_secs(3);
/// Length of each measurement.
const MEASURED: Duration = Duration::from_secs(10);
/// The storm must have been what it claims to be.
const MIN_OFFERED: f64 = 0.9;

/// Calls in a row that must come back in time before the service counts as recovered.
const CALM_CALLS: usize = 20;
/// Longest that each of them may take.
const CALM: Duration = Duration::from_millis(200);
/// How often memory is looked at.
const SAMPLING: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute of the whole machine: ./dev soak overload"]
async fn soak_overload() {
    let place = BuiltIn::new();
    let serving = place.serve();
    share_processors(&serving, &place);
    let load = Load::new(&serving.url(), &place.token()).await;

    load.callers(CALLERS, WARM_UP).await;
    let calm = load.callers(CALLERS, MEASURED).await;
    let capacity = calm.good_per_second();
    let idle_rss = rss_mib(serving.pid());

    let peak = tokio::spawn(peak_rss(serving.pid(), WARM_UP + MEASURED));
    load.storm(FACTOR * capacity, WARM_UP).await;
    let storm = load.storm(FACTOR * capacity, MEASURED).await;
    let recovery = recover(&load).await;
    let peak_rss = peak.await.unwrap();

    let goodput = storm.good_per_second() / capacity;
    let offered = storm.offered_per_second() / capacity;
    let line = json!({
        "name": "overload",
        "ratio": (goodput * 1e3).round() / 1e3,
        "promise": MIN_GOODPUT,
        "capacity_per_second": capacity.round(),
        "capacity_p99_ms": calm.percentile_ms(99),
        "offered_per_second": storm.offered_per_second().round(),
        "goodput_per_second": storm.good_per_second().round(),
        "good_p50_ms": storm.percentile_ms(50),
        "good_p99_ms": storm.percentile_ms(99),
        "not_good": storm.failures(),
        "rss_mib": peak_rss,
        "rss_before_mib": idle_rss,
        "rss_promise_mib": MAX_RSS_MIB,
        "recovery_ms": recovery.as_millis(),
        "recovery_promise_ms": MAX_RECOVERY.as_millis(),
    });
    println!("{line}");

    check_rows(&place, load.good()).await;
    place.output(&["audit", "verify"]);
    assert!(serving.stop().await.success());
    assert_eq!(calm.failures(), BTreeMap::new(), "nobody is refused within the capacity");
    assert!(offered >= MIN_OFFERED * FACTOR, "only {offered:.1} times the capacity was offered");
    assert!(goodput >= MIN_GOODPUT, "{goodput:.2} of the capacity was answered");
    assert!(peak_rss <= MAX_RSS_MIB, "{peak_rss} MiB");
    assert!(recovery <= MAX_RECOVERY, "{} ms", recovery.as_millis());
}

/// Gives the service and its database the first half of the processors and this process the second.
fn share_processors(serving: &Serving, place: &BuiltIn) {
    let count = available_parallelism().unwrap().get();
    assert!(count >= 2, "needs two processors: with one, the load would take what is measured");
    let (ours, theirs) = (format!("0-{}", count / 2 - 1), format!("{}-{}", count / 2, count - 1));
    let postmaster = place.postmaster().unwrap();
    let mut served = vec![serving.pid(), postmaster];
    served.extend(children(postmaster));
    for (processors, pids) in [(ours, served), (theirs, vec![std::process::id()])] {
        for pid in pids {
            // All threads; later children and threads inherit it.
            let moved =
                Command::new("taskset").args(["-a", "-c", "-p", &processors, &pid.to_string()]).output();
            assert!(moved.expect("taskset").status.success(), "process {pid}");
        }
    }
}

fn children(parent: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    listed.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// Resident memory of a process.
fn rss_mib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1_024
}

async fn peak_rss(pid: u32, length: Duration) -> u64 {
    let begun = Instant::now();
    let mut ticks = interval(SAMPLING);
    let mut peak = 0;
    while begun.elapsed() < length {
        ticks.tick().await;
        peak = peak.max(rss_mib(pid));
    }
    peak
}

/// How long it takes until calls come back as if nothing had been; the first of the calm ones counts.
async fn recover(load: &Load) -> Duration {
    let begun = Instant::now();
    let mut calm_since = (Duration::ZERO, 0);
    while calm_since.1 < CALM_CALLS {
        assert!(begun.elapsed() < 10 * MAX_RECOVERY, "the service does not recover");
        let sent = begun.elapsed();
        if load.one_within(CALM).await {
            calm_since = if calm_since.1 == 0 { (sent, 1) } else { (calm_since.0, calm_since.1 + 1) };
        } else {
            calm_since.1 = 0;
            sleep(Duration::from_millis(5)).await;
        }
    }
    calm_since.0
}

/// Whatever was acknowledged is there, and nothing twice.
async fn check_rows(place: &BuiltIn, good: u64) {
    let mut database = PgConnection::connect(&place.database_url()).await.unwrap();
    let (submissions, keys): (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM request_key)")
            .fetch_one(&mut database)
            .await
            .unwrap();
    database.close().await.unwrap();
    assert_eq!(submissions, keys);
    assert!(u64::try_from(submissions).unwrap() >= good, "{submissions} of {good}");
}

#[test]
fn a_tally_counts_what_came_back() {
    let mut tally = Tally::new(Duration::from_secs(2));
    for micros in [1_000, 2_000, 3_000, 4_000] {
        tally.add(Ok(Duration::from_micros(micros)));
    }
    tally.add(Err("ResourceExhausted".into()));
    assert!((tally.good_per_second() - 2.0).abs() < 1e-9);
    assert!((tally.offered_per_second() - 2.5).abs() < 1e-9);
    assert_eq!(tally.percentile_ms(50), Some(2.0));
    assert_eq!(tally.percentile_ms(99), Some(4.0));
    assert_eq!(tally.failures(), BTreeMap::from([("ResourceExhausted".to_owned(), 1)]));
}
