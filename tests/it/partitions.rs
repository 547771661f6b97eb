//! Monthly partitions: a month's turn, a filled default partition, two replicas, under load.

use std::sync::Arc;

use chrono::{Duration, TimeZone as _, Utc};
use tokio::task::JoinSet;
use zhenshi::{app::recorder::Recorder, clock::FixedClock, store::record::Tools};

use crate::support::{
    database::{TestDatabase, count, start_time},
    recorder::{item, tools},
};

#[tokio::test]
async fn a_months_turn_goes_into_the_next_partition() {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    let clock = Arc::new(FixedClock::new(Utc.with_ymd_and_hms(2026, 11, 30, 23, 59, 59).unwrap()));
    let (recorder, _task) =
        Recorder::start(database.store().await, Tools { clock: clock.clone(), ..tools(1) });
    recorder.record(Arc::new(item("A-1", 1))).await.unwrap();
    clock.advance(Duration::seconds(1));
    recorder.record(Arc::new(item("A-2", 2))).await.unwrap();
    for table in [
        "SELECT count(*) FROM submission_2026_11",
        "SELECT count(*) FROM submission_2026_12",
        "SELECT count(*) FROM sealed_2026_11",
        "SELECT count(*) FROM sealed_2026_12",
    ] {
        assert_eq!(count(&admin, table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn rows_of_a_month_without_a_partition_are_moved_when_it_is_made() {
    let database = TestDatabase::new().await;
    let (store, admin) = (database.store().await, database.admin().await);
    let late = start_time() + Duration::days(200);
    let clock = Arc::new(FixedClock::new(late));
    let (recorder, _task) = Recorder::start(store.clone(), Tools { clock, ..tools(1) });
    recorder.record(Arc::new(item("A-1", 1))).await.unwrap();
    assert_eq!(store.rows_in_default_partition().await.unwrap(), 1);

    assert_eq!(store.ensure_partitions(late).await.unwrap(), 12);
    assert_eq!(store.rows_in_default_partition().await.unwrap(), 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM submission_2027_06").await, 1);
    assert_eq!(count(&admin, "SELECT count(*) FROM sealed_2027_06").await, 1);
    assert_eq!(store.ensure_partitions(late).await.unwrap(), 0, "made once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_make_partitions_at_once_under_load() {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    let (first, second) = (database.store().await, database.store().await);
    let late = start_time() + Duration::days(200);
    let clock = Arc::new(FixedClock::new(late));
    let (recorder, _task) = Recorder::start(first.clone(), Tools { clock, ..tools(1) });
    let mut calls = JoinSet::new();
    for number in 0..500u32 {
        let recorder = recorder.clone();
        calls.spawn(async move {
            recorder.record(Arc::new(item(&format!("A-{number}"), u128::from(number)))).await.unwrap();
        });
    }
    let (one, two) = tokio::join!(first.ensure_partitions(late), second.ensure_partitions(late));
    assert_eq!(one.unwrap() + two.unwrap(), 12);
    calls.join_all().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, 500);
    assert_eq!(first.rows_in_default_partition().await.unwrap(), 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM submission_2027_06").await, 500);
}
