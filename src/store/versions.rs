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

/// Every epoch's key must be in the keyring, and no epoch may be of a normaliser that this release does not know.
pub(super) async fn check_epochs(tx: &mut Tx, keyring: &Keyring) -> Result<(), StoreError> {
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
    Ok(())
}

async fn current_epoch(tx: &mut Tx, keyring: &Keyring) -> Result<Fingerprints, StoreError> {
    // Two replicas may start at once: the lock makes the second read what the first opened.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", OPEN_EPOCH_LOCK).execute(&mut *tx).await?;
    check_epochs(tx, keyring).await?;
    // A key that was only added to the keyring opens no epoch, and the one that a rotation writes is not in force yet: what is
    // recorded already would not be found by its fingerprints.
    let known = sqlx::query!(
        "SELECT known.epoch, known.key_version
         FROM fingerprint_epoch AS known CROSS JOIN list_gate AS gate
         WHERE known.normaliser_version = $1 AND known.epoch IS DISTINCT FROM gate.next_epoch
         ORDER BY (known.epoch = gate.epoch) IS TRUE DESC, known.epoch DESC LIMIT 1",
        as_number(NORMALISER_VERSION),
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = known {
        let key = keyring.fingerprint.iter().find(|key| as_number(key.version) == row.key_version);
        let Some(key) = key else {
            return Err(StoreError::Unexpected("an epoch's key was there a moment ago".into()));
        };
        return Ok(Fingerprints::new(row.epoch, key, NORMALISER_VERSION));
    }
    open_first(tx, keyring).await
}

/// Opens the first epoch of this release's normaliser, with the newest key.
async fn open_first(tx: &mut Tx, keyring: &Keyring) -> Result<Fingerprints, StoreError> {
    let Some(newest) = keyring.fingerprint.last() else {
        return Err(StoreError::Unfit("the keyring has no fingerprint key".into()));
    };
    let open = sqlx::query_scalar!("SELECT next_epoch FROM list_gate").fetch_one(&mut *tx).await?;
    if let Some(epoch) = open {
        return Err(StoreError::Unfit(format!(
            "fingerprint epoch {epoch} is being made by `zhenshi keys rotate`: let it end with the release that began it"
        )));
    }
    let epoch = sqlx::query_scalar!(
        r#"INSERT INTO fingerprint_epoch (epoch, key_version, normaliser_version, key_check)
           SELECT COALESCE(max(epoch), 0::smallint) + 1::smallint, $1, $2, $3 FROM fingerprint_epoch RETURNING epoch"#,
        as_number(newest.version),
        as_number(NORMALISER_VERSION),
        &newest.key.check()[..],
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(Fingerprints::new(epoch, newest, NORMALISER_VERSION))
}
