//! What a list promises: workers may be killed anywhere and race, the book is not read, nothing is decrypted.

use std::{process::Stdio, sync::Arc};

use sqlx::Row as _;
use uuid::Uuid;
use zhenshi::app::run_suspicion_list::{Step, advance};

use super::world::{Party, World, application, holder};
use crate::support::{
    database::{TestDatabase, count},
    processes::eventually,
    program::command,
};

/// The finding query as the job runs it.
const FIND: &str = include_str!("../../../src/store/list/find.sql");

/// Workers killed in a run.
const KILLS: u32 = 20;

impl World {
    /// Parts every chunk into 16: there is something to race for, and how a list is parted changes nothing.
    async fn split_chunks(&self) {
        let chunks: Vec<(Uuid, i32, i16, i16)> =
            sqlx::query_as("DELETE FROM list_run RETURNING list_id, chunk, epoch, clue")
                .fetch_all(&self.admin)
                .await
                .unwrap();
        for (list, chunk, epoch, clue) in chunks {
            for part in 0u8..16 {
                let end = |fill: u8| {
                    Uuid::from_u128(u128::from_be_bytes([fill; 16]) >> 4 | u128::from(part) << 124)
                };
                sqlx::query("INSERT INTO list_run VALUES ($1, $2, $3, $4, $5, $6)")
                    .bind(list)
                    .bind(chunk * 16 + i32::from(part))
                    .bind(epoch)
                    .bind(clue)
                    .bind(end(0))
                    .bind(end(0xff))
                    .execute(&self.admin)
                    .await
                    .unwrap();
            }
        }
    }

