//! Imported notices of working days: kept by year and version, the newest version of a year in force.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::calendar::{Notice, NoticeError};

use super::{
    Scope, Store, StoreError, Tx,
    audit::{self, Entry, Event},
};
use crate::{entropy::SharedEntropy, ids};

/// Name of the version counter that changes with every imported notice.
pub const VERSION_COUNTER: &str = "calendar";
/// Action of the audit entry that an import leaves.
pub const ACTION_IMPORT_NOTICE: &str = "IMPORT_HOLIDAY_NOTICE";
/// Kind of the outbox event that an import leaves.
pub const EVENT_NOTICE_IMPORTED: &str = "calendar.notice_imported";

/// An imported notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// The notice.
    pub notice: Notice,
    /// Counts the imported notices of its year, from 1.
    pub version: i32,
    /// Who imported it.
    pub imported_by: String,
    /// When.
    pub imported_time: DateTime<Utc>,
}

/// A notice to be imported.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Who imports it.
    pub caller: Arc<str>,
    /// Its idempotency key.
    pub request_id: Uuid,
    /// HMAC of what was sent.
    pub request_digest: [u8; 32],
    /// The notice.
    pub notice: Notice,
    /// What is in force for its year while nothing is imported.
    pub shipped: Option<Notice>,
    /// Now.
    pub imported_time: DateTime<Utc>,
}

/// What became of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// The notice is in force under `version` (0: as shipped), and was not before if `changed`.
    InForce {
        /// Version.
        version: i32,
        /// Whether this import made it so.
        changed: bool,
    },
    /// The caller used the request id for other content.
    Reused,
}

impl Store {
    /// Imports a notice, unless it says what is in force already.
    ///
    /// # Errors
    /// When the transaction fails; then the same call again says what stands.
    pub async fn import_notice(
        &self,
        scope: Scope,
        entropy: SharedEntropy,
        new: NewNotice,
    ) -> Result<NoticeOutcome, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { import(tx, &entropy, &new).await })).await
    }

    /// The version that changes with every import: a snapshot of another version is out of date.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn calendar_version(&self) -> Result<i64, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let version = sqlx::query_scalar!(
                    "SELECT version FROM version_counter WHERE name = $1",
                    VERSION_COUNTER
                )
                .fetch_one(tx)
                .await?;
                Ok(version)
            })
        })
        .await
    }

    /// The newest imported notice of each year, by year.
    ///
    /// # Errors
    /// When the database cannot be reached, or a row is no notice.
    pub async fn imported_notices(&self) -> Result<Vec<NoticeRow>, StoreError> {
        self.with_tx(Scope::system(), |tx| Box::pin(async move { newest(tx, None).await })).await
    }

    /// The imported notice of `year` and `version`.
    ///
    /// # Errors
    /// When the database cannot be reached, or the row is no notice.
    pub async fn imported_notice(
        &self,
        scope: Scope,
        year: i32,
        version: i32,
    ) -> Result<Option<NoticeRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let row = sqlx::query_as!(
                    Stored,
                    "SELECT year, version, sources, off_days, make_up_days, imported_by, imported_time
                     FROM holiday_notice WHERE year = $1 AND version = $2",
                    as_year(year),
                    version,
                )
                .fetch_optional(tx)
                .await?;
                row.map(Stored::read).transpose()
            })
        })
        .await
    }
}

async fn import(tx: &mut Tx, entropy: &SharedEntropy, new: &NewNotice) -> Result<NoticeOutcome, StoreError> {
    // One import at a time: the second sees what the first made of the year.
    sqlx::query!("SELECT version FROM version_counter WHERE name = $1 FOR UPDATE", VERSION_COUNTER)
        .fetch_one(&mut *tx)
        .await?;
    if let Some(earlier) = earlier(tx, new).await? {
        return Ok(earlier);
    }
    let newest = newest(tx, Some(new.notice.year())).await?.pop();
    let (version, in_force) = match newest {
        Some(row) => (row.version, Some(row.notice)),
        None => (0, new.shipped.clone()),
    };
    let changed = in_force.as_ref() != Some(&new.notice);
    let version = if changed { version + 1 } else { version };
    if changed {
        keep(tx, entropy, new, version).await?;
    }
    sqlx::query!(
        "INSERT INTO holiday_notice_request (caller, request_id, request_digest, year, version, changed)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &*new.caller,
        new.request_id,
        &new.request_digest[..],
        as_year(new.notice.year()),
        version,
        changed,
    )
    .execute(tx)
    .await?;
    Ok(NoticeOutcome::InForce { version, changed })
}

