//! `./dev bench rpc`: what judging costs a call. The service's `validate_only` against a server with the same layers and
//! conversion and a constant answer, and, as a trend, against a bare tonic server with the same answer.
//!
//! All three run in this process, one is driven at a time by h2load with one prepared body; the rounds alternate and the
//! middle one counts. `benches/README.md` says how to read the figures. One file a thing: [`sides`] (the three servers),
//! [`constant`] (services with a constant answer), [`h2load`] (the driver).

mod constant;
mod h2load;
mod sides;

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use crate::{
    h2load::{Driver, Run},
    sides::Sides,
};

/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Length of a measured run, in seconds, as nearly as the trial says.
const RUN_SECONDS: f64 = 4.0;
/// Calls of the trial, which also warms up.
const TRIAL_CALLS: u32 = 5_000;
/// The promise: ours over the server with the same layers and conversion.
const PROMISE: f64 = 0.90;
/// The trend: ours over a bare tonic server.
const TREND: f64 = 0.70;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let database = std::env::var("ZHENSHI_BENCH_DATABASE_URL")
        .context("ZHENSHI_BENCH_DATABASE_URL is not set: run ./dev bench rpc")?;
    let folder = tempfile::tempdir()?;
    let sides = Sides::start(&database, folder.path()).await?;
    let driver = Driver::new(folder.path(), sides.request(), sides.token())?;

    let mut calls = Vec::new();
    for side in sides.all() {
        let trial = driver.run(side, TRIAL_CALLS).await?;
        eprintln!("trial, {}: {:.0}/s", side.name, trial.per_second);
        calls.push(h2load::calls_for(trial.per_second, RUN_SECONDS));
    }
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); calls.len()];
    for round in 1..=ROUNDS {
        let mut order: Vec<usize> = (0..calls.len()).collect();
        // Each side is first, in the middle and last in turn.
        order.rotate_left(round % calls.len());
        for at in order {
            let (side, calls) = (&sides.all()[at], calls[at]);
            let run = driver.run(side, calls).await?;
            eprintln!("round {round}, {}: {:.0}/s", side.name, run.per_second);
            runs[at].push(run);
        }
    }
    sides.stop().await;

    let [ours, layers, bare] = runs.try_into().ok().context("three sides were run")?;
    let kept = report("rpc", &ours, &layers, PROMISE);
    report("rpc_bare", &ours, &bare, TREND);
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints one line: the median of the rounds' ratios, because both sides of a round met the same machine.
fn report(name: &str, ours: &[Run], theirs: &[Run], promise: f64) -> bool {
    let ratios: Vec<f64> =
        ours.iter().zip(theirs).map(|(own, other)| own.per_second / other.per_second).collect();
    let ratio = median(&ratios);
    let per_second = |runs: &[Run]| median(&runs.iter().map(|run| run.per_second).collect::<Vec<_>>());
    let kept = ratio >= promise;
    let line = json!({
        "name": name,
        "ratio": rounded(ratio),
        "promise": promise,
        "kept": kept,
        "ours_per_second": per_second(ours).round(),
        "theirs_per_second": per_second(theirs).round(),
        "ratios": ratios.iter().copied().map(rounded).collect::<Vec<_>>(),
    });
    println!("{line}");
    kept
}

/// To three places.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// The middle of an odd number of values.
fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
