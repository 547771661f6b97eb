//! Verification of the database's own rows: tampered with at random places by the superuser, and of great length.

use std::{fs, time::Instant};

use aws_lc_rs::digest::{SHA256, digest};
use sqlx::{AssertSqlSafe, Executor as _, PgPool};
use zhenshi::store::{
    Store,
    audit_verify::{Checkpoint, FaultKind},
};

use crate::support::database::{TestDatabase, audit_keys};

/// Entries of an ordinary run.
const ENTRIES: i64 = 20_000;
/// Variable with the entries of a long run.
const LENGTH: &str = "ZHENSHI_SOAK_ENTRIES";
/// Entries of a long run when the variable says nothing.
const LONG: i64 = 1_000_000;
/// Places at which the database is tampered with.
const PLACES: u64 = 36;
/// Most memory that verifying may take, however long the chain is.
const MEMORY: u64 = 48 * 1024 * 1024;

/// `count` entries, chained.
async fn filled(count: i64) -> (Store, PgPool, Checkpoint) {
    let database = TestDatabase::new().await;
    let (store, admin) = (database.store().await, database.admin().await);
    let sql = format!(
        "INSERT INTO audit_pending (id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest)
         SELECT gen_random_uuid(), timestamptz '2026-01-01Z' + number * interval '1 ms', 'staff:ST-' || number % 50,
             (ARRAY['VIEW_MASKED', 'ASSIGN_CASE', 'START_CASE', 'READ_EVIDENCE'])[1 + number % 4], 'case',
             ARRAY[gen_random_uuid(), gen_random_uuid()], '', ''
         FROM generate_series(1, {count}) AS number"
    );
    admin.execute(AssertSqlSafe(sql)).await.unwrap();
    let mut link = store.relay(audit_keys()).await.unwrap().link;
    while link.position < count {
        link = store.relay(audit_keys()).await.unwrap().link;
    }
    let checkpoint = Checkpoint { position: link.position, mac: link.mac };
    (store, admin, checkpoint)
}

/// Bytes that this process has in memory.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

fn luck(round: u64, below: i64) -> i64 {
    let hash = digest(&SHA256, &round.to_be_bytes());
    let number = u32::from_be_bytes(hash.as_ref()[..4].try_into().unwrap());
    i64::from(number) % below
}

#[tokio::test]
async fn tampering_at_random_places_of_the_database_is_found_and_located() {
    const LENGTH: i64 = 500;
    let (store, admin, checkpoint) = filled(LENGTH).await;
    for round in 0..PLACES {
        let at = 2 + luck(round, LENGTH - 4);
        let (sql, kind, position) = match round % 6 {
            0 => (format!("UPDATE audit_entry SET reason = 'none' WHERE position = {at}"), FaultKind::EntryChanged, at),
            1 => (format!("DELETE FROM audit_entry WHERE position = {at}"), FaultKind::EntryMissing, at),
            2 => (
                format!(
                    "UPDATE audit_entry SET position = -position WHERE position >= {at};
                     UPDATE audit_entry SET position = 1 - position WHERE position < 0;
                     INSERT INTO audit_entry SELECT {at}, gen_random_uuid(), recorded_time, actor, action, subject_kind,
                         subject_ids, reason, digest, mac, key_version FROM audit_entry WHERE position = {at} + 1"
                ),
                FaultKind::EntryInserted,
                at,
            ),
            3 => (
                format!(
                    "UPDATE audit_entry SET position = 1000000 WHERE position = {at};
                     UPDATE audit_entry SET position = {at} WHERE position = {at} + 1;
                     UPDATE audit_entry SET position = {at} + 1 WHERE position = 1000000"
                ),
                FaultKind::EntryMoved,
                at,
            ),
            4 => (format!("DELETE FROM audit_entry WHERE position > {at}"), FaultKind::TailCut, at + 1),
            _ => (
                format!(
                    "DELETE FROM audit_entry WHERE position > {at};
                     UPDATE chain_head SET position = {at}, mac = (SELECT mac FROM audit_entry WHERE position = {at})
                     WHERE name = 'audit'"
                ),
                FaultKind::TailCut,
                at + 1,
            ),
        };
        // The constraint on positions and the immutability are no hindrance to who owns the database.
        let mut tx = admin.begin().await.unwrap();
        tx.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_position_check").await.unwrap();
        tx.execute("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM audit_entry").await.unwrap();
        tx.execute("CREATE TEMP TABLE kept_head ON COMMIT DROP AS SELECT * FROM chain_head").await.unwrap();
        tx.execute(AssertSqlSafe(sql.clone())).await.unwrap();
        tx.execute(
            "CREATE TABLE saved AS SELECT * FROM kept; CREATE TABLE saved_head AS SELECT * FROM kept_head",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let report = store.verify_audit(audit_keys(), vec![checkpoint.clone()]).await.unwrap();
        let found = report.faults.iter().find(|fault| fault.position == Some(position));
        assert!(found.is_some_and(|fault| fault.kind == kind), "{sql}: {:?}", report.faults);
        assert!(report.faults.iter().all(|fault| fault.position >= Some(position)), "{:?}", report.faults);
        admin
            .execute(
                "TRUNCATE audit_entry; INSERT INTO audit_entry SELECT * FROM saved;
                 DELETE FROM chain_head; INSERT INTO chain_head SELECT * FROM saved_head;
                 DROP TABLE saved, saved_head;
                 ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_position_check CHECK (position >= 1)",
            )
            .await
            .unwrap();
    }
    assert_eq!(store.verify_audit(audit_keys(), vec![checkpoint]).await.unwrap().faults, []);
}

#[tokio::test]
async fn twenty_thousand_entries_verify_in_one_pass() {
    let (store, _, checkpoint) = filled(ENTRIES).await;
    let report = store.verify_audit(audit_keys(), vec![checkpoint]).await.unwrap();
    assert_eq!((report.entries, report.faults.len()), (ENTRIES, 0));
}

/// `./dev soak audit`: alone in its process, so that its memory can be told.
#[tokio::test]
#[ignore = "a long run: ./dev soak audit"]
async fn soak_audit_verifies_in_flat_memory() {
    let count = std::env::var(LENGTH).map_or(LONG, |count| count.parse().unwrap());
    let (store, _, checkpoint) = filled(count).await;
    // What a first pass leaves allocated is not of its length.
    let (small, _, small_checkpoint) = filled(1_000).await;
    small.verify_audit(audit_keys(), vec![small_checkpoint]).await.unwrap();
    let before = resident();
    let begun = Instant::now();
    let verifying = tokio::spawn(async move { store.verify_audit(audit_keys(), vec![checkpoint]).await });
    let mut most = before;
    while !verifying.is_finished() {
        most = most.max(resident());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let report = verifying.await.unwrap().unwrap();
    let took = begun.elapsed();
    println!(
        "{count} entries verified in {:.1} s ({:.0} a second); memory +{} KiB",
        took.as_secs_f64(),
        f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64(),
        (most - before) / 1024
    );
    assert_eq!((report.entries, report.faults.len()), (count, 0));
    assert!(most - before < MEMORY, "{} bytes more", most - before);
}
