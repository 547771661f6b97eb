//! Versions of keys: which the database uses, which are in force, and which process holds which.
//!
//! A version goes through: in the keyring (`zhenshi keys add`), held by every process, in force (`zhenshi keys rotate`), older,
//! retired (`zhenshi keys retire`). The check values refuse a keyring that lacks a version in use or has another key under its
//! number.

mod retire;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    Scope, Store, StoreError, Tx,
    audit::{self, Deed},
    versions::check_epochs,
};
use crate::security::keyring::Keyring;

/// For how long a process counts as running after it last told what it holds.
pub const HOLDER_LIVES: TimeDelta = TimeDelta::seconds(30);
/// After which time a process that has told nothing is forgotten.
const HOLDER_FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// Kinds of keys that have versions in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// What wraps data keys.
    KeyEncryption,
    /// What chains and signs the audit log.
    Audit,
    /// Root of the fingerprints.
    Fingerprint,
}

impl KeyKind {
    /// Its purpose in the database.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::KeyEncryption => "key_encryption",
            Self::Audit => "audit",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// Versions in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// Of the key that wraps data keys.
    pub key_encryption: u16,
    /// Of the key of the audit log.
    pub audit: u16,
    /// Epoch of fingerprints; 0 before the first.
    pub epoch: i16,
    /// Version of its key.
    pub fingerprint: u16,
    /// Version of its normaliser.
    pub normaliser: u16,
}

/// One version that the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Purpose.
    pub purpose: String,
    /// Version.
    pub version: u16,
    /// Whether it is, or was, in force: stored values may need it.
    pub in_force: bool,
}

/// What one running process holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process_id: Uuid,
    /// Its newest version of the purpose asked for.
    pub newest: u16,
    /// When it last told.
    pub seen_time: DateTime<Utc>,
}

fn unfit<T>(problem: String) -> Result<T, StoreError> {
    Err(StoreError::Unfit(problem))
}

/// Versions stay far below the limit of the column.
pub(super) fn as_number(version: u16) -> i16 {
    i16::try_from(version).unwrap_or(i16::MAX)
}

fn from_number(version: i16) -> u16 {
    u16::try_from(version).unwrap_or(0)
}

