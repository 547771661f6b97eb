//! `./dev bench record`: the recorder against one transaction for each submission, on one server in one run.
//!
//! Ours: callers call the use case in process (judge, fingerprint, seal, record). The other side: pgbench, which writes
//! the same rows with one prepared statement and one transaction for each submission, with as many clients as it is
//! fastest with. Both write the same number of submissions into fresh copies of one migrated database; when rows or bytes
//! do not agree there is no ratio. `benches/README.md` says how to read the figures.
//!
//! To add a line, add a [`Line`] to [`LINES`]; one file a thing: [`inputs`] (applications), [`ours`] and [`unsealed`] (the
//! use case), [`seal`] (what sealing costs), [`pgbench`] and [`script`] (the other side), [`database`] (copies and their sizes), [`figures`] (medians,
//! agreement, JSON).

mod database;
mod figures;
mod inputs;
mod ours;
mod pgbench;
mod script;
mod seal;
mod unsealed;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use crate::{
    database::Server,
    figures::{Duel, Run, agree},
    ours::Ours,
    pgbench::Pgbench,
};

/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Submissions of a measured run; a multiple of every number of clients.
const SUBMISSIONS: usize = 16_384;
/// Clients that pgbench is tried with.
const CLIENTS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Transactions of each client while they are tried, up to [`SUBMISSIONS`] for all together.
const TRIAL_PER_CLIENT: usize = 512;
/// Numbers of clients that go into the rounds, the fastest of the trial: which is best changes with the disk's temper, so the
/// fastest of each round counts.
const FINALISTS: usize = 3;
/// Clients of the run whose relation sizes are compared with ours. With many clients PostgreSQL reserves up to 512 empty
/// pages of a table at once for those that wait to extend it: space, but nobody's rows.
const SIZE_CLIENTS: usize = 4;
/// Callers and clients whose waiting times are compared.
const LATENCY_AT: usize = 32;
/// p99 of ours may be so many times pgbench's.
const P99_LIMIT: f64 = 3.0;

/// One line of the result.
struct Line {
    name: &'static str,
    callers: usize,
    sealing: bool,
    /// The promise: ours over pgbench; none for a line that only explains another.
    promise: Option<f64>,
}

const LINES: [Line; 4] = [
    Line { name: "record_32", callers: 32, sealing: true, promise: Some(1.5) },
    Line { name: "record_256", callers: 256, sealing: true, promise: Some(2.5) },
    Line { name: "record_32_unsealed", callers: 32, sealing: false, promise: None },
    Line { name: "record_256_unsealed", callers: 256, sealing: false, promise: None },
];

/// What is run in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Ours { callers: usize, sealing: bool },
    Pgbench { clients: usize, sealing: bool },
}

/// pgbench, with or without sealed rows.
struct Rival {
    /// Numbers of clients with which it is fastest.
    finalists: Vec<usize>,
    /// A run with few clients, for the sizes.
    quiet: Run,
}

type Rivals = BTreeMap<bool, Rival>;

fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: run ./dev bench record"))
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let submissions = match std::env::var("ZHENSHI_BENCH_SUBMISSIONS") {
        Ok(text) => text.parse().context("ZHENSHI_BENCH_SUBMISSIONS is not a number")?,
        Err(_) => SUBMISSIONS,
    };
    let folder = PathBuf::from(variable("ZHENSHI_BENCH_FOLDER")?);
    let server = Server::prepare(variable("ZHENSHI_BENCH_SOCKET")?).await?;
    let ours = Ours::new(server.clone(), folder.clone(), submissions)?;
    if std::env::var("ZHENSHI_BENCH_ONLY").is_ok_and(|only| only == "seal") {
        let kept = seal::run(&ours).await?;
        return Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut pgbench = Pgbench::new(server.clone(), folder, PathBuf::from(variable("ZHENSHI_BENCH_PGBENCH")?));

    let mut rivals = BTreeMap::new();
    for sealing in [true, false] {
        pgbench.learn(&ours.sample(sealing).await?, sealing)?;
        let quiet = pgbench.run(SIZE_CLIENTS, submissions, sealing).await?;
        rivals.insert(sealing, Rival { finalists: sweep(&pgbench, submissions, sealing).await?, quiet });
    }
    let runs = rounds(&ours, &pgbench, submissions, &rivals).await?;
    report(&runs, &rivals, submissions)
}

