//! `./dev bench worklist`: a clerk's page among a million cases of which a hundred thousand are open, beside the same page by a
//! hand-written prepared statement under pgbench; then cases given to people in bulk (`giving.rs`).
//!
//! Ours is the whole call of the store: transaction, scope, row security, the outbox's position, the page. The other is the
//! statement alone. `benches/README.md` says how to read the figures.

mod giving;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use zhenshi::{
    security::{
        policy::Action,
        principal::{Principal, StaffScope},
        role::Role,
        scope::Scope,
    },
    store::{
        Store, StoreOptions,
        case::{CaseFilter, filter::Urgency, list::ListQuestion},
        migrate::migrate,
    },
};
use zhenshi_domain::application::Channel;

/// Cases; every tenth is open.
const CASES: u64 = 1_000_000;
/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Pages of each kind in a round.
const PAGES: usize = 2_000;
/// Cases of a page, and one that tells whether there is another.
const LIMIT: i64 = 51;
/// Largest ratio of the medians, ours over the one by hand.
const MOST_RATIO: f64 = 1.5;
/// Longest that 99 of 100 pages may take.
const MOST_P99_MS: f64 = 10.0;
/// Clerks of the planted cases.
const CLERKS: usize = 1_000;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    First,
    Later,
}

/// Milliseconds of a round.
#[derive(Debug, Clone, Copy)]
struct Figures {
    p50: f64,
    p99: f64,
}

/// The same page by hand, of clerk :clerk of channel :channel and branch :branch.
const BY_HAND: &str = include_str!("page.sql");

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let socket = std::env::var("ZHENSHI_BENCH_SOCKET").context("run ./dev bench worklist")?;
    let pgbench: PathBuf = std::env::var("ZHENSHI_BENCH_PGBENCH").context("run ./dev bench worklist")?.into();
    let folder: PathBuf = std::env::var("ZHENSHI_BENCH_FOLDER").context("run ./dev bench worklist")?.into();
    let cases = match std::env::var("ZHENSHI_BENCH_CASES") {
        Ok(text) => text.parse().context("ZHENSHI_BENCH_CASES is not a number")?,
        Err(_) => CASES,
    };
    let url = |database: &str| format!("postgres:///{database}?host={socket}&user=zhenshi");
    let store = plant(&url, cases).await?;
    let now: DateTime<Utc> = "2026-11-24T02:00:00Z".parse()?;
    let mut rounds: [[Vec<Figures>; 2]; 2] = Default::default();
    for round in 0..ROUNDS {
        for (place, page) in [Page::First, Page::Later].into_iter().enumerate() {
            // Every second round backwards: what the machine does meanwhile meets both alike.
            for turn in 0..2 {
                let side = (turn + round) % 2;
                let figures = if side == 0 {
                    ours(&store, page, now).await?
                } else {
                    by_hand(&pgbench, &folder, &socket, page)?
                };
                let who = ["ours", "by hand"][side];
                eprintln!(
                    "round {}, {page:?} page, {who}: p50 {:.3} ms, p99 {:.3} ms",
                    round + 1,
                    figures.p50,
                    figures.p99
                );
                rounds[place][side].push(figures);
            }
        }
    }
    for (place, name) in ["first", "later"].into_iter().enumerate() {
        let [own, hand] = &rounds[place];
        let (p50, p99) = (median(own, |of| of.p50), median(own, |of| of.p99));
        let (hand_p50, hand_p99) = (median(hand, |of| of.p50), median(hand, |of| of.p99));
        let ratio = p50 / hand_p50;
        println!(
            "{}",
            serde_json::json!({
                "name": format!("worklist_{name}"), "cases": cases, "ratio": ratio,
                "promise": MOST_RATIO, "kept": ratio <= MOST_RATIO && p99 <= MOST_P99_MS,
                "p50_ms": p50, "p99_ms": p99, "by_hand_p50_ms": hand_p50, "by_hand_p99_ms": hand_p99,
                "p99_ratio": p99 / hand_p99,
            })
        );
    }
    giving::measure(&store, now, cases).await?;
    Ok(ExitCode::SUCCESS)
}

