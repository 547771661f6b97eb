//! A shred ledger that was cut or lost for good: it is written anew as far as the database knows, and taken for the whole one.
//!
//! Whoever was destroyed after the backup that this database came from, and stood in no other place, cannot be told again: the
//! audit log has how many lines were known of, so that it is seen.

use super::{App, shred::ShredError};
use crate::{app::checkpoint::SignedCheckpoint, store::retention::Tools};

/// How the audit log names a command of this machine.
const OPERATOR: &str = "operator";

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Lines of the ledger now.
    pub lines: i64,
    /// Lines that were added from the database.
    pub added: usize,
    /// Lines that had been known of.
    pub known: i64,
}

/// Adds to the ledger what the database knows and it lacks, and takes it for the whole one from now on; a checkpoint says so
/// outside the database.
///
/// # Errors
/// When a line of the ledger is not as it was written (move it aside first), a file cannot be written, or the database cannot
/// be reached.
pub async fn accept_ledger(app: &App) -> Result<Accepted, ShredError> {
    let ledger = app.ledger();
    let known = app.known_of_ledger().await?.iter().map(|mark| mark.lines).max().unwrap_or_default();
    let (before, mut mark) = ledger.read_known(&[])?;
    let begun = app.store.begun_targets().await?;
    for (targets, time) in begun {
        mark = ledger.append(&targets, time)?;
    }
    let lines = mark.lines;
    let tools = Tools { actor: OPERATOR.to_owned(), ..app.shred_tools() };
    app.store.accept_ledger_mark(tools, mark.clone(), known).await?;
    let keys = app.audit_keys.get();
    while app.store.relay(keys.clone()).await?.moved > 0 {}
    let end = app.store.chain_end().await?;
    app.checkpoints.write(&SignedCheckpoint::sign(&keys, &end, &mark, app.clock.now())?)?;
    let added = usize::try_from(lines).unwrap_or_default().saturating_sub(before.len());
    Ok(Accepted { lines, added, known })
}