/// Compares the keyring with what the database has seen, and keeps the check values of what is new. Of a purpose that the
/// database has no key of yet the newest is in force at once.
///
/// # Errors
/// [`StoreError::Unfit`], naming it, for a key that is missing or another than the one in use.
pub(super) async fn check_keys(tx: &mut Tx, keyring: &Keyring) -> Result<(), StoreError> {
    let seen = sqlx::query!("SELECT purpose, version, key_check, in_force FROM key_check")
        .fetch_all(&mut *tx)
        .await?;
    let held = keyring.checks();
    for row in &seen {
        let key = held
            .iter()
            .find(|(purpose, version, _)| *purpose == row.purpose && as_number(*version) == row.version);
        match key {
            None if !row.in_force => {}
            None => {
                return unfit(format!(
                    "the keyring has no {} key of version {}, which this database uses: restore the keyring",
                    row.purpose, row.version
                ));
            }
            Some((_, _, check)) if check[..] != row.key_check[..] => {
                return unfit(format!(
                    "the {} key of version {} is another than the one that this database uses: this keyring belongs to \
                     another installation",
                    row.purpose, row.version
                ));
            }
            Some(_) => {}
        }
    }
    for (purpose, version, check) in &held {
        let newest = held.iter().filter(|(other, ..)| other == purpose).map(|(_, version, _)| *version).max();
        let first = !seen.iter().any(|row| row.purpose == *purpose);
        sqlx::query!(
            "INSERT INTO key_check (purpose, version, key_check, in_force) VALUES ($1, $2, $3, $4)
             ON CONFLICT (purpose, version) DO NOTHING",
            *purpose,
            as_number(*version),
            &check[..],
            first && newest == Some(*version),
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The version in force of `purpose`.
pub(super) async fn in_force(tx: &mut Tx, purpose: &str) -> Result<u16, StoreError> {
    let version =
        sqlx::query_scalar!("SELECT max(version) FROM key_check WHERE purpose = $1 AND in_force", purpose)
            .fetch_one(&mut *tx)
            .await?;
    Ok(version.map_or(0, from_number))
}

impl Store {
    /// Versions in force.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn keys_in_force(&self) -> Result<InForce, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let epoch = sqlx::query!(
                    "SELECT known.epoch, known.key_version, known.normaliser_version FROM list_gate AS gate
                     JOIN fingerprint_epoch AS known
                         ON known.epoch = COALESCE(gate.epoch, (SELECT max(epoch) FROM fingerprint_epoch))"
                )
                .fetch_optional(&mut *tx)
                .await?;
                Ok(InForce {
                    key_encryption: in_force(tx, KeyKind::KeyEncryption.purpose()).await?,
                    audit: in_force(tx, KeyKind::Audit.purpose()).await?,
                    epoch: epoch.as_ref().map_or(0, |row| row.epoch),
                    normaliser: epoch.as_ref().map_or(0, |row| from_number(row.normaliser_version)),
                    fingerprint: epoch.map_or(0, |row| from_number(row.key_version)),
                })
            })
        })
        .await
    }

    /// Compares a keyring that was read again with the database, as at the start.
    ///
    /// # Errors
    /// [`StoreError::Unfit`], as at the start.
    pub async fn check_keyring(&self, keyring: Arc<Keyring>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                check_keys(tx, &keyring).await?;
                check_epochs(tx, &keyring).await
            })
        })
        .await
    }

    /// Tells what the process `process_id` holds.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn hold_keys(
        &self,
        process_id: Uuid,
        held: Vec<(&'static str, u16)>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let purposes: Vec<String> = held.iter().map(|(purpose, _)| (*purpose).to_owned()).collect();
        let versions: Vec<i16> = held.iter().map(|(_, version)| as_number(*version)).collect();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO key_holder (process_id, purpose, version, seen_time)
                     SELECT $1, purpose, version, $4
                     FROM UNNEST($2::text[], $3::smallint[]) AS held (purpose, version)
                     ON CONFLICT (process_id, purpose, version) DO UPDATE SET seen_time = EXCLUDED.seen_time",
                    process_id,
                    &purposes,
                    &versions,
                    at,
                )
                .execute(&mut *tx)
                .await?;
                sqlx::query!("DELETE FROM key_holder WHERE seen_time < $1", at - HOLDER_FORGOTTEN)
                    .execute(&mut *tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// The processes that run at `at`, with the newest version of `purpose` that each holds.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn key_holders(
        &self,
        purpose: &'static str,
        at: DateTime<Utc>,
    ) -> Result<Vec<Holder>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT process_id, max(version) FILTER (WHERE purpose = $1) AS newest, max(seen_time) AS "seen_time!"
                       FROM key_holder WHERE seen_time >= $2 GROUP BY process_id ORDER BY process_id"#,
                    purpose,
                    at - HOLDER_LIVES,
                )
                .fetch_all(&mut *tx)
                .await?;
                let holder = rows.into_iter().map(|row| Holder {
                    process_id: row.process_id,
                    newest: row.newest.map_or(0, from_number),
                    seen_time: row.seen_time,
                });
                Ok(holder.collect())
            })
        })
        .await
    }

    /// Every version that the database knows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn key_states(&self) -> Result<Vec<KeyState>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT purpose, version, in_force FROM key_check ORDER BY purpose, version"
                )
                .fetch_all(&mut *tx)
                .await?;
                let state = rows.into_iter().map(|row| KeyState {
                    purpose: row.purpose,
                    version: from_number(row.version),
                    in_force: row.in_force,
                });
                Ok(state.collect())
            })
        })
        .await
    }

    /// Every running process holds `version`.
    ///
    /// # Errors
    /// [`StoreError::Unfit`], naming them, when some do not.
    pub(super) async fn require_holders(
        &self,
        kind: KeyKind,
        version: u16,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let purpose = kind.purpose();
        let holders = self.key_holders(purpose, at).await?;
        let without: Vec<String> =
            holders.iter().filter(|one| one.newest < version).map(|one| one.process_id.to_string()).collect();
        if !without.is_empty() {
            return unfit(format!(
                "{} of {} running processes do not hold {purpose} key {version} yet ({}): give every replica the new \
                 keyring and try again",
                without.len(),
                holders.len(),
                without.join(", ")
            ));
        }
        Ok(())
    }

    /// Puts `version` in force, if every running process holds it. Says whether it was not in force before.
    ///
    /// # Errors
    /// [`StoreError::Unfit`], naming what is missing.
    pub async fn put_in_force(
        &self,
        kind: KeyKind,
        version: u16,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let purpose = kind.purpose();
        self.require_holders(kind, version, at).await?;
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let changed = sqlx::query!(
                    "UPDATE key_check SET in_force = true WHERE purpose = $1 AND version = $2 AND NOT in_force",
                    purpose,
                    as_number(version),
                )
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if changed == 0 && in_force(tx, purpose).await? < version {
                    return unfit(format!("the database does not know {purpose} key {version}"));
                }
                if changed > 0 {
                    let why = format!("{purpose} key {version} is in force");
                    let what = [purpose.as_bytes(), &version.to_be_bytes()];
                    audit::note(tx, &deed("ROTATE_KEY"), at, &what, why).await?;
                }
                Ok(changed > 0)
            })
        })
        .await
    }
}

/// What is in the audit log of keys.
const fn deed(action: &'static str) -> Deed<'static> {
    Deed { actor: "operator", action, subject_kind: "key", subject_ids: &[] }
}
