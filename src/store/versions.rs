//! What verdicts were judged with and fingerprints made with: rule sets, epochs, and checks of the keys.

use chrono::{DateTime, Utc};
use zhenshi_domain::NORMALISER_VERSION;

use super::{
    Scope, Store, StoreError, Tx,
    keys::{as_number, check_keys},
};
use crate::security::{fingerprint::Fingerprints, keyring::Keyring};

/// Advisory lock under which an epoch is opened.
const OPEN_EPOCH_LOCK: i64 = 7_305_808_869_232_536_431;

/// A rule set in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetRow {
    /// Name that verdicts carry.
    pub version: String,
    /// Version of the code of the rules.
    pub code_version: String,
    /// The profile in its canonical form.
    pub profile: String,
}

impl Store {
    /// Keeps a rule set, once.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn keep_rule_set(&self, rule_set: RuleSetRow, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO rule_set (version, code_version, profile, first_used_time)
                     VALUES ($1, $2, $3, $4) ON CONFLICT (version) DO NOTHING",
                    rule_set.version,
                    rule_set.code_version,
                    rule_set.profile,
                    at,
                )
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// The canonical profile of a rule set that judged.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn rule_set_profile(&self, version: String) -> Result<Option<String>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                Ok(sqlx::query_scalar!("SELECT profile FROM rule_set WHERE version = $1", version)
                    .fetch_optional(tx)
                    .await?)
            })
        })
        .await
    }

    /// Compares the keyring with what the database has seen, and returns the fingerprint keys of the current epoch,
    /// opening a new epoch if there is none of this normaliser.
    ///
    /// # Errors
    /// [`StoreError::Unfit`], naming it, for a key that is missing or another than the one in use, and for an epoch of a
    /// normaliser that this version does not know.
    pub async fn open_epoch(&self, keyring: &Keyring) -> Result<Fingerprints, StoreError> {
        let keyring = keyring.clone();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                check_keys(tx, &keyring).await?;
                current_epoch(tx, &keyring).await
            })
        })
        .await
    }
}

async fn current_epoch(tx: &mut Tx, keyring: &Keyring) -> Result<Fingerprints, StoreError> {
    // Two replicas may start at once: the lock makes the second read what the first opened.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", OPEN_EPOCH_LOCK).execute(&mut *tx).await?;
    let epochs = sqlx::query!(
        "SELECT epoch, key_version, normaliser_version, key_check FROM fingerprint_epoch ORDER BY epoch"
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &epochs {
        if row.normaliser_version > as_number(NORMALISER_VERSION) {
            return Err(StoreError::Unfit(format!(
                "fingerprint epoch {} was made with normaliser version {}, and this version knows only up to {}: \
                 run the release that opened it, or a newer one",
                row.epoch, row.normaliser_version, NORMALISER_VERSION
            )));
        }
        let key = keyring.fingerprint.iter().find(|key| as_number(key.version) == row.key_version);
        if key.is_none_or(|key| key.key.check()[..] != row.key_check[..]) {
            return Err(StoreError::Unfit(format!(
                "fingerprint epoch {} needs fingerprint key version {}, and the keyring has none or another of that \
                 version: restore the keyring",
                row.epoch, row.key_version
            )));
        }
    }
    let Some(newest) = keyring.fingerprint.last() else {
        return Err(StoreError::Unfit("the keyring has no fingerprint key".into()));
    };
    // A key that was only added to the keyring opens no epoch: what is recorded already would not be found by its fingerprints.
    let known = epochs.iter().rev().find(|row| row.normaliser_version == as_number(NORMALISER_VERSION));
    if let Some(row) = known {
        let key = keyring.fingerprint.iter().find(|key| as_number(key.version) == row.key_version);
        return Ok(Fingerprints::new(row.epoch, key.unwrap_or(newest), NORMALISER_VERSION));
    }
    let epoch = {
        let epoch = epochs.last().map_or(1, |row| row.epoch + 1);
        sqlx::query!(
            "INSERT INTO fingerprint_epoch (epoch, key_version, normaliser_version, key_check)
             VALUES ($1, $2, $3, $4)",
            epoch,
            as_number(newest.version),
            as_number(NORMALISER_VERSION),
            &newest.key.check()[..],
        )
        .execute(&mut *tx)
        .await?;
        epoch
    };
    Ok(Fingerprints::new(epoch, newest, NORMALISER_VERSION))
}
