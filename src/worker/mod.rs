//! What the service does by itself: one file a job, run by [`run_every`] until it is told to stop.
//!
//! A job is idempotent, bounded and safe to kill at any instruction. To add one, add a file with an `async fn once`, and
//! a line where the service is put together.

pub mod calendar;
pub mod callers;
pub mod case_feed;
pub mod cases;
pub mod certificates;
pub mod checkpoints;
pub mod delivery;
pub mod directory;
pub mod distribution;
pub mod keyring;
pub mod list_figures;
pub mod measures;
pub mod partitions;
pub mod privacy;
pub mod provider;
pub mod reachability;
pub mod refusals;
pub mod relay;
pub mod retention;
pub mod suspicion_list;
pub mod timers;

use std::{future::Future, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::telemetry::metrics::METRICS;

/// What a job says of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do: run again at once.
    AtOnce,
    /// Wait for the usual pause.
    AfterPause,
}

/// Pause after the first failure of a job, if its usual pause is longer. Each further one doubles it.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// Longest pause after a failure: a daily job is not left undone for a day.
const LONGEST_RETRY: Duration = Duration::from_mins(10);

/// Runs `once` again and again with `pause` between, until `stop`. A failure is logged and tried again soon, and then ever
/// later, but never later than after the pause.
pub async fn run_every<F, E>(
    name: &'static str,
    pause: Duration,
    stop: CancellationToken,
    mut once: impl FnMut() -> F + Send,
) where
    F: Future<Output = Result<Next, E>> + Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    let mut failures = 0;
    while !stop.is_cancelled() {
        // In a task of its own: a panic is a mistake in one run and must not end the job.
        let ended = match tokio::spawn(once()).await {
            Ok(ended) => ended.map_err(|error| error.to_string()),
            Err(_) => Err("a panic".to_owned()),
        };
        METRICS.jobs.run(name, ended.is_ok());
        let next = match ended {
            Ok(next) => {
                if failures > 0 {
                    tracing::info!(job = name, "{name} works again");
                }
                failures = 0;
                next
            }
            Err(error) => {
                // One line when it begins: an outage would otherwise fill the log.
                if failures == 0 {
                    tracing::warn!(job = name, error = %error, "{name} failed and is tried again");
                }
                failures += 1;
                Next::AfterPause
            }
        };
        if next == Next::AfterPause {
            let wait = if failures == 0 { pause } else { retry(failures).min(pause) };
            tokio::select! {
                () = sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// How long to wait after so many failures in a row.
fn retry(failures: u32) -> Duration {
    let doubled =
        2_u32.checked_pow(failures.saturating_sub(1)).and_then(|factor| FIRST_RETRY.checked_mul(factor));
    doubled.map_or(LONGEST_RETRY, |wait| wait.min(LONGEST_RETRY))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::time::Instant;

    use super::*;

    /// Seconds from the start to each of `runs` runs of a job with `pause`, of which those before `fails` fail.
    async fn runs(pause: Duration, fails: usize, runs: usize) -> Vec<u64> {
        let (begun, told) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
        let stop = CancellationToken::new();
        let once = {
            let (told, stop) = (told.clone(), stop.clone());
            move || {
                let mut told = told.lock().unwrap();
                told.push(begun.elapsed().as_secs());
                let number = told.len();
                if number == runs {
                    stop.cancel();
                }
                async move { if number <= fails { Err("for the test") } else { Ok(Next::AfterPause) } }
            }
        };
        run_every("a test", pause, stop, once).await;
        told.lock().unwrap().clone()
    }

    const DAY: u64 = 24 * 60 * 60;

    #[tokio::test(start_paused = true)]
    async fn a_daily_job_that_failed_is_tried_again_soon_and_then_daily() {
        assert_eq!(runs(Duration::from_secs(DAY), 3, 6).await, [0, 1, 3, 7, 7 + DAY, 7 + 2 * DAY]);
    }

    #[tokio::test(start_paused = true)]
    async fn retries_come_ever_later_up_to_a_limit() {
        let told = runs(Duration::from_secs(DAY), 14, 15).await;
        let pauses: Vec<u64> = told.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600, 600]);
        assert_eq!(retry(u32::MAX), LONGEST_RETRY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_frequent_job_keeps_its_pause() {
        assert_eq!(runs(Duration::from_secs(2), 4, 6).await, [0, 1, 3, 5, 7, 9]);
    }
}
