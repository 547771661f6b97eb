//! Whether the database answers: asked again and again over a connection of its own, so that a pool that is merely busy
//! does not count as a database that is gone.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{Mutex, watch},
    time::timeout,
};

use super::{StoreError, pool::parse_url};

/// Pause between two looks.
pub const PAUSE: Duration = Duration::from_millis(500);
/// Longest that the database may take to answer; with the pause, its absence is known within two seconds.
pub const PATIENCE: Duration = Duration::from_secs(1);

const _: () =
    assert!(PAUSE.as_millis() + PATIENCE.as_millis() < 2_000, "an outage is told within two seconds");

/// The newest answer: `true` while the database can be reached.
pub type Reachable = watch::Receiver<bool>;

/// Looks whether the database answers, and tells whoever holds a [`Reachable`].
pub struct Probe {
    options: PgConnectOptions,
    connection: Mutex<Option<PgConnection>>,
    told: watch::Sender<bool>,
}

impl Probe {
    /// A probe of the database at `url`, which counts as reachable until the first look.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when the URL is not one.
    pub fn new(url: &str) -> Result<(Self, Reachable), StoreError> {
        let (told, reachable) = watch::channel(true);
        let options = parse_url(url)?.application_name("zhenshi probe");
        Ok((Self { options, connection: Mutex::new(None), told }, reachable))
    }

    /// One look. Listeners hear of it only when the answer is another one.
    ///
    /// # Errors
    /// When the database cannot be reached, or does not answer within [`PATIENCE`].
    pub async fn look(&self) -> Result<(), StoreError> {
        let seen = match timeout(PATIENCE, self.ask()).await {
            Ok(seen) => seen,
            Err(_) => Err(StoreError::Unavailable("no answer in time")),
        };
        self.told.send_if_modified(|told| std::mem::replace(told, seen.is_ok()) != seen.is_ok());
        seen
    }

    /// Asks over the connection of the look before. It is put back only after an answer: what was cut off is closed.
    async fn ask(&self) -> Result<(), StoreError> {
        let mut kept = self.connection.lock().await;
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        connection.ping().await?;
        *kept = Some(connection);
        Ok(())
    }
}
