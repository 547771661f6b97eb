//! How long the shred ledger outside this database is known to be: kept with every destruction, and taken out with the
//! checkpoints of the audit log, so that a ledger that was cut or lost is noticed before anything is believed of it.

use super::Tools;
use crate::store::{Scope, Store, StoreError, Tx};

/// The end of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerMark {
    /// How many lines.
    pub lines: i64,
    /// HMAC of the last one; empty before the first.
    pub mac: Vec<u8>,
}

/// Writes that the ledger reaches to `mark`; a longer one that is known stays.
pub(super) async fn raise(tx: &mut Tx, mark: &LedgerMark) -> Result<(), StoreError> {
    sqlx::query!("UPDATE shred_ledger SET lines = $1, mac = $2 WHERE lines < $1", mark.lines, mark.mac)
        .execute(tx)
        .await?;
    Ok(())
}

impl Store {
    /// How long the ledger is known to be.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ledger_mark(&self) -> Result<LedgerMark, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                Ok(sqlx::query_as!(LedgerMark, "SELECT lines, mac FROM shred_ledger").fetch_one(tx).await?)
            })
        })
        .await
    }

    /// Writes that the ledger reaches to `mark`: this database came from a backup and knew a shorter one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn raise_ledger_mark(&self, mark: LedgerMark) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { raise(tx, &mark).await })).await
    }

    /// Takes a ledger that ends at `mark` for the whole one, although `known` was known of it; the audit log says so.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn accept_ledger_mark(
        &self,
        tools: Tools,
        mark: LedgerMark,
        known: i64,
    ) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!("UPDATE shred_ledger SET lines = $1, mac = $2", mark.lines, mark.mac)
                    .execute(&mut *tx)
                    .await?;
                let reason = format!("lines={} known={known}", mark.lines);
                tools.tell(tx, "ACCEPT_SHRED_LEDGER", None, Vec::new(), reason).await
            })
        })
        .await
    }
}