async fn plant(url: &impl Fn(&str) -> String, cases: u64) -> anyhow::Result<Store> {
    let run = async |database: &str, sql: String| -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&url(database)).await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(connection.close().await?)
    };
    run("postgres", "CREATE DATABASE worklist".into()).await?;
    migrate(&url("worklist"), "2026-11-24T02:00:00Z".parse()?).await?;
    eprintln!("planting {cases} cases");
    run("worklist", include_str!("plant.sql").replace("{cases}", &cases.to_string())).await?;
    run("worklist", "VACUUM (ANALYZE)".into()).await?;
    run("worklist", "CHECKPOINT".into()).await?;
    Ok(Store::connect(&StoreOptions { url: url("worklist"), max_connections: 1 }).await?)
}

/// Scope of the clerk of a number: his branch and channel follow from it, as planted.
fn scope(clerk: usize) -> anyhow::Result<Scope> {
    let staff = StaffScope {
        staff_code: format!("C{clerk:04}"),
        channel: Some(if clerk.is_multiple_of(2) {
            Channel::IndividualAgents
        } else {
            Channel::Bancassurance
        }),
        branch_code: format!("B{:02}", clerk % 40),
        team_leader_code: String::new(),
    };
    Ok(Principal::member(Role::Clerk, staff).permit(Action::ListCases)?)
}

/// One page of each of many clerks, one after the other.
async fn ours(store: &Store, page: Page, now: DateTime<Utc>) -> anyhow::Result<Figures> {
    let mut times = Vec::with_capacity(PAGES);
    for n in 0..PAGES {
        let scope = scope(n * 7 % CLERKS)?;
        let after = (page == Page::Later).then_some(Urgency { time: now, rank: 0, id: uuid::Uuid::nil() });
        let asked = ListQuestion { filter: CaseFilter::default(), after, limit: LIMIT, counts: false, now };
        let begun = Instant::now();
        let listed = store.list_cases(scope, asked).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(!listed.cases.is_empty(), "a clerk of the bench has cases");
    }
    Ok(figures(times))
}

/// The same by pgbench, which writes the time of each transaction into a log.
fn by_hand(
    pgbench: &std::path::Path,
    folder: &std::path::Path,
    socket: &str,
    page: Page,
) -> anyhow::Result<Figures> {
    let since = if page == Page::Later { "2026-11-24 02:00:00+00" } else { "-infinity" };
    let script = folder.join("page.pgbench");
    let head = format!("\\set n random(0, {})\n\\set channel 1 + :n % 2\n", CLERKS - 1);
    std::fs::write(&script, head + &BY_HAND.replace("{since}", since))?;
    let prefix = folder.join("times");
    let ended = std::process::Command::new(pgbench)
        .args(["-h", socket, "-U", "zhenshi", "-n", "-M", "prepared", "-c", "1", "-l", "--log-prefix"])
        .arg(&prefix)
        .args(["-t", &PAGES.to_string(), "-f"])
        .arg(&script)
        .arg("worklist")
        .output()?;
    ensure!(ended.status.success(), "pgbench: {}", String::from_utf8_lossy(&ended.stderr));
    let mut times = Vec::with_capacity(PAGES);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("times.")) {
            for line in std::fs::read_to_string(&path)?.lines() {
                let micros: f64 = line.split(' ').nth(2).context("a time in pgbench's log")?.parse()?;
                times.push(micros / 1e3);
            }
            std::fs::remove_file(path)?;
        }
    }
    ensure!(times.len() == PAGES, "pgbench logged {} times", times.len());
    Ok(figures(times))
}

fn figures(mut times: Vec<f64>) -> Figures {
    times.sort_by(f64::total_cmp);
    Figures { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

fn median(rounds: &[Figures], figure: impl Fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
