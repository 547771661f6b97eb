//! Destroying what was approved, and destroying again after a restore. The ledger is believed only if it reaches as far as is
//! known of it.

use uuid::Uuid;

use super::{
    App,
    certificate::Certificate,
    ledger::{Ledger, LedgerError},
};
use crate::{
    app::checkpoint::CheckpointError,
    store::{
        StoreError,
        retention::{Asked, Counts, LedgerMark, Targets, Tools, scrub::Scrubbed},
    },
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
    /// The checkpoint that says where the ledger ends.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl App {
    pub(super) fn shred_tools(&self) -> Tools {
        Tools { now: self.clock.now(), entropy: self.entropy.clone(), actor: ACTOR.to_owned() }
    }

    /// The shred ledger.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.witness.ledger, self.witness.key.clone())
    }

    /// How far the ledger is known to reach: by this database, and by the newest checkpoint outside it.
    pub(in crate::app) async fn known_of_ledger(&self) -> Result<Vec<LedgerMark>, StoreError> {
        let mut marks = vec![self.store.ledger_mark().await?];
        match self.checkpoints.read_newest_ledger(&self.audit_keys.get()) {
            Ok(mark) => marks.extend(mark),
            // `zhenshi audit verify` says it again.
            Err(error) => tracing::error!(error = %error, "the newest audit checkpoint cannot be used"),
        }
        Ok(marks)
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
    ledger.read_known(&app.known_of_ledger().await?)?;
    let write = move |targets: &_| ledger.append(targets, time).map_err(std::io::Error::other);
    let begun = app.store.begin_shredding(tools.clone(), id, write).await?;
    let Asked::Done((targets, counts)) = begun else { return Ok(false) };
    destroy(app, tools, targets, counts).await
}

/// Destroys `targets` and certifies it; not done as long as a hold on somebody else keeps a case that is his too.
async fn destroy(app: &App, tools: Tools, targets: Targets, counts: Counts) -> Result<bool, ShredError> {
    let id = targets.erasure_id;
    let kept = app.store.shred(tools.clone(), targets).await?;
    if !kept.is_empty() {
        app.store.keep_cases(tools, id, kept).await?;
        return Ok(false);
    }
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
/// When the ledger is not as it was written or not as long as is known, or the database cannot be reached.
pub async fn replay_ledger(app: &App) -> Result<usize, ShredError> {
    let (all, mark) = app.ledger().read_known(&app.known_of_ledger().await?)?;
    if all.is_empty() {
        return Ok(0);
    }
    let here: std::collections::BTreeSet<Uuid> = app.store.shredded_here().await?.into_iter().collect();
    let mut replayed = 0;
    for targets in all.into_iter().filter(|targets| !here.contains(&targets.erasure_id)) {
        shred_again(app, targets).await?;
        replayed += 1;
    }
    app.store.raise_ledger_mark(mark).await?;
    Ok(replayed)
}

async fn shred_again(app: &App, targets: Targets) -> Result<(), ShredError> {
    let (tools, id) = (app.shred_tools(), targets.erasure_id);
    if let Some(counts) = app.store.begin_again(tools.clone(), targets.clone()).await? {
        destroy(app, tools, targets, counts).await?;
        return Ok(());
    }
    // Nobody here, or a line that does not say who decided. What is kept is looked at again by the next start.
    if app.store.shred(tools.clone(), targets).await?.is_empty() {
        app.store.mark_replayed(tools, id).await?;
    }
    Ok(())
}

/// Rewrites what still held the data of the destroyed, as the login of `url` (the one that migrates). Says of how many.
///
/// # Errors
/// When the ledger cannot be read, or the database refuses.
pub async fn scrub(app: &App, url: &str, progress: impl Fn(&str)) -> Result<(usize, Scrubbed), ShredError> {
    let begun_time = app.clock.now();
    let ids = app.store.unscrubbed().await?;
    let ledger = app.ledger().read()?;
    let of_them = ledger.iter().filter(|targets| ids.contains(&targets.erasure_id));
    let submission_ids: Vec<Uuid> =
        of_them.flat_map(|targets| targets.parties.iter().map(|(submission_id, _)| *submission_id)).collect();
    let scrubbed = crate::store::retention::scrub::scrub(url, &submission_ids, progress).await?;
    let count = ids.len();
    app.store.mark_scrubbed(app.shred_tools(), ids, begun_time).await?;
    Ok((count, scrubbed))
}
