//! The relay and `audit verify`: positions without gaps, and every tampering found and located.

mod calls;
mod checkpoints;
mod guard;
mod scale;
mod writes;

use std::sync::Arc;

use sqlx::{Executor as _, PgPool};
use zhenshi::{
    app::recorder::Recorder,
    store::{Store, audit_verify::Checkpoint, audit_verify::Report, product::ProductRow},
};
use zhenshi_domain::application::{ProductClass, Term};

use crate::support::{
    database::{TestDatabase, audit_keys, count},
    recorder::{item, tools},
};

/// Ten batches, chained; the newest checkpoint.
async fn chained() -> (Store, PgPool, Checkpoint) {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let (recorder, _task) = Recorder::start(store.clone(), tools(1));
    for number in 0..10u32 {
        let mut item = item(&format!("A-{number}"), u128::from(number));
        if number == 3 {
            item.product = ProductRow { class: Some(ProductClass::Health), term: Some(Term::Years(20)) };
        }
        recorder.record(Arc::new(item)).await.unwrap();
    }
    let pass = store.relay(audit_keys()).await.unwrap();
    let checkpoint = Checkpoint { position: pass.link.position, mac: pass.link.mac };
    (store, database.admin().await, checkpoint)
}

async fn verify(store: &Store, checkpoint: &Checkpoint) -> Report {
    store.verify_audit(audit_keys(), vec![checkpoint.clone()]).await.unwrap()
}

#[tokio::test]
async fn positions_have_no_gaps_and_an_untouched_log_is_clean() {
    let (store, admin, checkpoint) = chained().await;
    assert_eq!(checkpoint.position, 10);
    let report = verify(&store, &checkpoint).await;
    assert_eq!(report.faults, []);
    assert_eq!(
        (report.entries, report.unchained, report.submissions, report.checkpoint),
        (10, 0, 10, Some(10))
    );
    assert_eq!(count(&admin, "SELECT count(*) FROM outbox_event").await, 10);
    assert_eq!(count(&admin, "SELECT max(position) FROM outbox_event").await, 10);
}

#[tokio::test]
async fn a_late_commit_gets_a_later_position() {
    let database = TestDatabase::new().await;
    let (store, admin) = (database.store().await, database.admin().await);
    let (recorder, _task) = Recorder::start(store.clone(), tools(1));
    // An entry with an early id that commits after a later one was positioned.
    let mut slow = admin.begin().await.unwrap();
    slow.execute(
        "INSERT INTO audit_pending VALUES
         ('00000000-0000-7000-8000-000000000001', '2026-01-01Z', 'slow', 'TEST', 'none', '{}', '', '')",
    )
    .await
    .unwrap();
    recorder.record(Arc::new(item("A-1", 1))).await.unwrap();
    assert_eq!(store.relay(audit_keys()).await.unwrap().link.position, 1);
    slow.commit().await.unwrap();
    assert_eq!(store.relay(audit_keys()).await.unwrap().link.position, 2);
    assert_eq!(count(&admin, "SELECT position FROM audit_entry WHERE actor = 'slow'").await, 2);
    assert_eq!(store.verify_audit(audit_keys(), Vec::new()).await.unwrap().faults, []);
}

#[tokio::test]
async fn every_kind_of_tampering_is_found() {
    let tamperings: [(&str, &'static str); 11] = [
        ("changed", "UPDATE audit_entry SET actor = 'else' WHERE position = 4"),
        ("missing", "DELETE FROM audit_entry WHERE position = 4"),
        ("row of the", "UPDATE submission SET verdict = 2 WHERE id = (SELECT min(id::text)::uuid FROM submission)"),
        ("row of the", "UPDATE submission SET product_class = 1 WHERE product_class = 6"),
        ("row of the", "UPDATE submission SET term_unit = 2 WHERE term_unit = 1"),
        ("removed", "DELETE FROM submission WHERE id = (SELECT min(id::text)::uuid FROM submission)"),
        ("row of the", "UPDATE sealed SET payload = payload || '\\x00'::bytea"),
        (
            "row of the",
            "INSERT INTO finding SELECT id, 0, 'FIELD_MISSING', 'x', 2, 5, '{}' FROM submission LIMIT 1",
        ),
        (
            "inserted",
            "INSERT INTO submission SELECT uuid_in(overlay(id::text placing '0000' from 25)::cstring), application_id,
                 99, source, kind, application_no, source_revision, superseded, channel, branch_code, caller,
                 request_id, request_digest, verdict, rule_set_version, calendar_version, directory_version,
                 decided_time, recorded_time FROM submission LIMIT 1",
        ),
        ("tail was cut", "DELETE FROM audit_entry WHERE position > 8"),
        (
            "tail was cut",
            "DELETE FROM audit_entry WHERE position > 8;
             UPDATE chain_head SET position = 8, mac = (SELECT mac FROM audit_entry WHERE position = 8)
             WHERE name = 'audit'",
        ),
    ];
    for (expected, sql) in tamperings {
        let (store, admin, checkpoint) = chained().await;
        admin.execute(sql).await.unwrap();
        let report = verify(&store, &checkpoint).await;
        let found = report.faults.iter().any(|fault| fault.problem.contains(expected));
        assert!(found, "{sql}: {:?}", report.faults);
    }
}

#[tokio::test]
async fn destroying_a_wrapped_key_leaves_the_chain_valid() {
    let (store, admin, checkpoint) = chained().await;
    admin.execute("UPDATE sealed SET wrapped_key = NULL").await.unwrap();
    assert_eq!(verify(&store, &checkpoint).await.faults, []);
}

#[tokio::test]
async fn what_waits_for_the_relay_is_told_apart_and_checked() {
    let database = TestDatabase::new().await;
    let (store, admin) = (database.store().await, database.admin().await);
    let (recorder, _task) = Recorder::start(store.clone(), tools(1));
    recorder.record(Arc::new(item("A-1", 1))).await.unwrap();
    let report = store.verify_audit(audit_keys(), Vec::new()).await.unwrap();
    assert_eq!((report.entries, report.unchained, report.faults.len()), (0, 1, 0));
    admin.execute("UPDATE submission SET branch_code = '2'").await.unwrap();
    assert_eq!(store.verify_audit(audit_keys(), Vec::new()).await.unwrap().faults.len(), 1);
}
