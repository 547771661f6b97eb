//! What one person looks up, counted by the minute and the day; and the alert when it is too much, once a window.
//!
//! Counting and the alert commit even when the look-up is refused: who goes on asking does not get more.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::quota::{Exceeded, Kind, Limits},
    coded_enum,
    event::EventData,
    shanghai,
};

use super::{Tools, Who};
use crate::{
    ids,
    security::scope::Scope,
    store::{
        Store, StoreError, Tx, audit,
        outbox::{self, NewEvent},
    },
};

/// What an alert's audit entry is about.
const SUBJECT: &str = "access_alert";
/// Windows of a minute and of a day.
const MINUTE: i16 = 1;
const DAY: i16 = 2;
/// How long windows are kept, in days.
const KEPT_DAYS: i64 = 2;

coded_enum! {
    /// What others are told of. Append-only.
    AlertKind {
        /// More in a minute than is allowed.
        Minute = 1,
        /// More in a day than is allowed.
        Day = 2,
        /// Clear data of many customers in a day.
        ManyCustomers = 3,
    }
}

/// An alert, as it is kept.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// What happened.
    pub kind: AlertKind,
    /// Whose doing it is: `staff:<code>`.
    pub actor: String,
    /// What was counted.
    pub counted: Kind,
    /// How much is allowed.
    pub allowed: i32,
    /// When.
    pub recorded_time: DateTime<Utc>,
}

/// Too much was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch {
    /// Which limit.
    pub exceeded: Exceeded,
    /// How much is allowed.
    pub allowed: u32,
    /// When the window is over.
    pub until: DateTime<Utc>,
}

impl Store {
    /// Counts one `kind` of look, and says whether it was too much.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn count_look(
        &self,
        tools: Tools,
        who: Who,
        kind: Kind,
        limits: Limits,
    ) -> Result<Result<(), TooMuch>, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                take(tx, &tools, &who, (kind, 1), limits, now).await
            })
        })
        .await
    }

    /// Counts `amount` of what was looked up beyond the look itself, which [`Self::count_look`] has counted: in the day only, and nothing
    /// is refused for it. Others are told where the limit is crossed, and the next look is refused.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn count_shown(
        &self,
        tools: Tools,
        who: Who,
        amount: u32,
        limits: Limits,
    ) -> Result<(), StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                let day = shanghai::midnight(shanghai::date(now));
                let in_day = count(tx, who.scope.actor(), Kind::LookUp, (DAY, day), amount).await?;
                let before = in_day.saturating_sub(amount);
                if before <= limits.a_day && in_day > limits.a_day {
                    tell(tx, &tools, &who, (AlertKind::Day, Kind::LookUp, limits.a_day), now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Alerts, newest first, from before `after` on.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_alerts(
        &self,
        scope: Scope,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<AlertRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT id, kind, actor, counted, allowed, recorded_time FROM access_alert
                     WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2",
                    after,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| {
                        let wrong = |column| super::row::wrong("access_alert", column, row.id);
                        Ok(AlertRow {
                            id: row.id,
                            kind: AlertKind::from_code(row.kind).ok_or_else(|| wrong("kind"))?,
                            actor: row.actor,
                            counted: Kind::from_code(row.counted).ok_or_else(|| wrong("counted"))?,
                            allowed: row.allowed,
                            recorded_time: row.recorded_time,
                        })
                    })
                    .collect()
            })
        })
        .await
    }
}

