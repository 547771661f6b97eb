//! Time at work: a job looks at every customer, and at everybody of whom nothing was ever accepted, a page at a time, and
//! moves those whose time has come. It goes on where it stopped, and begins anew when it has seen all.

use chrono::{DateTime, Days, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::retention::Class;

use super::{
    Tools,
    person::SubjectName,
    subject::{self, lock},
};
use crate::{
    ids,
    store::{Scope, Store, StoreError, Tx},
};

/// Rows that one pass looks at.
pub const PAGE: i64 = 500;
/// Longest that a round waits for the next: who is due is known by the next day.
pub const ROUND: TimeDelta = TimeDelta::hours(20);

/// What a pass of the sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Persons that were looked at closely.
    pub looked_at: usize,
    /// There is more to look at now.
    pub more: bool,
}

/// How many persons are where, for the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetentionFigures {
    /// May be destroyed, and nobody has decided.
    pub due: i64,
    /// Should have been destroyed by now.
    pub overdue: i64,
    /// Approved and not destroyed, and waiting for nobody's hold.
    pub to_do: i64,
    /// Seconds since the last inspection; none if there was none.
    pub since_inspection: Option<i64>,
}

impl Store {
    /// One pass: a page of customers and a page of those of whom nothing was ever accepted, each person in a transaction of
    /// his own.
    ///
    /// # Errors
    /// When the database cannot be reached; the next pass goes on from where this one began.
    pub async fn sweep_retention(&self, tools: Tools) -> Result<Swept, StoreError> {
        let mut all = Swept::default();
        for kind in [Kind::Customer, Kind::Rejected] {
            let now = tools.now;
            let page =
                self.with_tx(Scope::system(), move |tx| Box::pin(async move { page(tx, kind, now).await }));
            let Some(Page { names, last }) = page.await? else { continue };
            all.looked_at += names.len();
            for name in names {
                let tools = tools.clone();
                let look = self.with_tx(Scope::system(), move |tx| {
                    Box::pin(async move { look_at(tx, &tools, name).await })
                });
                look.await?;
            }
            all.more |= last.is_some();
            self.with_tx(Scope::system(), move |tx| {
                Box::pin(async move { move_on(tx, kind, last, now).await })
            })
            .await?;
        }
        Ok(all)
    }

    /// How many persons are where on the day of `now`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn retention_figures(&self, now: DateTime<Utc>) -> Result<RetentionFigures, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let today = zhenshi_domain::shanghai::date(now);
                let row = sqlx::query!(
                    r#"SELECT (SELECT count(*) FROM retention_subject WHERE state = 3) AS "due!",
                           (SELECT count(*) FROM retention_subject WHERE state IN (3, 4) AND NOT held AND destroy_by < $1)
                               AS "overdue!",
                           (SELECT count(*) FROM erasure e WHERE e.approved AND e.shredded_time IS NULL AND NOT EXISTS (
                                SELECT FROM case_member m JOIN retention_subject r ON r.customer_id = m.customer_id
                                WHERE m.case_id = ANY(e.kept_case_ids) AND r.held AND r.id <> e.subject_id)) AS "to_do!",
                           (SELECT max(ended_time) FROM inspection) AS inspected"#,
                    today,
                )
                .fetch_one(tx)
                .await?;
                Ok(RetentionFigures {
                    due: row.due,
                    overdue: row.overdue,
                    to_do: row.to_do,
                    since_inspection: row.inspected.map(|at| (now - at).num_seconds().max(0)),
                })
            })
        })
        .await
    }
}

/// Which persons.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Customer,
    Rejected,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Rejected => "rejected",
        }
    }
}

/// Who of a page may have to be moved, and where the page ended; the end of everything ends nowhere.
struct Page {
    names: Vec<SubjectName>,
    last: Option<Uuid>,
}

/// The next page, unless the round is over and the next one is not due.
async fn page(tx: &mut Tx, kind: Kind, now: DateTime<Utc>) -> Result<Option<Page>, StoreError> {
    let sweep =
        sqlx::query!("SELECT position, round_begun_time FROM retention_sweep WHERE name = $1", kind.name(),)
            .fetch_one(&mut *tx)
            .await?;
    if sweep.position.is_nil() && now - sweep.round_begun_time < ROUND {
        return Ok(None);
    }
    match kind {
        Kind::Customer => customers(tx, sweep.position).await.map(Some),
        Kind::Rejected => rejected(tx, sweep.position, now).await.map(Some),
    }
}

