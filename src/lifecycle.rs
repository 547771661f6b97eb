//! Stopping: who asks for it, and how long each part may take.

use std::{future::Future, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Longest that calls under way may take after the listeners have closed.
pub const DRAIN_CALLS: Duration = Duration::from_secs(10);
/// Longest that calls of one connection may take then: a little less, so that what is left is closed in order.
pub const DRAIN_CONNECTIONS: Duration = Duration::from_secs(9);
/// Longest that the recorder may take to commit what is waiting.
pub const DRAIN_RECORDER: Duration = Duration::from_secs(10);
/// Longest that a job may take to come to its end.
pub const DRAIN_WORKERS: Duration = Duration::from_secs(5);
/// Longest that closing the connections may take.
pub const CLOSE_POOL: Duration = Duration::from_secs(5);

/// A token that is cancelled by SIGINT or SIGTERM.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn stop_on_signals() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let asked = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("asked to stop");
        asked.cancel();
    });
    Ok(stop)
}

/// Waits for `part` at most `limit`; says in the log if it did not come to its end.
pub async fn bounded<T>(name: &'static str, limit: Duration, part: impl Future<Output = T>) -> Option<T> {
    let ended = timeout(limit, part).await.ok();
    if ended.is_none() {
        tracing::warn!(
            part = name,
            limit.s = limit.as_secs(),
            "{name} did not end within its time and is left behind"
        );
    }
    ended
}
