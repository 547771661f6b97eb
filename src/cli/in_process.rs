//! The use cases in the process of a command, on the database that the command found.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    Context,
    service::{Rulings, build},
    session::{Session, keyring},
};
use crate::{
    app::{App, recorder::Patience},
    store::Store,
};

/// The use cases for the time of one command.
pub struct InProcess {
    /// The use cases.
    pub app: Arc<App>,
    store: Store,
    recorder: JoinHandle<()>,
}

impl InProcess {
    /// Puts the use cases together over the database of `session`.
    ///
    /// # Errors
    /// When the database or the keyring cannot be used.
    pub async fn open(context: &Context, session: &Session) -> anyhow::Result<Self> {
        let store = session.store(context).await?;
        let keyring = keyring(&context.config, &context.entropy)?;
        let rulings = Rulings::read(&context.config)?;
        // Nobody waits at the other end of a line: what is queued is recorded, however long it takes.
        let patience = Patience { longest_wait: Duration::MAX, ..Patience::default() };
        // Nobody asks whether the database can be reached either.
        let (_, reachable) = watch::channel(true);
        let (clock, entropy) = (context.clock.clone(), context.entropy.clone());
        let (app, recorder) =
            build(store.clone(), patience, reachable, &keyring, rulings, clock, entropy).await?;
        Ok(Self { app, store, recorder })
    }

    /// Ends the recorder after what is waiting, and the connections.
    ///
    /// # Errors
    /// When the recorder did not end well.
    pub async fn close(self) -> anyhow::Result<()> {
        drop(self.app);
        self.recorder.await.context("the recorder ended by a panic")?;
        self.store.close().await;
        Ok(())
    }
}