/// Customers without an application that may still go on, and those who have a state.
async fn customers(tx: &mut Tx, after: Uuid) -> Result<Page, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id,
               (EXISTS (SELECT FROM retention_subject r WHERE r.customer_id = c.id AND r.state < 5)
                OR NOT EXISTS (
                   SELECT FROM application_party p JOIN application a ON a.id = p.application_id
                   LEFT JOIN submission s ON s.id = p.submission_id
                   WHERE p.customer_id = c.id AND a.original_application_no = '' AND NOT EXISTS (
                       SELECT FROM policy_event e
                       WHERE (e.application_id = a.id OR (a.policy_no <> '' AND e.policy_no = a.policy_no))
                           -- Declined, not taken up, surrendered, cancelled; or issued for a term that has an end.
                           AND (e.kind IN (2, 3, 8, 9) OR (e.kind = 1 AND s.term_unit IN (1, 2, 3))))))
               AND EXISTS (SELECT FROM customer_key k WHERE k.customer_id = c.id) AS "wanted!"
           FROM customer c WHERE c.id > $1 ORDER BY c.id LIMIT $2"#,
        after,
        PAGE,
    )
    .fetch_all(tx)
    .await?;
    let names = rows.iter().filter(|row| row.wanted).map(|row| SubjectName::Customer(row.id)).collect();
    Ok(Page { names, last: rows.last().map(|row| row.id) })
}

/// Parties of what was not accepted and may be worked with no more, who are nobody's customers.
async fn rejected(tx: &mut Tx, after: Uuid, now: DateTime<Utc>) -> Result<Page, StoreError> {
    let days = Days::new(Class::Rejected.rule().active_days);
    let before = ids::floor(now.checked_sub_days(days).unwrap_or(now));
    let submissions = sqlx::query!(
        "SELECT id, verdict FROM submission WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3",
        after,
        before,
        PAGE,
    )
    .fetch_all(&mut *tx)
    .await?;
    let last = submissions.last().map(|row| row.id);
    let wanted: Vec<Uuid> = submissions.iter().filter(|row| row.verdict != 1).map(|row| row.id).collect();
    let parties = sqlx::query!(
        "SELECT DISTINCT ON (z.epoch, z.subject_fingerprint) z.submission_id, z.party_no FROM sealed z
         WHERE z.submission_id = ANY($1) AND z.party_no >= 0 AND z.subject_fingerprint IS NOT NULL
             AND NOT EXISTS (SELECT FROM customer_key k WHERE k.epoch = z.epoch AND k.fingerprint = z.subject_fingerprint)
         ORDER BY z.epoch, z.subject_fingerprint, z.submission_id, z.party_no",
        &wanted,
    )
    .fetch_all(tx)
    .await?;
    let name = |submission_id, party_no| SubjectName::Party { submission_id, party_no };
    Ok(Page { names: parties.iter().map(|row| name(row.submission_id, row.party_no)).collect(), last })
}

/// Lets time work on one person. Who is active and was never held or asked for needs no row.
async fn look_at(tx: &mut Tx, tools: &Tools, name: SubjectName) -> Result<(), StoreError> {
    let Some(locked) = lock(tx, tools, name).await? else { return Ok(()) };
    subject::save(tx, tools, &locked).await?;
    sqlx::query!(
        "DELETE FROM retention_subject r WHERE id = $1 AND state = 1 AND NOT held
             AND NOT EXISTS (SELECT FROM erasure e WHERE e.subject_id = r.id)
             AND NOT EXISTS (SELECT FROM retention_hold h WHERE h.subject_id = r.id)",
        locked.row.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn move_on(tx: &mut Tx, kind: Kind, last: Option<Uuid>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE retention_sweep SET position = COALESCE($2::uuid, '00000000-0000-0000-0000-000000000000'),
             round_begun_time = CASE WHEN $2::uuid IS NULL THEN $3 ELSE round_begun_time END
         WHERE name = $1",
        kind.name(),
        last,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}