/// The numbers of clients with which pgbench is fastest, and the one whose waiting times are compared.
async fn sweep(pgbench: &Pgbench, submissions: usize, sealing: bool) -> anyhow::Result<Vec<usize>> {
    let mut tried = Vec::with_capacity(CLIENTS.len());
    for clients in CLIENTS {
        let transactions = (TRIAL_PER_CLIENT * clients).min(submissions);
        let run = pgbench.run(clients, transactions, sealing).await?;
        eprintln!("pgbench, sealed rows {sealing}, {clients} clients: {:.0}/s", run.per_second);
        tried.push((run.per_second, clients));
    }
    tried.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut finalists: Vec<usize> = tried.iter().take(FINALISTS).map(|(_, clients)| *clients).collect();
    if !finalists.contains(&LATENCY_AT) {
        finalists.push(LATENCY_AT);
    }
    Ok(finalists)
}

type Runs = BTreeMap<Part, Vec<Run>>;

/// All rounds, every second one backwards: what the machine does meanwhile meets both sides alike.
async fn rounds(ours: &Ours, pgbench: &Pgbench, submissions: usize, rivals: &Rivals) -> anyhow::Result<Runs> {
    let mut order: Vec<Part> = Vec::new();
    for line in &LINES {
        let Line { callers, sealing, .. } = *line;
        order.push(Part::Ours { callers, sealing });
        for &clients in &rivals[&sealing].finalists {
            let part = Part::Pgbench { clients, sealing };
            if !order.contains(&part) {
                order.push(part);
            }
        }
    }
    let mut runs = Runs::new();
    for round in 1..=ROUNDS {
        for part in &order {
            let run = match *part {
                Part::Ours { callers, sealing } => ours.run(callers, sealing).await?,
                Part::Pgbench { clients, sealing } => pgbench.run(clients, submissions, sealing).await?,
            };
            eprintln!("round {round}, {part:?}: {:.0}/s, p99 {:.1} ms", run.per_second, run.p99_ms);
            runs.entry(*part).or_default().push(run);
        }
        order.reverse();
    }
    Ok(runs)
}

/// pgbench's fastest run of each round.
fn fastest_of_rounds<'a>(runs: &'a Runs, finalists: &[usize], sealing: bool) -> Vec<&'a Run> {
    let of_round = |round: usize| {
        let entered =
            finalists.iter().filter_map(|&clients| runs.get(&Part::Pgbench { clients, sealing })?.get(round));
        entered.max_by(|one, other| one.per_second.total_cmp(&other.per_second))
    };
    (0..ROUNDS).filter_map(of_round).collect()
}

/// Prints a line each; fails when the two sides did not write the same.
fn report(runs: &Runs, rivals: &Rivals, submissions: usize) -> anyhow::Result<ExitCode> {
    let mut agreed = true;
    for line in &LINES {
        let Line { name, callers, sealing, promise } = *line;
        let of = |part| runs.get(&part).map(Vec::as_slice).context("a part was not run");
        let duel = Duel {
            name,
            callers,
            submissions,
            promise,
            ours: of(Part::Ours { callers, sealing })?,
            theirs: fastest_of_rounds(runs, &rivals[&sealing].finalists, sealing),
            quiet: &rivals[&sealing].quiet,
            // Waiting times are comparable only where as many wait.
            waiting: match callers {
                LATENCY_AT => Some((of(Part::Pgbench { clients: LATENCY_AT, sealing })?, P99_LIMIT)),
                _ => None,
            },
        };
        let differences = agree(duel.ours, &duel.theirs, duel.quiet);
        if differences.is_empty() {
            println!("{}", duel.json());
            eprintln!("{}", duel.text());
        } else {
            agreed = false;
            eprintln!("{name}: no ratio, the two sides did not write the same:");
            for difference in &differences {
                eprintln!("  {difference}");
            }
        }
    }
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