/// Counts `amount` of `kind`, and says whether it was too much. The alert is written where the limit is crossed.
pub(super) async fn take(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    (kind, amount): (Kind, u32),
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Result<(), TooMuch>, StoreError> {
    let actor = who.scope.actor();
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let day = shanghai::midnight(shanghai::date(now));
    // The day first, always: two calls of one person wait for each other in one order.
    let in_day = count(tx, actor, kind, (DAY, day), amount).await?;
    let in_minute = count(tx, actor, kind, (MINUTE, minute), amount).await?;
    if in_day == amount {
        let kept = now - TimeDelta::days(KEPT_DAYS);
        sqlx::query!("DELETE FROM access_usage WHERE actor = $1 AND begin_time < $2", actor, kept)
            .execute(&mut *tx)
            .await?;
    }
    let Err(exceeded) = limits.check(in_minute, in_day) else { return Ok(Ok(())) };
    let (alert, allowed, counted, until) = match exceeded {
        Exceeded::Minute => (AlertKind::Minute, limits.a_minute, in_minute, minute + TimeDelta::minutes(1)),
        Exceeded::Day => (AlertKind::Day, limits.a_day, in_day, day + TimeDelta::days(1)),
    };
    if counted.saturating_sub(amount) <= allowed {
        tell(tx, tools, who, (alert, kind, allowed), now).await?;
    }
    Ok(Err(TooMuch { exceeded, allowed, until }))
}

async fn count(
    tx: &mut Tx,
    actor: &str,
    kind: Kind,
    (span, begin): (i16, DateTime<Utc>),
    amount: u32,
) -> Result<u32, StoreError> {
    let used = sqlx::query_scalar!(
        "INSERT INTO access_usage (actor, kind, span, begin_time, used) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (actor, kind, span, begin_time) DO UPDATE SET used = access_usage.used + EXCLUDED.used
         RETURNING used",
        actor,
        kind.code(),
        span,
        begin,
        i32::try_from(amount).unwrap_or(i32::MAX),
    )
    .fetch_one(tx)
    .await?;
    Ok(u32::try_from(used).unwrap_or(u32::MAX))
}

/// Notes of whom somebody has seen clear data today, and tells others when they have become `told` or more.
pub(in crate::store) async fn seen(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    customers: &[Uuid],
    told: u32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (actor, day) = (who.scope.actor(), shanghai::date(now));
    let new = sqlx::query!(
        "INSERT INTO access_seen (actor, day, customer_id) SELECT $1, $2, UNNEST($3::uuid[]) ON CONFLICT DO NOTHING",
        actor,
        day,
        customers,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let all = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM access_seen WHERE actor = $1 AND day = $2"#,
        actor,
        day,
    )
    .fetch_one(&mut *tx)
    .await?;
    let all = u64::try_from(all).unwrap_or(0);
    if all == new {
        let kept = day - TimeDelta::days(KEPT_DAYS);
        sqlx::query!("DELETE FROM access_seen WHERE actor = $1 AND day < $2", actor, kept)
            .execute(&mut *tx)
            .await?;
    }
    let told = u64::from(told);
    if all >= told && all.saturating_sub(new) < told {
        let allowed = u32::try_from(told).unwrap_or(u32::MAX);
        tell(tx, tools, who, (AlertKind::ManyCustomers, Kind::Reveal, allowed), now).await?;
    }
    Ok(())
}

/// Writes the alert, its audit entry and its event.
async fn tell(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    (kind, counted, allowed): (AlertKind, Kind, u32),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = ids::mint(now, tools.entropy.as_ref())?;
    let actor = who.scope.actor();
    sqlx::query!(
        "INSERT INTO access_alert (id, kind, actor, office, counted, allowed, recorded_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        kind.code(),
        actor,
        who.office.code(),
        counted.code(),
        i32::try_from(allowed).unwrap_or(i32::MAX),
        now,
    )
    .execute(&mut *tx)
    .await?;
    let mut entry = tools.entry(actor, "ACCESS_ALERT", SUBJECT, vec![id], now)?;
    entry.reason = format!("{} of {}: {allowed} allowed", kind.name(), counted.name());
    audit::append(tx, &entry).await?;
    let event = NewEvent {
        id: ids::mint(now, tools.entropy.as_ref())?,
        recorded_time: now,
        case: None,
        subject_ids: vec![id],
        data: EventData::AccessAlert { limit: kind.into(), allowed },
    };
    outbox::add(tx, &[event]).await
}

impl From<AlertKind> for zhenshi_domain::event::AccessLimit {
    fn from(kind: AlertKind) -> Self {
        match kind {
            AlertKind::Minute => Self::Minute,
            AlertKind::Day => Self::Day,
            AlertKind::ManyCustomers => Self::ManyCustomers,
        }
    }
}