/// What an earlier import with the same request id came to.
async fn earlier(tx: &mut Tx, new: &NewNotice) -> Result<Option<NoticeOutcome>, StoreError> {
    let row = sqlx::query!(
        "SELECT request_digest, version, changed FROM holiday_notice_request
         WHERE caller = $1 AND request_id = $2",
        &*new.caller,
        new.request_id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| {
        if row.request_digest == new.request_digest {
            NoticeOutcome::InForce { version: row.version, changed: row.changed }
        } else {
            NoticeOutcome::Reused
        }
    }))
}

/// Writes the notice with its traces and tells the replicas.
async fn keep(tx: &mut Tx, entropy: &SharedEntropy, new: &NewNotice, version: i32) -> Result<(), StoreError> {
    let (at, notice) = (new.imported_time, &new.notice);
    let id = ids::mint(at, entropy.as_ref())?;
    let digest = digest(notice);
    sqlx::query!(
        "INSERT INTO holiday_notice (id, year, version, sources, off_days, make_up_days, digest, imported_by,
             imported_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        as_year(notice.year()),
        version,
        notice.sources(),
        &notice.off_days().collect::<Vec<_>>(),
        &notice.make_up_days().collect::<Vec<_>>(),
        &digest[..],
        &*new.caller,
        at,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("UPDATE version_counter SET version = version + 1 WHERE name = $1", VERSION_COUNTER)
        .execute(&mut *tx)
        .await?;
    let entry = Entry {
        id: ids::mint(at, entropy.as_ref())?,
        recorded_time: at,
        actor: new.caller.to_string(),
        action: ACTION_IMPORT_NOTICE.into(),
        subject_kind: "holiday_notice".into(),
        subject_ids: vec![id],
        reason: String::new(),
        digest: digest.to_vec(),
    };
    audit::append(tx, &entry).await?;
    let event = Event {
        id: ids::mint(at, entropy.as_ref())?,
        recorded_time: at,
        kind: EVENT_NOTICE_IMPORTED,
        subject_ids: vec![id],
    };
    audit::publish(tx, &event).await
}

/// SHA-256 over year, sources and days, each with its length or number before it.
pub fn digest(notice: &Notice) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(&notice.year().to_be_bytes());
    let days = |days: Vec<NaiveDate>| days.iter().map(NaiveDate::to_string).collect::<Vec<_>>();
    let lists =
        [notice.sources().to_vec(), days(notice.off_days().collect()), days(notice.make_up_days().collect())];
    for list in lists {
        context.update(&(list.len() as u64).to_be_bytes());
        for text in list {
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text.as_bytes());
        }
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// The digest of the notice of `id` as it stands now.
pub(super) async fn notice_digest(tx: &mut Tx, id: Uuid) -> Result<Option<[u8; 32]>, StoreError> {
    let row = sqlx::query_as!(
        Stored,
        "SELECT year, version, sources, off_days, make_up_days, imported_by, imported_time
         FROM holiday_notice WHERE id = $1",
        id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Stored::read).transpose()?.map(|row| digest(&row.notice)))
}

/// A row as the database gives it.
struct Stored {
    year: i16,
    version: i32,
    sources: Vec<String>,
    off_days: Vec<NaiveDate>,
    make_up_days: Vec<NaiveDate>,
    imported_by: String,
    imported_time: DateTime<Utc>,
}

impl Stored {
    fn read(self) -> Result<NoticeRow, StoreError> {
        let row = format!("{}/{}", self.year, self.version);
        let corrupt =
            |_: NoticeError| StoreError::Corrupt { table: "holiday_notice", column: "off_days", row };
        let notice = Notice::new(self.year.into(), self.sources, self.off_days, self.make_up_days);
        Ok(NoticeRow {
            notice: notice.map_err(corrupt)?,
            version: self.version,
            imported_by: self.imported_by,
            imported_time: self.imported_time,
        })
    }
}

/// The newest version of every year, or of one.
async fn newest(tx: &mut Tx, year: Option<i32>) -> Result<Vec<NoticeRow>, StoreError> {
    let rows = sqlx::query_as!(
        Stored,
        "SELECT DISTINCT ON (year) year, version, sources, off_days, make_up_days, imported_by, imported_time
         FROM holiday_notice WHERE $1::smallint IS NULL OR year = $1
         ORDER BY year, version DESC",
        year.map(as_year) as Option<i16>,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Stored::read).collect()
}

/// Years are checked before they come here; one that does not fit names no row.
fn as_year(year: i32) -> i16 {
    i16::try_from(year).unwrap_or(0)
}
