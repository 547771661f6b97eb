//! Closing: the cut is settled while no batch is on its way.
//!
//! The gate is taken exclusively: a batch that passed it before has committed, one that comes after is stamped at the cut
//! or later. So what was recorded before the cut is complete from here on.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{ACTOR_LIST, ListKind, OpenList, list_id};
use crate::{
    entropy::SharedEntropy,
    ids,
    store::{
        Scope, Store, StoreError, Tx,
        audit::{self, Entry},
        codes::Coded as _,
        record::LIST_GATE_LOCK,
    },
};

/// Action of the audit entry of a closed list.
pub const ACTION_CLOSE: &str = "CLOSE_SUSPICION_LIST";

/// Which list is to be closed.
#[derive(Debug, Clone)]
pub struct CloseList {
    /// Its working day.
    pub list_date: NaiveDate,
    /// End of what it sees.
    pub cut_time: DateTime<Utc>,
    /// Rules by which it will be written.
    pub rule_set_version: String,
    /// Calendar by which the day is a working day.
    pub calendar_version: String,
    /// That it is one is presumed.
    pub provisional: bool,
    /// When it is closed.
    pub closed_time: DateTime<Utc>,
}

/// What became of closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is closed now.
    Now,
    /// Another worker was first, or an earlier list has to be sealed before.
    NotYet,
}

impl Store {
    /// Closes the daily list, and a self-inspection list beside it if a baseline waits for one.
    ///
    /// # Errors
    /// When the database cannot be reached, or batches hold the gate for longer than a lock may be waited for.
    pub async fn close_list(&self, list: CloseList, entropy: SharedEntropy) -> Result<Closed, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { close(tx, &list, &entropy).await }))
            .await
    }

    /// The oldest list that is closed and not sealed; the daily one before the self-inspection of the same day.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn oldest_open_list(&self) -> Result<Option<OpenList>, StoreError> {
        self.with_tx(Scope::system(), |tx| Box::pin(oldest_open(tx))).await
    }

    /// The day of the newest daily list.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn newest_list_date(&self) -> Result<Option<NaiveDate>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                Ok(sqlx::query_scalar!("SELECT max(list_date) FROM suspicion_list WHERE kind = 1")
                    .fetch_one(tx)
                    .await?)
            })
        })
        .await
    }
}

async fn oldest_open(tx: &mut Tx) -> Result<Option<OpenList>, StoreError> {
    let row = sqlx::query!(
        "SELECT id, kind, list_date, cut_time, previous_cut_time, rule_set_version, planned_time
         FROM suspicion_list WHERE state = 1 ORDER BY list_date, kind LIMIT 1",
    )
    .fetch_optional(tx)
    .await?;
    row.map(|row| {
        Ok(OpenList {
            id: row.id,
            kind: ListKind::from_number(row.kind, row.id)?,
            list_date: row.list_date,
            cut_time: row.cut_time,
            previous_cut_time: row.previous_cut_time,
            rule_set_version: row.rule_set_version,
            planned: row.planned_time.is_some(),
        })
    })
    .transpose()
}

async fn close(tx: &mut Tx, list: &CloseList, entropy: &SharedEntropy) -> Result<Closed, StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LIST_GATE_LOCK).fetch_one(&mut *tx).await?;
    // A statement of its own: one that waited for the lock would still see what was there before.
    let previous_cut_time =
        sqlx::query_scalar!("SELECT closed_until FROM list_gate WHERE id = 1").fetch_one(&mut *tx).await?;
    // An earlier list comes first: the history of sellers, and what is new, go by it.
    if oldest_open(tx).await?.is_some() || previous_cut_time >= list.cut_time {
        return Ok(Closed::NotYet);
    }
    insert(tx, list, ListKind::Daily, previous_cut_time, entropy).await?;
    let baseline = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM contact_pending WHERE baseline AND opened_time < $1
                   AND epoch NOT IN (SELECT to_epoch FROM epoch_rotation WHERE switched_time IS NULL
                       UNION ALL SELECT from_epoch FROM epoch_rotation WHERE switched_time IS NOT NULL)
           ) AS "waits!""#,
        list.cut_time,
    )
    .fetch_one(&mut *tx)
    .await?;
    if baseline {
        insert(tx, list, ListKind::SelfInspection, previous_cut_time, entropy).await?;
    }
    sqlx::query!("UPDATE list_gate SET closed_until = $1 WHERE id = 1", list.cut_time).execute(tx).await?;
    Ok(Closed::Now)
}

async fn insert(
    tx: &mut Tx,
    list: &CloseList,
    kind: ListKind,
    previous_cut_time: DateTime<Utc>,
    entropy: &SharedEntropy,
) -> Result<(), StoreError> {
    let id: Uuid = list_id(kind, list.list_date);
    sqlx::query!(
        "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
             calendar_version, provisional, closed_time)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9)",
        id,
        kind.number(),
        list.list_date,
        list.cut_time,
        previous_cut_time,
        list.rule_set_version,
        list.calendar_version,
        list.provisional,
        list.closed_time,
    )
    .execute(&mut *tx)
    .await?;
    let entry = Entry {
        id: ids::mint(list.closed_time, entropy.as_ref())?,
        recorded_time: list.closed_time,
        actor: ACTOR_LIST.into(),
        action: ACTION_CLOSE.into(),
        subject_kind: "suspicion_list".into(),
        subject_ids: vec![id],
        reason: String::new(),
        digest: Vec::new(),
    };
    audit::append(tx, &entry).await
}
