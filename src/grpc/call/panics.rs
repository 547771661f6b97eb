//! A panic of ours ends one call with `INTERNAL`, not its connection.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use uuid::Uuid;

use crate::{
    app::{App, AppError},
    ids,
};

/// The future ended by a panic; the panic's own words went to the panic hook.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::grpc) struct Panicked;

/// Runs `future` and catches its panic. What it shares with others must bear being left in the middle: locks here are
/// taken over from a poisoned holder, and everything else is kept by tasks and channels.
pub(in crate::grpc) async fn caught<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}

/// Logs the panic under an incident's id, for the caller to name. The clock is not asked: it may be what panicked, and a
/// second panic here would leave the caller without an answer.
pub(in crate::grpc) fn incident(app: &App) -> AppError {
    let incident_id = ids::of_luck(app.entropy.as_ref()).unwrap_or(Uuid::nil());
    tracing::error!(incident.id = %incident_id, "a call ended by a panic, incident {incident_id}");
    AppError::Internal { incident_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_caught_and_a_value_passed_on() {
        assert_eq!(caught(async { 7 }).await, Ok(7));
        let panicking = async {
            tokio::task::yield_now().await;
            panic!("for the test");
        };
        assert_eq!(caught(panicking).await, Err::<(), _>(Panicked));
    }
}
