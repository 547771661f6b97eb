//! What the service does by itself: one file a job, run by [`run_every`] until it is told to stop.
//!
//! A job is idempotent, bounded and safe to kill at any instruction. To add one, add a file with an `async fn once`, and
//! a line where the service is put together.

pub mod calendar;
pub mod callers;
pub mod certificates;
pub mod directory;
pub mod measures;
pub mod partitions;
pub mod reachability;
pub mod relay;
pub mod suspicion_list;

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

/// Runs `once` again and again with `pause` between, until `stop`. A failure is logged and tried again after the pause.
pub async fn run_every<F, E>(
    name: &'static str,
    pause: Duration,
    stop: CancellationToken,
    mut once: impl FnMut() -> F + Send,
) where
    F: Future<Output = Result<Next, E>> + Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    let mut failing = false;
    while !stop.is_cancelled() {
        // In a task of its own: a panic is a mistake in one run and must not end the job.
        let ended = match tokio::spawn(once()).await {
            Ok(ended) => ended.map_err(|error| error.to_string()),
            Err(_) => Err("a panic".to_owned()),
        };
        METRICS.jobs.run(name, ended.is_ok());
        let next = match ended {
            Ok(next) => {
                if failing {
                    tracing::info!(job = name, "{name} works again");
                }
                failing = false;
                next
            }
            Err(error) => {
                // One line when it begins: an outage would otherwise fill the log.
                if !failing {
                    tracing::warn!(job = name, error = %error, "{name} failed and is tried again");
                }
                failing = true;
                Next::AfterPause
            }
        };
        if next == Next::AfterPause {
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}
