//! The end of an older version: refused while anything needs it.
//!
//! To add a kind of key that may be retired: a function here that says by what it is still needed.

use chrono::{DateTime, Utc};

use super::{KeyKind, as_number, deed, in_force, unfit};
use crate::store::{Scope, Store, StoreError, audit};

impl Store {
    /// Lets go of a fingerprint key that no epoch needs.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] while an epoch needs it.
    pub async fn retire_fingerprint_key(&self, version: u16, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let epoch = sqlx::query_scalar!(
                    "SELECT max(epoch) FROM fingerprint_epoch WHERE key_version <= $1",
                    as_number(version)
                )
                .fetch_one(&mut *tx)
                .await?;
                if let Some(epoch) = epoch {
                    return unfit(format!(
                        "fingerprint epoch {epoch} needs fingerprint key {version} or an older one: run \
                         `zhenshi keys rotate --kind fingerprint` to its end first"
                    ));
                }
                let purpose = KeyKind::Fingerprint.purpose();
                let what = [purpose.as_bytes(), &version.to_be_bytes(), &at.timestamp_micros().to_be_bytes()];
                audit::note(
                    tx,
                    &deed("RETIRE_KEY"),
                    at,
                    &what,
                    format!("{purpose} key {version} is used by nothing"),
                )
                .await
            })
        })
        .await
    }

    /// Forgets an older version that nothing is wrapped with any more: the keyring may then lose it.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] while it is needed.
    pub async fn retire_key(&self, version: u16, at: DateTime<Utc>) -> Result<(), StoreError> {
        let purpose = KeyKind::KeyEncryption.purpose();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                if in_force(tx, purpose).await? <= version {
                    return unfit(format!("{purpose} key {version} is in force: rotate first"));
                }
                let left = crate::store::rewrap::wrapped_up_to(tx, version).await?;
                if left > 0 {
                    return unfit(format!(
                        "{left} data keys are wrapped with {purpose} key {version} or an older one: run \
                         `zhenshi keys rotate --kind key-encryption` to its end first"
                    ));
                }
                let forgotten = sqlx::query!(
                    "DELETE FROM key_check WHERE purpose = $1 AND version = $2",
                    purpose,
                    as_number(version)
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if forgotten > 0 {
                    let why = format!("{purpose} key {version} is used by nothing");
                    let what =
                        [purpose.as_bytes(), &version.to_be_bytes(), &at.timestamp_micros().to_be_bytes()];
                    audit::note(tx, &deed("RETIRE_KEY"), at, &what, why).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
