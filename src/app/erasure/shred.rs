//! Destroying what was approved, and destroying again after a restore.

use uuid::Uuid;

use super::{
    App,
    certificate::Certificate,
    ledger::{Ledger, LedgerError},
};
use crate::store::{
    StoreError,
    retention::{Asked, Tools, scrub::Scrubbed},
};

/// Destructions of one pass of the job.
pub const MAX_PER_PASS: i64 = 20;
/// How the audit log names the service here.
pub const ACTOR: &str = "retention";

/// Why a destruction did not end; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum ShredError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl App {
    fn shred_tools(&self) -> Tools {
        Tools { now: self.clock.now(), entropy: self.entropy.clone(), actor: ACTOR.to_owned() }
    }

    /// The shred ledger.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.witness.ledger, self.witness.key.clone())
    }
}

/// Destroys what was approved, at most [`MAX_PER_PASS`]; says how many are done.
///
/// # Errors
/// When the database cannot be reached or the ledger cannot be written: the next pass goes on.
pub async fn shred_approved(app: &App) -> Result<usize, ShredError> {
    let mut done = 0;
    for id in app.store.erasures_to_do(MAX_PER_PASS).await? {
        done += usize::from(shred_one(app, id).await?);
    }
    Ok(done)
}

/// Destroys what the destruction `id` is about; nothing if it may not be (a hold was placed meanwhile).
async fn shred_one(app: &App, id: Uuid) -> Result<bool, ShredError> {
    let tools = app.shred_tools();
    // A ledger that cannot be read is told before anything is touched.
    let (ledger, time) = (app.ledger(), tools.now);
    ledger.read()?;
    let write = move |targets: &_| ledger.append(targets, time).map_err(std::io::Error::other);
    let begun = app.store.begin_shredding(tools.clone(), id, write).await?;
    let Asked::Done((targets, counts)) = begun else { return Ok(false) };
    app.store.shred(tools.clone(), targets).await?;
    let Some(row) = app.store.erasure(crate::security::scope::Scope::system(), id).await? else {
        return Ok(false);
    };
    let Some(certificate) = Certificate::of(&row, counts, tools.now) else { return Ok(false) };
    app.store.finish_shredding(tools, id, certificate.sign(&app.witness.key)).await?;
    Ok(true)
}

/// Destroys again whom the ledger names and this database does not know as destroyed: it came from a backup. Says how many.
///
/// # Errors
/// When the ledger is not as it was written, or the database cannot be reached.
pub async fn replay_ledger(app: &App) -> Result<usize, ShredError> {
    let all = app.ledger().read()?;
    if all.is_empty() {
        return Ok(0);
    }
    let here: std::collections::BTreeSet<Uuid> = app.store.shredded_here().await?.into_iter().collect();
    let mut replayed = 0;
    for targets in all.into_iter().filter(|targets| !here.contains(&targets.erasure_id)) {
        let id = targets.erasure_id;
        app.store.shred(app.shred_tools(), targets).await?;
        app.store.mark_replayed(app.shred_tools(), id).await?;
        replayed += 1;
    }
    Ok(replayed)
}

/// Rewrites what still held the data of the destroyed, as the login of `url` (the one that migrates). Says of how many.
///
/// # Errors
/// When the ledger cannot be read, or the database refuses.
pub async fn scrub(app: &App, url: &str, progress: impl Fn(&str)) -> Result<(usize, Scrubbed), ShredError> {
    let ids = app.store.unscrubbed().await?;
    let ledger = app.ledger().read()?;
    let of_them = ledger.iter().filter(|targets| ids.contains(&targets.erasure_id));
    let submission_ids: Vec<Uuid> =
        of_them.flat_map(|targets| targets.parties.iter().map(|(submission_id, _)| *submission_id)).collect();
    let scrubbed = crate::store::retention::scrub::scrub(url, &submission_ids, progress).await?;
    let count = ids.len();
    app.store.mark_scrubbed(app.shred_tools(), ids).await?;
    Ok((count, scrubbed))
}
