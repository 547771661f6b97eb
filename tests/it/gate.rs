//! The list gate: what is recorded is either before a list's cut, or stamped after it.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use sqlx::Connection as _;
use zhenshi::{app::recorder::Recorder, store::record::LIST_GATE_LOCK};

use crate::support::{
    database::{TestDatabase, count, start_time},
    recorder::{item, tools},
};

#[tokio::test]
async fn a_batch_that_waits_for_a_closing_list_is_stamped_after_the_close() {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    let (recorder, _task) = Recorder::start(database.store().await, tools(1));

    // A list is being closed: the gate is held, and the new cut is not visible yet.
    let mut closing = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut tx = closing.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LIST_GATE_LOCK).execute(&mut *tx).await.unwrap();

    let waiting = tokio::spawn(async move { recorder.record(Arc::new(item("A-1", 1))).await });
    // The batch has reached the gate when its lock is asked for and not granted.
    while count(&admin, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").await
        == 0
    {
        tokio::task::yield_now().await;
    }
    let cut = start_time() + Duration::hours(1);
    sqlx::query("UPDATE list_gate SET closed_until = $1").bind(cut).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();

    waiting.await.unwrap().unwrap();
    let stamps: Vec<DateTime<Utc>> =
        sqlx::query_scalar("SELECT recorded_time FROM contact_use").fetch_all(&admin).await.unwrap();
    assert_eq!(stamps, [cut], "the clock stood before the cut: the stamp must not");
    let opened: DateTime<Utc> =
        sqlx::query_scalar("SELECT opened_time FROM contact_pending").fetch_one(&admin).await.unwrap();
    assert_eq!(opened, cut, "the key waits for the list after this one");
}
