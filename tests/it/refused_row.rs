//! A row that the database refuses fails alone, at a bounded cost.

use std::sync::Arc;

use sqlx::{Connection as _, Executor as _};
use tokio::task::JoinSet;
use zhenshi::{
    app::{AppError, recorder::Recorder},
    store::record::{LIST_GATE_LOCK, Outcome},
};

use crate::support::{
    database::{TestDatabase, count},
    recorder::{item, tools},
};

/// Items of the batch, one of them refused.
const BATCH: u32 = 256;

#[tokio::test]
async fn one_refused_row_of_256_fails_alone_within_17_transactions() {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    // Refuses one application number, and counts the recording transactions: sequences do not roll back.
    admin
        .execute(
            "CREATE SEQUENCE batches;
             CREATE FUNCTION count_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                 $$ BEGIN PERFORM nextval('public.batches'); RETURN NULL; END $$;
             CREATE TRIGGER count_batch BEFORE INSERT ON request_key FOR EACH STATEMENT EXECUTE FUNCTION count_batch();
             CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN IF NEW.application_no = 'A-77' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION refuse();",
        )
        .await
        .unwrap();
    let (recorder, _task) = Recorder::start(database.store().await, tools(1));

    // Two batches wait at the gate, so that all that comes after them makes one batch.
    let mut blocker = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut tx = blocker.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LIST_GATE_LOCK).execute(&mut *tx).await.unwrap();
    let mut first = JoinSet::new();
    for number in 0..2u32 {
        let recorder = recorder.clone();
        first.spawn(async move {
            recorder.record(Arc::new(item(&format!("B-{number}"), u128::from(number)))).await
        });
        let waiting = i64::from(number) + 1;
        while count(&admin, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").await
            < waiting
        {
            tokio::task::yield_now().await;
        }
    }
    let mut calls = JoinSet::new();
    for number in 0..BATCH {
        let recorder = recorder.clone();
        let item = Arc::new(item(&format!("A-{number}"), 1_000 + u128::from(number)));
        calls.spawn(async move { (number, recorder.record(item).await) });
    }
    // Every call has put its item into the queue before the gate opens.
    for _ in 0..BATCH {
        tokio::task::yield_now().await;
    }
    tx.commit().await.unwrap();
    while let Some(done) = first.join_next().await {
        done.unwrap().unwrap();
    }

    let mut answered = 0;
    while let Some(done) = calls.join_next().await {
        match done.unwrap() {
            (77, Err(AppError::RecordRefused { .. })) => {}
            (number, Ok(Outcome::Recorded(_))) if number != 77 => answered += 1,
            (number, other) => panic!("application A-{number}: {other:?}"),
        }
    }
    assert_eq!(answered, BATCH - 1);
    assert_eq!(count(&admin, "SELECT count(*) FROM submission").await, i64::from(BATCH - 1) + 2);
    // The two at the gate, then 2·log2(256) + 1 at the most.
    let batches = count(&admin, "SELECT last_value FROM batches").await - 2;
    assert!(batches <= 17, "{batches} transactions");
}
