//! What distribution promises of many cases: spread evenly, none twice and none lost, whoever is killed.

use std::{sync::Arc, time::Instant};

use sqlx::{AssertSqlSafe, Executor as _};
use zhenshi::app::case::{distribute_cases::distribute_cases, make_cases::make_cases};

use crate::support::{
    cases::{BANK, DAY, Office},
    database::count,
};

/// Workers killed in a run.
const KILLS: u32 = 20;

/// Gives the sealed list of [`DAY`] `more` suspicions, each of the two customers of its first one with a value of its own and
/// customers of their own.
async fn fill(office: &Office, more: i64) {
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.list(DAY).await;
    // What is sealed does not change: only here, under the superuser, by leaving the guards out for a moment.
    let sql = format!(
        "SET session_replication_role = replica;
         INSERT INTO clue_value SELECT ('10000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 1,
             ('20000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid FROM generate_series(1, {more}) n;
         INSERT INTO suspicion SELECT ('30000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, s.list_id, 1,
             ('10000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, NULL, '', 2, 2, false, false, 2, '4401',
             n % 7, n % 7, 0, 0, 0, 0
             FROM suspicion s, generate_series(1, {more}) n;
         INSERT INTO suspicion_member SELECT ('30000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, m.member_no,
             ('40000000-0000-0000-000' || m.member_no % 10 || '-' || lpad(to_hex(n), 12, '0'))::uuid, m.application_id,
             m.submission_id, m.party_no, m.role, m.purpose, m.is_new, m.baseline, m.channel, m.branch_code,
             m.seller_code, m.agency_code
             FROM suspicion_member m, generate_series(1, {more}) n;
         SET session_replication_role = origin;"
    );
    office.admin.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// Largest and smallest number of cases of a clerk of the branch, and how many have none.
async fn spread(office: &Office) -> (i64, i64) {
    sqlx::query_as(
        "SELECT max(n), min(n) FROM (SELECT count(*) AS n FROM case_file WHERE assignee IN ('B1', 'B2', 'B3')
         GROUP BY assignee) AS clerk",
    )
    .fetch_one(&office.admin)
    .await
    .unwrap()
}

#[tokio::test]
async fn ten_thousand_cases_are_spread_evenly() {
    let office = Office::open().await;
    fill(&office, 9_999).await;
    let begun = Instant::now();
    office.make_cases().await;
    let made = begun.elapsed();
    office.at("2026-11-24 09:00");
    let begun = Instant::now();
    office.distribute().await;
    println!("10,000 cases: made in {made:.1?}, released and distributed in {:.1?}", begun.elapsed());
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_file WHERE state = 3").await, 10_000);
    let (most, fewest) = spread(&office).await;
    assert!(most - fewest <= 1, "{most} and {fewest}");
    assert_eq!(most + fewest, 6_667, "nobody else has one");
}

/// Two workers at whatever `step` does, whose connections are ended again and again, until nothing is left to do.
async fn race<F, W>(office: &Arc<Office>, step: F) -> u32
where
    F: Fn(Arc<Office>) -> W + Copy + Send + 'static,
    W: Future<Output = Result<bool, zhenshi::app::AppError>> + Send,
{
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let office = office.clone();
            tokio::spawn(async move {
                loop {
                    match step(office.clone()).await {
                        Ok(false) => break,
                        Ok(true) => tokio::task::yield_now().await,
                        // Its backend was ended in the middle: the same again.
                        Err(_) => {}
                    }
                }
            })
        })
        .collect();
    let mut kills = 0;
    while kills < KILLS && workers.iter().any(|worker| !worker.is_finished()) {
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL",
        )
        .fetch_one(&office.admin)
        .await
        .unwrap();
        kills += u32::try_from(killed.min(1)).unwrap();
        tokio::task::yield_now().await;
    }
    for worker in workers {
        worker.await.unwrap();
    }
    kills
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_lose_their_connections_and_race_make_and_give_each_case_once() {
    let office = Arc::new(Office::open().await);
    fill(&office, 2_999).await;
    let kills = race(&office, |office| async move { make_cases(office.app()).await }).await;
    assert!(kills > 0, "nothing was killed");
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_file").await, 3_000);
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_suspicion WHERE opened").await, 3_000);
    let numbers =
        "SELECT count(*) FROM case_file WHERE case_no BETWEEN '20261124-000001' AND '20261124-003000'";
    assert_eq!(count(&office.admin, numbers).await, 3_000, "numbers have no gaps");

    office.at("2026-11-24 09:00");
    let kills = race(&office, |office| async move { Ok(distribute_cases(office.app()).await? > 0) }).await;
    assert!(kills > 0, "nothing was killed");
    // Who found nothing to do may have looked past what the other held, whose backend was ended then.
    office.distribute().await;
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_file WHERE state = 3").await, 3_000);
    let twice = "SELECT count(*) FROM (SELECT case_id FROM case_event WHERE kind = 6 GROUP BY case_id HAVING count(*) > 1) AS t";
    assert_eq!(count(&office.admin, twice).await, 0, "given once");
    let told = "SELECT count(DISTINCT case_id) FROM outbox_pending WHERE kind = 'case.assigned'";
    assert_eq!(count(&office.admin, told).await, 3_000);
    let (most, fewest) = spread(&office).await;
    assert!(most - fewest <= 1, "{most} and {fewest}");
}
