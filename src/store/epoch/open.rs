//! Opening a rotation: from here on every writer writes both epochs.
//!
//! The gate is taken exclusively, so that no batch that writes only the old epoch is on its way. Every running process must hold
//! the new key, as with other keys.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::NORMALISER_VERSION;

use super::{EpochRotation, lock, progress::note};
use crate::{
    security::keyring::Keyring,
    store::{
        Scope, Store, StoreError, Tx,
        keys::{KeyKind, as_number},
        record::LIST_GATE_LOCK,
    },
};

impl Store {
    /// Opens the rotation to the newest fingerprint key of `keyring`, or gives the one that is open already. `None`: the newest is in force.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] while a running process does not hold the key, or a baseline waits for its list.
    pub async fn open_epoch_rotation(
        &self,
        keyring: &Keyring,
        at: DateTime<Utc>,
    ) -> Result<Option<EpochRotation>, StoreError> {
        if let Some(open) =
            self.epoch_rotations().await?.into_iter().find(|rotation| rotation.finished_time.is_none())
        {
            return Ok(Some(open));
        }
        let Some(newest) = keyring.fingerprint.last().cloned() else {
            return Err(StoreError::Unfit("the keyring has no fingerprint key".into()));
        };
        self.require_holders(KeyKind::Fingerprint, newest.version, at).await?;
        let opened = self
            .with_tx(Scope::system(), move |tx| {
                Box::pin(async move {
                    lock(tx).await?;
                    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LIST_GATE_LOCK)
                        .fetch_one(&mut *tx)
                        .await?;
                    let version = as_number(newest.version);
                    open(tx, version, &newest.key.check(), at).await
                })
            })
            .await?;
        if !opened {
            return Ok(None);
        }
        // Counted when nobody waits for the gate any more.
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "UPDATE epoch_rotation SET submissions = (SELECT count(*) FROM submission)
                     WHERE to_epoch = (SELECT next_epoch FROM list_gate)"
                )
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await?;
        Ok(self.epoch_rotations().await?.into_iter().next())
    }
}

async fn open(tx: &mut Tx, version: i16, check: &[u8], at: DateTime<Utc>) -> Result<bool, StoreError> {
    let present = sqlx::query!(
        "SELECT epoch, key_version, normaliser_version FROM fingerprint_epoch ORDER BY epoch DESC LIMIT 1"
    )
    .fetch_one(&mut *tx)
    .await?;
    if present.normaliser_version != as_number(NORMALISER_VERSION) {
        return Err(StoreError::Unfit(format!(
            "fingerprint epoch {} is of another normaliser than this release's: start the service with it first",
            present.epoch
        )));
    }
    if present.key_version >= version {
        return Ok(false);
    }
    let baseline =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM contact_pending WHERE baseline) AS "waits!""#)
            .fetch_one(&mut *tx)
            .await?;
    if baseline {
        return Err(StoreError::Unfit(
            "a baseline waits for its self-inspection list: rotate when that list is sealed".into(),
        ));
    }
    let to = sqlx::query_scalar!(
        r#"INSERT INTO fingerprint_epoch (epoch, key_version, normaliser_version, key_check)
           SELECT GREATEST((SELECT max(epoch) FROM fingerprint_epoch),
                           COALESCE((SELECT max(to_epoch) FROM epoch_rotation), 0::smallint)) + 1::smallint, $1, $2, $3
           RETURNING epoch"#,
        version,
        as_number(NORMALISER_VERSION),
        check,
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO epoch_rotation (to_epoch, from_epoch, from_key_version, cursor_submission, cursor_entry, cursor_value,
             cursor_head, submissions, looked_at, made, dropped, opened_time)
         VALUES ($1, $2, $5, $3, $3, $3, $3, 0, 0, 0, 0, $4)",
        to,
        present.epoch,
        Uuid::nil(),
        at,
        present.key_version,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("UPDATE list_gate SET epoch = $2, next_epoch = $1 WHERE id = 1", to, present.epoch)
        .execute(&mut *tx)
        .await?;
    let why = format!("fingerprint epoch {to} (key {version}) is written beside epoch {}", present.epoch);
    note(tx, "OPEN_FINGERPRINT_EPOCH", at, &[&to.to_be_bytes()], why).await?;
    Ok(true)
}
