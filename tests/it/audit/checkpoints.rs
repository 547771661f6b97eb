//! Checkpoints leave the database: to files and to a receiver, in time, signed; and tell when the chain is another.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use serde_json::Value;
use sqlx::Executor as _;
use tempfile::TempDir;
use zhenshi::{
    app::checkpoint::{CheckpointFiles, SignedCheckpoint},
    clock::FixedClock,
    config::EventEndpoint,
    entropy::SeededEntropy,
    security::{
        audit_key::{AuditKeys, verifies},
        live::Live,
    },
    store::Store,
    webhook::{Client, Endpoint},
    worker::checkpoints::{Checkpoints, EVENT_TYPE, EVERY, Receiver as Witness},
};

use crate::{
    deliveries::world::{PATIENT, SECRET},
    support::{
        database::{TestDatabase, audit_keyring, audit_keys, start_time},
        receiver::{Does, Receiver},
    },
};

struct Desk {
    database: TestDatabase,
    store: Store,
    clock: Arc<FixedClock>,
    folder: TempDir,
    receiver: Receiver,
}

impl Desk {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        Self {
            store: database.store().await,
            database,
            clock: Arc::new(FixedClock::new(start_time())),
            folder: tempfile::tempdir().unwrap(),
            receiver: Receiver::start().await,
        }
    }

    fn files(&self) -> CheckpointFiles {
        let folder = self.folder.path();
        CheckpointFiles { newest: folder.join("newest.json"), kept: folder.join("kept") }
    }

    /// The job as a process has it that starts now.
    fn job(&self) -> Checkpoints {
        let section = EventEndpoint {
            name: "audit-checkpoint".into(),
            url: format!("http://{}/witness", self.receiver.address),
            secret_env: Some("SECRET".into()),
            allow_http: true,
            ..EventEndpoint::default()
        };
        let endpoint = Endpoint::open(&section, |_| Some(SECRET.to_owned())).unwrap();
        let client = Client { connect: PATIENT, answer: PATIENT };
        let witness = Witness { client, endpoint, source: "urn:test".into() };
        Checkpoints::new(
            self.store.clone(),
            Arc::new(Live::new(AuditKeys::new(&audit_keyring()).unwrap())),
            self.files(),
            Some(witness),
            self.clock.clone(),
            Arc::new(SeededEntropy::new(5)),
        )
    }

    async fn entries(&self, count: i64) {
        let sql = format!(
            "INSERT INTO audit_pending SELECT gen_random_uuid(), '2026-01-01Z', 'a', 'A', 'k', '{{}}', '', ''
             FROM generate_series(1, {count})"
        );
        self.database.admin().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        while self.store.relay(audit_keys()).await.unwrap().moved > 0 {}
    }

    fn positions(&self) -> Vec<i64> {
        let mut kept = self.files().read(&audit_keys()).unwrap();
        kept.sort();
        kept.dedup();
        kept.into_iter().map(|checkpoint| checkpoint.position).collect()
    }
}

#[tokio::test]
async fn one_is_due_every_minute_or_thousand_entries_and_goes_to_files_and_receiver() {
    let desk = Desk::new().await;
    let job = desk.job();
    job.once().await.unwrap();
    assert_eq!(desk.positions(), [0_i64; 0], "nothing is chained");
    desk.entries(3).await;
    job.once().await.unwrap();
    desk.entries(3).await;
    job.once().await.unwrap();
    assert_eq!(desk.positions(), [3], "a minute is not over");
    desk.clock.advance(EVERY);
    job.once().await.unwrap();
    desk.clock.advance(EVERY);
    job.once().await.unwrap();
    assert_eq!(desk.positions(), [3, 6], "nothing new is not told again");
    desk.entries(1_000).await;
    job.once().await.unwrap();
    assert_eq!(desk.positions(), [3, 6, 1_006]);

    let arrived = desk.receiver.arrived();
    let events: Vec<Value> = arrived.iter().map(crate::support::receiver::Arrived::event).collect();
    let told: Vec<i64> = events.iter().map(|event| event["data"]["position"].as_i64().unwrap()).collect();
    assert_eq!(told, [3, 6, 1_006]);
    assert_eq!(events[0]["type"], EVENT_TYPE);
    // As somebody does who has the public key and nothing else.
    let last: SignedCheckpoint = serde_json::from_value(events[2]["data"].clone()).unwrap();
    let (version, public) = audit_keys().public_keys()[0];
    assert_eq!(last.key_version, version);
    let signature = BASE64_STANDARD.decode(&last.signature).unwrap();
    assert!(verifies(&public, last.message().as_bytes(), &signature));
    let report =
        desk.store.verify_audit(audit_keys(), desk.files().read(&audit_keys()).unwrap()).await.unwrap();
    assert_eq!((report.checkpoints, report.checkpoint, report.faults.len()), (3, Some(1_006), 0));
}

#[tokio::test]
async fn what_was_not_received_is_sent_again_and_the_newest_only() {
    let desk = Desk::new().await;
    let job = desk.job();
    desk.receiver.does(|_, _| Does::Says(503));
    desk.entries(1).await;
    job.once().await.unwrap();
    desk.entries(1).await;
    desk.clock.advance(EVERY);
    desk.receiver.does(|_, _| Does::Takes);
    job.once().await.unwrap();
    let arrived = desk.receiver.arrived();
    let told: Vec<i64> =
        arrived.iter().map(|one| one.event()["data"]["position"].as_i64().unwrap()).collect();
    assert_eq!(told, [1, 2]);
    assert_eq!(desk.positions(), [1, 2], "the files have both");
}

#[tokio::test]
async fn a_chain_that_was_cut_back_is_told_and_its_proof_is_left_alone() {
    let desk = Desk::new().await;
    desk.job().once().await.unwrap();
    desk.entries(10).await;
    desk.job().once().await.unwrap();
    // Cut back, head and all, and grown again: right in itself.
    desk.database
        .admin()
        .await
        .execute(
            "DELETE FROM audit_entry WHERE position > 4;
             UPDATE chain_head SET position = 4, mac = (SELECT mac FROM audit_entry WHERE position = 4)
             WHERE name = 'audit'",
        )
        .await
        .unwrap();
    desk.entries(20).await;
    desk.clock.advance(EVERY + TimeDelta::seconds(1));
    // Another process, which has nothing but the file.
    desk.job().once().await.unwrap();
    assert_eq!(desk.positions(), [10]);
    let kept = desk.files().read(&audit_keys()).unwrap();
    let report = desk.store.verify_audit(audit_keys(), kept).await.unwrap();
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    assert_eq!(report.faults[0].position, Some(10));
}
