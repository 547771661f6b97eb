//! Sends a file of applications through gRPC, some at a time, and counts the answers.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{report::Scoreboard, truth::Truth};
use crate::grpc::client::{Client, JsonReader, Verdicted};

/// Calls under way at a time.
const IN_FLIGHT: usize = 64;
/// Times that a call is tried when the service says that it may be.
const ATTEMPTS: u32 = 5;
/// Pause before trying again.
const PAUSE: Duration = Duration::from_millis(200);

/// Plays the file at `path` (about `count` lines) against the service and scores the answers by `truth`.
///
/// # Errors
/// When the file cannot be read or holds a line that is no application of the truth.
pub async fn play(client: &Client, path: &Path, count: u64, truth: Truth) -> anyhow::Result<Scoreboard> {
    let reader = JsonReader::new().context("the embedded descriptors cannot be read")?;
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let truth = Arc::new(truth);
    let bar = ProgressBar::new(count).with_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} applications, {per_sec}, {eta} left",
    )?);
    let begun = Instant::now();
    let mut board = Scoreboard::default();
    let mut calls: JoinSet<Option<Verdicted>> = JoinSet::new();
    for (number, line) in (1u64..).zip(BufReader::new(file).lines()) {
        let request = reader.read(&line?, number)?;
        if calls.len() >= IN_FLIGHT
            && let Some(done) = calls.join_next().await
        {
            score(&mut board, &truth, done?)?;
            bar.inc(1);
        }
        let client = client.clone();
        calls.spawn(async move {
            for _ in 0..ATTEMPTS {
                match client.verdict(request.clone()).await {
                    Ok(answer) => return Some(answer),
                    Err(error) if error.may_be_retried() => sleep(PAUSE).await,
                    Err(_) => return None,
                }
            }
            None
        });
    }
    while let Some(done) = calls.join_next().await {
        score(&mut board, &truth, done?)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    board.seconds = begun.elapsed().as_secs_f64();
    Ok(board)
}

fn score(board: &mut Scoreboard, truth: &Truth, answer: Option<Verdicted>) -> anyhow::Result<()> {
    let Some(answer) = answer else {
        board.failed += 1;
        return Ok(());
    };
    let Some(expected) = truth.of(&answer.request_id) else {
        bail!("an application without a planted truth")
    };
    board.count(&answer.channel, &answer.verdict, &answer.blocking, expected);
    Ok(())
}
