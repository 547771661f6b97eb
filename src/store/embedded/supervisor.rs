//! The task that watches the server of `serve`: notices its death, starts it again with back-off, stops it at the end.
//!
//! To change when it gives up: it never does. [`ServerState::Failed`] only says that several attempts in a row failed.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use tokio::{
    process::Child,
    sync::{oneshot, watch},
    time::sleep,
};

use super::{
    EmbeddedError,
    lock::Lock,
    server::{Postmaster, Server},
};

/// Wait before the second attempt to start again; doubled at each further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// Longest wait between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// A server that ran this long is sound again: the next death starts with the shortest wait.
const SOUND_AFTER: Duration = Duration::from_secs(10);
/// Attempts in a row that fail before the state says so.
const FAILED_AFTER: u32 = 3;

/// How the built-in server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerState {
    /// It takes connections.
    Running,
    /// It died and is being started again.
    Restarting,
    /// Several attempts in a row failed, for the reason given; they go on.
    Failed(String),
    /// It was stopped.
    Stopped,
}

/// What the task owns.
pub(super) struct Supervisor {
    pub(super) server: Server,
    pub(super) state: watch::Sender<ServerState>,
    /// Told: stop the server. Dropped: leave it to the next one.
    pub(super) stop: oneshot::Receiver<()>,
}

impl Supervisor {
    /// Watches until it is told to stop.
    pub(super) async fn run(mut self, mut postmaster: Postmaster) -> Result<(), EmbeddedError> {
        let socket = self.server.layout.socket();
        let mut delay = Duration::ZERO;
        loop {
            let begun = Instant::now();
            tokio::select! {
                asked = &mut self.stop => return self.finish(asked.is_ok(), postmaster.child).await,
                () = postmaster.died(&socket) => {}
            }
            if begun.elapsed() > SOUND_AFTER {
                delay = Duration::ZERO;
            }
            tracing::warn!("the built-in database server died; starting it again");
            self.state.send_replace(ServerState::Restarting);
            let died = Instant::now();
            let mut child = None;
            match self.restart(&mut child, &mut delay).await {
                ControlFlow::Break(stop) => return self.finish(stop, child).await,
                ControlFlow::Continue(started) => postmaster = started,
            }
            let seconds = died.elapsed().as_secs_f64();
            tracing::info!(seconds, "the built-in database server runs again");
            self.state.send_replace(ServerState::Running);
        }
    }

    /// Tries until the server runs, or breaks with whether it is to be stopped.
    async fn restart(
        &mut self,
        child: &mut Option<Child>,
        delay: &mut Duration,
    ) -> ControlFlow<bool, Postmaster> {
        let mut failures = 0;
        loop {
            let attempt = async {
                sleep(*delay).await;
                let _control = Lock::control(self.server.layout.root()).await?;
                self.server.ensure(child).await
            };
            let result = tokio::select! {
                asked = &mut self.stop => return ControlFlow::Break(asked.is_ok()),
                result = attempt => result,
            };
            *delay = (*delay * 2).clamp(FIRST_DELAY, LONGEST_DELAY);
            match result {
                Ok(postmaster) => return ControlFlow::Continue(postmaster),
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, failures, "the built-in database server does not start");
                    if failures >= FAILED_AFTER {
                        self.state.send_replace(ServerState::Failed(error.to_string()));
                    }
                }
            }
        }
    }

    async fn finish(&self, stop: bool, child: Option<Child>) -> Result<(), EmbeddedError> {
        if stop {
            let _control = Lock::control(self.server.layout.root()).await?;
            self.server.stop(child).await?;
            self.state.send_replace(ServerState::Stopped);
        }
        Ok(())
    }
}
