//! The figures of the board: each one statement over the cases within a scope, bounded by a period or by the ids that it is about.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{application::Channel, case::evidence::EvidenceKind, suspicion::Clue, verdict::Verdict};

use super::{CaseFilter, filter::Question, raw::corrupt};
use crate::{
    ids,
    security::scope::Scope,
    store::{Store, StoreError, codes::Coded},
};

/// How many cases of one clue were made on one day; a case of two clues counts for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inflow {
    /// The day in Asia/Shanghai.
    pub day: NaiveDate,
    /// The clue.
    pub clue: Clue,
    /// How many.
    pub count: i64,
}

/// How many applications of one channel were judged so on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The day in Asia/Shanghai.
    pub day: NaiveDate,
    /// The channel.
    pub channel: Channel,
    /// The verdict.
    pub verdict: Verdict,
    /// How many.
    pub count: i64,
}

/// What compliance looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Supervision {
    /// Closed as confirmed false since the day began.
    pub confirmed_false_today: i64,
    /// Open, and the clock that runs ended long ago.
    pub long_overdue: i64,
    /// Waiting for compliance as one of its share.
    pub sampled: i64,
    /// Withdrawn in the period.
    pub withdrawn: i64,
    /// Closed as unreachable in the period.
    pub unreachable: i64,
}

/// Pairs that one member of staff's cases cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedBy {
    /// Assignee of the cases.
    pub staff_code: String,
    /// His cases that ended cleared in the period.
    pub cleared: i64,
    /// All of his that ended in it.
    pub closed: i64,
}

impl Store {
    /// Cases within `scope` made in the period (its end left out), by day and clue.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_inflow(
        &self,
        scope: Scope,
        period: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Inflow>, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let filter = CaseFilter::default();
                let question = Question { scope: &scope, filter: &filter, now: period.1 };
                let select = "SELECT (c.created_time AT TIME ZONE 'Asia/Shanghai')::date, of.clue, count(*) \
                     FROM c CROSS JOIN LATERAL unnest(c.clues) AS of (clue)";
                let rows: Vec<(NaiveDate, i16, i64)> = question
                    .made(select, period, "GROUP BY 1, 2 ORDER BY 1, 2")
                    .build_query_as()
                    .fetch_all(tx)
                    .await?;
                rows.into_iter()
                    .map(|(day, clue, count)| {
                        Ok(Inflow { day, clue: Clue::from_number(clue, Uuid::nil())?, count })
                    })
                    .collect()
            })
        })
        .await
    }

    /// Submissions of `channels` decided in the period, by day, channel and verdict. Ids are made of the time: one walk along the
    /// keys of the period's rows.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn judged(
        &self,
        scope: Scope,
        period: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Judged>, StoreError> {
        let channels: Vec<i16> = scope.channels().into_iter().map(Coded::number).collect();
        let branch = scope.branch().map(ToOwned::to_owned);
        self.with_read(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT (recorded_time AT TIME ZONE 'Asia/Shanghai')::date AS "day!", channel, verdict, count(*) AS "count!"
                     FROM submission
                     WHERE id >= $1 AND id < $2 AND channel = ANY($3) AND ($4::text IS NULL OR branch_code = $4)
                     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"#,
                    ids::floor(period.0),
                    ids::floor(period.1),
                    &channels,
                    branch,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| {
                        Ok(Judged {
                            day: row.day,
                            channel: Channel::from_number(row.channel, Uuid::nil())?,
                            verdict: Verdict::from_number(row.verdict, Uuid::nil())?,
                            count: row.count,
                        })
                    })
                    .collect()
            })
        })
        .await
    }

    /// Kinds of the evidence of `case_ids`, each once, by case. Whoever calls has seen that the cases are within `scope`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn evidence_kinds(
        &self,
        scope: Scope,
        case_ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Vec<EvidenceKind>>, StoreError> {
        self.with_read(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT DISTINCT case_id, kind FROM case_evidence WHERE case_id = ANY($1) ORDER BY case_id, kind",
                    &case_ids,
                )
                .fetch_all(tx)
                .await?;
                let mut kinds: HashMap<Uuid, Vec<EvidenceKind>> = HashMap::new();
                for row in rows {
                    let kind = EvidenceKind::from_code(row.kind).ok_or_else(|| corrupt("kind", row.case_id))?;
                    kinds.entry(row.case_id).or_default().push(kind);
                }
                Ok(kinds)
            })
        })
        .await
    }

    /// What compliance looks at, of all cases: since `today` began, in the period, and by who cleared.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn supervision(
        &self,
        scope: Scope,
        today: DateTime<Utc>,
        since: DateTime<Utc>,
        overdue_before: DateTime<Utc>,
    ) -> Result<(Supervision, Vec<ClearedBy>), StoreError> {
        self.with_read(scope, move |tx| {
            Box::pin(async move {
                let figures = sqlx::query_as!(
                    Supervision,
                    r#"SELECT
                         (SELECT count(*) FROM case_file WHERE state = 6 AND outcome = 3 AND closed_time >= $1) AS "confirmed_false_today!",
                         (SELECT count(*) FROM case_file WHERE state < 6 AND due_time IS NOT NULL AND urgent_time < $3) AS "long_overdue!",
                         (SELECT count(*) FROM case_file WHERE state < 6 AND state = 5 AND sampled) AS "sampled!",
                         (SELECT count(*) FROM case_file WHERE state = 7 AND merged_into IS NULL AND changed_time >= $2) AS "withdrawn!",
                         (SELECT count(*) FROM case_file WHERE state = 6 AND outcome = 4 AND closed_time >= $2) AS "unreachable!""#,
                    today,
                    since,
                    overdue_before,
                )
                .fetch_one(&mut *tx)
                .await?;
                let cleared = sqlx::query_as!(
                    ClearedBy,
                    r#"SELECT assignee AS "staff_code!", count(*) FILTER (WHERE outcome = 2) AS "cleared!", count(*) AS "closed!"
                     FROM case_file WHERE state = 6 AND closed_time >= $1 AND assignee IS NOT NULL
                     GROUP BY assignee HAVING count(*) FILTER (WHERE outcome = 2) > 0
                     ORDER BY 2 DESC, 1 LIMIT 20"#,
                    since,
                )
                .fetch_all(tx)
                .await?;
                Ok((figures, cleared))
            })
        })
        .await
    }
}
