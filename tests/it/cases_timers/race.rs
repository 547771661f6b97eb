//! Workers in processes of their own race for timers and are killed with kill -9: each reminder and escalation stands
//! exactly once in the outbox and on the timeline, and none is lost.

use std::{
    path::Path,
    process::{Child, Stdio},
};

use super::desk::{CaseSeed, Desk, at};
use crate::support::{database::count, processes::eventually, program::command};

/// Workers at a time.
const WORKERS: usize = 8;
/// Timers of a case that is overdue long since.
const STEPS: usize = 5;
/// Cases of one statement.
const CASES_PER_STATEMENT: usize = 1_000;

fn worker(desk: &Desk, folder: &Path) -> Child {
    command(folder, Some(&desk.service.database.url))
        .args(["serve", "--role", "worker", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"])
        .env("ZHENSHI__LIST__TIME", "23:59:59")
        .env("ZHENSHI__DATABASE__MAX_CONNECTIONS", "4")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// `timers` timers, sent by workers of whom `kills` are killed.
async fn race(timers: usize, kills: usize) {
    let desk = Desk::new().await;
    desk.go_to(at("2024-03-04 10:00"));
    let cases: Vec<CaseSeed> =
        (0..timers / STEPS).map(|n| Desk::seed(n as u128, desk.now(), &format!("C{}", n % 50))).collect();
    for some in cases.chunks(CASES_PER_STATEMENT) {
        desk.assign(some).await;
    }
    let total = i64::try_from(timers).unwrap();
    assert_eq!(count(&desk.admin, "SELECT count(*) FROM case_timer WHERE state = 1").await, total);
    let folder = desk.service.folder.path().to_owned();
    // Years later by the clock of the workers: everything is due at once.
    let mut workers: Vec<Child> = (0..WORKERS).map(|_| worker(&desk, &folder)).collect();
    let sent = async || count(&desk.admin, "SELECT count(*) FROM case_timer WHERE state = 2").await;
    for kill in 0..kills {
        // Spread over the whole work; which statement they die in is left to chance.
        let mark = total * i64::try_from(kill + 1).unwrap() / i64::try_from(kills + 1).unwrap();
        eventually("timers are sent", async || (sent().await >= mark).then_some(())).await;
        let victim = &mut workers[kill % WORKERS];
        victim.kill().unwrap();
        victim.wait().unwrap();
        *victim = worker(&desk, &folder);
    }
    let mut before = sent().await;
    while before < total {
        // As long as anything moves: the machine may be slow.
        before = eventually("more timers are sent", async || {
            let now = sent().await;
            (now > before || now == total).then_some(now)
        })
        .await;
    }
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    check(&desk, total).await;
    println!("{timers} timers, {kills} kills: each told once");
}

/// Each of `total` timers stands once wherever it is told.
async fn check(desk: &Desk, total: i64) {
    for (what, sql, expected) in [
        ("planned", "SELECT count(*) FROM case_timer WHERE state <> 2", 0),
        (
            "events",
            "SELECT count(*) FROM (SELECT kind FROM outbox_pending UNION ALL SELECT kind FROM outbox_event) AS event
             WHERE kind IN ('case.reminder', 'case.escalation')",
            total,
        ),
        (
            "events told twice",
            "SELECT count(*) FROM (
                 SELECT FROM (SELECT case_id, kind, data FROM outbox_pending
                              UNION ALL SELECT case_id, kind, data FROM outbox_event) AS event
                 WHERE kind IN ('case.reminder', 'case.escalation')
                 GROUP BY case_id, kind, data ->> 'step', data ->> 'recipient' HAVING count(*) > 1) AS twice",
            0,
        ),
        ("timeline", "SELECT count(*) FROM case_event WHERE kind IN (34, 35)", total),
        (
            "timeline told twice",
            "SELECT count(*) FROM (SELECT FROM case_event WHERE kind IN (34, 35)
                 GROUP BY case_id, data ->> 'step' HAVING count(*) > 1) AS twice",
            0,
        ),
        (
            "versions without their entry",
            "SELECT count(*) FROM case_file AS c WHERE version <> (SELECT max(version) FROM case_event WHERE case_id = c.id)",
            0,
        ),
        (
            "audited cases",
            "SELECT count(DISTINCT subject) FROM (
                 SELECT unnest(subject_ids) AS subject FROM audit_pending WHERE action = 'SEND_TIMERS'
                 UNION ALL SELECT unnest(subject_ids) FROM audit_entry WHERE action = 'SEND_TIMERS') AS audited",
            total / i64::try_from(STEPS).unwrap(),
        ),
    ] {
        assert_eq!(count(&desk.admin, sql).await, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_workers_killed_with_kill_9_tell_each_timer_once() {
    race(10_000, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "./dev soak timers"]
async fn soak_timers() {
    race(100_000, 100).await;
}