    /// `count` applications of different people, of whom some share phones, accounts, certificates and names.
    async fn fill(&self, count: u128) {
        let mut items = Vec::new();
        for n in 0..count {
            let party = Party {
                accounts: vec![2_000_000 + n / 7 * 7 + (n % 7).min(5)],
                certificate: Some(n),
                triple: Some(3_000_000 + n / 2),
                address: Some(4_000_000 + n),
                ..holder(1 + n, &[1_000_000 + n / 3 * 3 + (n % 3).min(1)])
            };
            items.push(Arc::new(application(&format!("F-{n}"), self.request(), &[party])));
        }
        let recorder = &self.app().recorder;
        let recording = items.into_iter().map(|item| {
            let recorder = recorder.clone();
            tokio::spawn(async move { recorder.record(item).await.unwrap() })
        });
        for done in recording.collect::<Vec<_>>() {
            done.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_lose_their_connections_and_race_write_the_list_of_an_undisturbed_run() {
    // One book, copied: customers have the same surrogates everywhere.
    let database = TestDatabase::new().await;
    {
        let world = World::on(database.clone()).await;
        world.fill(600).await;
        world.stop().await;
    }
    let calm = World::on(database.copy().await).await;
    calm.at("2026-11-24 06:00");
    calm.run("2026-11-24").await;
    let wanted = calm.digests().await;
    assert!(calm.list("2026-11-24").await.len() > 300);

    let disturbed = World::on(database.copy().await).await;
    disturbed.at("2026-11-24 06:00");
    let day = "2026-11-24".parse().unwrap();
    for _ in ["closed", "planned"] {
        advance(disturbed.app(), day, true).await.unwrap();
    }
    disturbed.split_chunks().await;
    let disturbed = Arc::new(disturbed);
    let workers = (0..2).map(|worker| {
        let world = disturbed.clone();
        tokio::spawn(async move {
            loop {
                match advance(world.app(), day, worker == 0).await {
                    Ok(Step::Done) => break,
                    Ok(_) => tokio::task::yield_now().await,
                    // Its backend was ended in the middle: the same again.
                    Err(_) => {}
                }
            }
        })
    });
    let workers: Vec<_> = workers.collect();
    let mut kills = 0;
    while kills < KILLS && workers.iter().any(|worker| !worker.is_finished()) {
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL",
        )
        .fetch_one(&disturbed.admin)
        .await
        .unwrap();
        kills += u32::try_from(killed.min(1)).unwrap();
        tokio::task::yield_now().await;
    }
    for worker in workers {
        worker.await.unwrap();
    }
    assert!(kills > 0, "nothing was killed");
    assert_eq!(disturbed.digests().await, wanted, "after {kills} kills");
    assert_eq!(count(&disturbed.admin, "SELECT count(*) FROM contact_pending").await, 0);
}

/// One disturbed run: two workers at a time, in processes of their own, killed together in the middle of their chunks until
/// `kills` have died; then one that is left alone. Returns the digests.
async fn killed(database: TestDatabase, kills: u32) -> Vec<(chrono::NaiveDate, Vec<u8>)> {
    let world = World::on(database.clone()).await;
    world.at("2026-11-24 06:00");
    let day = "2026-11-24".parse().unwrap();
    for _ in ["closed", "planned"] {
        advance(world.app(), day, true).await.unwrap();
    }
    world.split_chunks().await;
    let worker = || {
        let mut worker = command(world.folder(), Some(&database.url));
        worker.args(["list", "run", "--date", "2026-11-24"]).stdout(Stdio::null()).stderr(Stdio::null());
        worker
    };
    let written =
        async || count(&world.admin, "SELECT count(*) FROM list_run WHERE done_time IS NOT NULL").await;
    let mut dead = 0;
    while dead < kills {
        let before = written().await;
        let mut racing = [worker().spawn().unwrap(), worker().spawn().unwrap()];
        // As soon as they are at work; which statement they die in is left to chance.
        eventually("a chunk is written", async || (written().await > before).then_some(())).await;
        for process in &mut racing {
            process.kill().unwrap();
            process.wait().unwrap();
            dead += 1;
        }
    }
    assert!(worker().status().unwrap().success());
    assert_eq!(count(&world.admin, "SELECT count(*) FROM contact_pending").await, 0);
    world.digests().await
}

async fn killed_workers_write_the_same_list(runs: u32) {
    let database = TestDatabase::new().await;
    let world = World::on(database.clone()).await;
    world.fill(600).await;
    world.stop().await;
    let calm = World::on(database.copy().await).await;
    calm.at("2026-11-24 06:00");
    calm.run("2026-11-24").await;
    for run in 0..runs {
        assert_eq!(killed(database.copy().await, KILLS).await, calm.digests().await, "run {run}");
    }
}

#[tokio::test]
async fn workers_killed_with_kill_9_write_the_list_of_an_undisturbed_run() {
    killed_workers_write_the_same_list(1).await;
}

#[tokio::test]
#[ignore = "./dev soak list: ZHENSHI_SOAK_KILLS workers are killed"]
async fn soak_list() {
    let kills: u32 = std::env::var("ZHENSHI_SOAK_KILLS").unwrap().parse().unwrap();
    killed_workers_write_the_same_list(kills.div_ceil(KILLS)).await;
}

#[tokio::test]
async fn the_finding_query_looks_up_the_keys_and_never_reads_the_book() {
    let world = World::new().await;
    world.fill(400).await;
    sqlx::query("ANALYZE").execute(&world.admin).await.unwrap();
    for clue in 1i16..=5 {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN (FORMAT TEXT) {FIND}")))
            .bind(1i16)
            .bind(clue)
            .bind(Uuid::nil())
            .bind(Uuid::max())
            .bind(zhenshi::clock::Clock::now(world.clock.as_ref()) + chrono::TimeDelta::days(1))
            .bind(false)
            .fetch_all(&world.admin)
            .await
            .unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("contact_use"), "{plan}");
        assert!(!plan.contains("Seq Scan on contact_use"), "clue {clue}:\n{plan}");
    }
}

#[tokio::test]
async fn values_are_compared_themselves_and_not_their_hashes() {
    let world = World::new().await;
    // Two names whose hashes of 64 bits are one.
    let names = [0x8405_c8ed_fcc0_c05b_70a6_40d0_0700_0000, 0x78aa_d6f8_245c_0a05_b5fc_66d3_0700_0000_u128];
    let hashes = "SELECT count(DISTINCT uuid_hash_extended(name, 0)) FROM UNNEST($1::uuid[]) AS name";
    let hashes: i64 = sqlx::query_scalar(hashes)
        .bind(names.map(Uuid::from_u128).to_vec())
        .fetch_one(&world.admin)
        .await
        .unwrap();
    assert_eq!(hashes, 1);
    for (number, name) in ["A-1", "A-2"].into_iter().zip(names) {
        let party = Party { name: Some(name), certificate: Some(5), ..holder(1, &[]) };
        world.apply(number, &[party]).await;
    }
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, ["IDENTITY_CONFLICT A-1/1+ A-2/1+"]);
}

#[tokio::test]
async fn the_whole_list_decrypts_nothing() {
    let world = World::new().await;
    world.fill(50).await;
    // Without wrapped keys and payloads nothing could be opened, and nothing is missed.
    sqlx::query("UPDATE sealed SET wrapped_key = NULL, payload = ''").execute(&world.admin).await.unwrap();
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert!(!world.list("2026-11-24").await.is_empty());
    assert_eq!(world.app().sealer.opened(), 0);
}
