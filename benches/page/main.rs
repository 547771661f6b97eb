//! `./dev bench page`: the worklist's first page over HTTP with a hundred thousand open cases, beside the store's query alone.
//!
//! Both are asked by the same person, in this process, in turns: the page as a browser gets it (connection kept, session looked up,
//! settings read, rows rendered), and the call of the store that it stands on. `benches/README.md` says how to read the figures.

use std::{process::ExitCode, sync::Arc, time::Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    client::conn::http1::SendRequest,
    header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE},
};
use hyper_util::rt::TokioIo;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use zhenshi::{
    app::directory::{
        Duty, Entry, EntryKind,
        entry::Draft,
        tools::DirectoryTools,
        upsert::{Submitted, upsert},
    },
    cli::service::Service,
    clock::FixedClock,
    config::{Config, Role},
    entropy::SystemEntropy,
    security::{keyring::Keyring, policy::Action, principal::Principal},
    store::{
        case::{CaseFilter, list::ListQuestion},
        migrate::migrate,
    },
};
use zhenshi_domain::application::Person;

/// Cases; every tenth is open.
const CASES: u64 = 1_000_000;
/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Pages of a round.
const PAGES: usize = 200;
/// Cases of a page, and one that tells whether there is another.
const LIMIT: i64 = 51;
/// Largest ratio of the medians, the page over the query.
const MOST_RATIO: f64 = 3.0;
/// Longest that 95 of 100 pages may take.
const MOST_P95_MS: f64 = 50.0;
const NOW: &str = "2026-11-24T02:00:00Z";
const PASSWORD: &str = "correct horse battery";

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let socket = std::env::var("ZHENSHI_BENCH_SOCKET").context("run ./dev bench page")?;
    let folder = std::env::var("ZHENSHI_BENCH_FOLDER").context("run ./dev bench page")?;
    let cases = match std::env::var("ZHENSHI_BENCH_CASES") {
        Ok(text) => text.parse().context("ZHENSHI_BENCH_CASES is not a number")?,
        Err(_) => CASES,
    };
    let url = |database: &str| format!("postgres:///{database}?host={socket}&user=zhenshi");
    plant(&url, cases).await?;
    let keyring = std::path::Path::new(&folder).join("page-keyring.json");
    Keyring::generate(&SystemEntropy::default())?.create(&keyring)?;
    let mut config = Config { role: Role::Api, ..Config::default() };
    config.database.url = Some(url("page"));
    config.keyring.path = Some(keyring);
    config.grpc.listen.set_port(0);
    config.http.listen.set_port(0);
    let now: DateTime<Utc> = NOW.parse()?;
    let clock = Arc::new(FixedClock::new(now));
    let service = Service::start(&config, clock, Arc::new(SystemEntropy::default())).await?;
    hire(&service).await?;
    let mut browser = Browser::open(&service).await?;
    let (mut pages, mut queries) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Every second round backwards: what the machine does meanwhile meets both alike.
        for turn in 0..2 {
            let figures = if (turn + round) % 2 == 0 {
                pages.push(browser.pages().await?);
                ("page", pages.last())
            } else {
                queries.push(query(&service, now).await?);
                ("query", queries.last())
            };
            if let (who, Some((p50, p95))) = figures {
                eprintln!("round {}, {who}: p50 {p50:.3} ms, p95 {p95:.3} ms", round + 1);
            }
        }
    }
    let (p50, p95) = (median(&pages, |of| of.0), median(&pages, |of| of.1));
    let (query_p50, query_p95) = (median(&queries, |of| of.0), median(&queries, |of| of.1));
    let ratio = p50 / query_p50;
    println!(
        "{}",
        serde_json::json!({
            "name": "page_worklist", "cases": cases, "ratio": ratio, "promise": MOST_RATIO,
            "kept": ratio <= MOST_RATIO && p95 <= MOST_P95_MS, "p50_ms": p50, "p95_ms": p95,
            "query_p50_ms": query_p50, "query_p95_ms": query_p95, "bytes": browser.bytes,
        })
    );
    service.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn plant(url: &impl Fn(&str) -> String, cases: u64) -> anyhow::Result<()> {
    let run = async |database: &str, sql: String| -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&url(database)).await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(connection.close().await?)
    };
    run("postgres", "CREATE DATABASE page".into()).await?;
    migrate(&url("page"), NOW.parse()?).await?;
    eprintln!("planting {cases} cases");
    run("page", include_str!("../worklist/plant.sql").replace("{cases}", &cases.to_string())).await?;
    run("page", "VACUUM (ANALYZE)".into()).await?;
    run("page", "CHECKPOINT".into()).await
}

/// Somebody of customer service, who sees every case, with an account.
async fn hire(service: &Service) -> anyhow::Result<()> {
    let mut entry = Entry::new(EntryKind::Staff, "CS-BENCH");
    entry.duty = Some(Duty::CustomerService);
    let draft = Draft { entry, person: Person { name: "测试戊".into(), ..Person::default() } };
    let submitted =
        Submitted { request_id: uuid::Uuid::from_u128(1), digest: [7; 32], expected_revision: None, draft };
    upsert(&DirectoryTools::of(service.app()), &Principal::whole("bench"), submitted).await?;
    service.app().accounts("bench").create("bench", "CS-BENCH", PASSWORD, false).await?;
    Ok(())
}

/// A kept connection of somebody who is signed in.
struct Browser {
    send: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
    bytes: usize,
}

impl Browser {
    async fn open(service: &Service) -> anyhow::Result<Self> {
        let socket = tokio::net::TcpStream::connect(service.http).await?;
        let (send, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        let mut browser = Self { send, host: service.http.to_string(), cookie: String::new(), bytes: 0 };
        let form = format!("name=bench&password={}", PASSWORD.replace(' ', "+"));
        let request = Request::post("/sign-in")
            .header(HOST, &browser.host)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Full::new(form.into()))?;
        let answer = browser.send.send_request(request).await?;
        let cookie = answer.headers().get(SET_COOKIE).context("the bench is not signed in")?.to_str()?;
        cookie.split(';').next().unwrap_or_default().clone_into(&mut browser.cookie);
        answer.into_body().collect().await?;
        Ok(browser)
    }

    /// Many pages, one after the other: the median and the 95th of a hundred, in milliseconds.
    async fn pages(&mut self) -> anyhow::Result<(f64, f64)> {
        let mut times = Vec::with_capacity(PAGES);
        for _ in 0..PAGES {
            let request = Request::get("/cases")
                .header(HOST, &self.host)
                .header(COOKIE, &self.cookie)
                .body(Full::default())?;
            let begun = Instant::now();
            self.send.ready().await?;
            let answer = self.send.send_request(request).await?;
            ensure!(answer.status() == 200, "the page answered {}", answer.status());
            self.bytes = answer.into_body().collect().await?.to_bytes().len();
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        Ok(figures(times))
    }
}

/// The query alone, by the same person.
async fn query(service: &Service, now: DateTime<Utc>) -> anyhow::Result<(f64, f64)> {
    let store = &service.app().store;
    let principal = store.find_staff("CS-BENCH".into()).await?.context("somebody of the bench")?;
    let mut times = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        let scope = principal.permit(Action::ListCases)?;
        let filter = CaseFilter::default();
        let asked = ListQuestion { filter, after: None, limit: LIMIT, counts: false, now };
        let begun = Instant::now();
        let listed = store.list_cases(scope, asked).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(listed.cases.len() == 51, "a page of the bench is full");
    }
    Ok(figures(times))
}

fn figures(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 95 / 100])
}

fn median(rounds: &[(f64, f64)], figure: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
