//! How cases went: counted exactly over those made in a period, split by one dimension; and how often each clue was right.
//!
//! To add a figure: its field, its column in [`FIGURES`]. To add a dimension: its variant and its expression.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{application::Channel, case::Outcome, suspicion::Clue};

use super::{CaseFilter, filter::Question};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, codes::Coded as _},
};

/// What the figures are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Nothing.
    Whole,
    /// The lead channel.
    Channel,
    /// The lead branch.
    Branch,
    /// The assignee.
    Clerk,
    /// The sellers of the members: a case of two sellers counts for both.
    Seller,
}

impl Dimension {
    /// The key, and where the rows come from.
    const fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Whole => ("''", "c"),
            Self::Channel => ("c.channel::text", "c"),
            Self::Branch => ("c.branch_code", "c"),
            Self::Clerk => ("COALESCE(c.assignee, '')", "c"),
            Self::Seller => ("s.code", "c CROSS JOIN LATERAL unnest(c.seller_codes) AS s (code)"),
        }
    }
}

/// The columns of [`CaseFigures`], beside its key. Submitted in time by an extension only is neither on time nor late; it is
/// told as [`super::CaseRow::timeliness`] tells it.
const FIGURES: &str = "count(*) AS created, \
    count(*) FILTER (WHERE c.state < 6) AS open, \
    count(*) FILTER (WHERE c.state = 6) AS closed, \
    count(*) FILTER (WHERE c.state = 7) AS withdrawn, \
    count(*) FILTER (WHERE c.merged_into IS NOT NULL) AS merged, \
    count(*) FILTER (WHERE c.state = 1) AS sorting, \
    count(*) FILTER (WHERE c.state = 1 AND c.held) AS held, \
    count(*) FILTER (WHERE c.on_time \
        AND (c.unextended_due_time < c.submitted_time AND c.submitted_time <= c.due_time) IS NOT TRUE) AS on_time, \
    count(*) FILTER (WHERE c.on_time \
        AND c.unextended_due_time < c.submitted_time AND c.submitted_time <= c.due_time) AS extended, \
    count(*) FILTER (WHERE NOT c.on_time) AS late, \
    count(*) FILTER (WHERE c.state < 6 AND c.due_time IS NOT NULL AND c.urgent_time <= asked.time) AS overdue, \
    count(*) FILTER (WHERE c.opened_overdue) AS opened_overdue, \
    count(*) FILTER (WHERE c.returned_count > 0) AS returned, \
    count(*) FILTER (WHERE c.state = 6 AND c.outcome = 1) AS corrected, \
    count(*) FILTER (WHERE c.state = 6 AND c.outcome = 2) AS cleared, \
    count(*) FILTER (WHERE c.state = 6 AND c.outcome = 3) AS confirmed_false, \
    count(*) FILTER (WHERE c.state = 6 AND c.outcome = 4) AS unreachable";

/// How the cases of one value of the dimension went.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseFigures {
    /// The value: a code; of the channel, its number.
    pub key: String,
    /// Made.
    pub created: i64,
    /// Not over.
    pub open: i64,
    /// Verified.
    pub closed: i64,
    /// Withdrawn, the merged ones among them.
    pub withdrawn: i64,
    /// Another case took their suspicions.
    pub merged: i64,
    /// Still in sorting.
    pub sorting: i64,
    /// Held there by customer service.
    pub held: i64,
    /// Submitted in time, without an extension.
    pub on_time: i64,
    /// Submitted in time by an extension only.
    pub extended: i64,
    /// Submitted late.
    pub late: i64,
    /// Open, and the clock that runs has ended.
    pub overdue: i64,
    /// Overdue already when they opened.
    pub opened_overdue: i64,
    /// Returned at least once.
    pub returned: i64,
    /// Closed as corrected.
    pub corrected: i64,
    /// Closed as cleared.
    pub cleared: i64,
    /// Closed as confirmed false.
    pub confirmed_false: i64,
    /// Closed as unreachable.
    pub unreachable: i64,
}

impl CaseFigures {
    /// Left sorting for a channel: made, and neither merged nor still in sorting. So made = distributed + merged + sorting.
    pub const fn distributed(&self) -> i64 {
        self.created - self.merged - self.sorting
    }

    /// The closed ones by outcome.
    pub const fn outcomes(&self) -> [(Outcome, i64); 4] {
        [
            (Outcome::Corrected, self.corrected),
            (Outcome::Cleared, self.cleared),
            (Outcome::ConfirmedFalse, self.confirmed_false),
            (Outcome::Unreachable, self.unreachable),
        ]
    }
}

/// How often a clue was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CluePrecision {
    /// The clue.
    pub clue: Clue,
    /// Suspicions of closed cases.
    pub closed: i64,
    /// Those that ended corrected or confirmed false.
    pub right: i64,
    /// Suspicions of cases whose appeal "issued by mistake" was accepted.
    pub mistaken: i64,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// One row for each value of the dimension, in its order.
    pub rows: Vec<CaseFigures>,
    /// All together, each case once.
    pub total: CaseFigures,
    /// The clues that have any, in their order.
    pub precisions: Vec<CluePrecision>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct StatisticsQuestion {
    /// Made from this time on.
    pub first: DateTime<Utc>,
    /// And before this one.
    pub end: DateTime<Utc>,
    /// Split by this.
    pub dimension: Dimension,
    /// Of this channel only.
    pub channel: Option<Channel>,
    /// Of this branch only.
    pub branch_code: Option<String>,
    /// Time by which a case is overdue.
    pub now: DateTime<Utc>,
}

const PRECISION: &str = "SELECT s.clue, \
    count(*) FILTER (WHERE c.state = 6 AND NOT s.withdrawn AND a.case_id IS NULL), \
    count(*) FILTER (WHERE c.state = 6 AND NOT s.withdrawn AND a.case_id IS NULL AND COALESCE(s.outcome, c.outcome) IN (1, 3)), \
    count(*) FILTER (WHERE a.case_id IS NOT NULL) \
    FROM c JOIN case_suspicion AS s ON s.case_id = c.id \
    LEFT JOIN (SELECT DISTINCT case_id FROM case_appeal WHERE accepted) AS a ON a.case_id = c.id";

impl Store {
    /// The figures of the cases within `scope`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_statistics(
        &self,
        scope: Scope,
        asked: StatisticsQuestion,
    ) -> Result<Statistics, StoreError> {
        self.with_snapshot(scope.clone(), move |tx| {
            Box::pin(async move {
                let filter = CaseFilter {
                    channel: asked.channel,
                    branch_code: asked.branch_code,
                    ..CaseFilter::default()
                };
                let question = Question { scope: &scope, filter: &filter, now: asked.now };
                let period = (asked.first, asked.end);
                let total = format!("SELECT '' AS key, {FIGURES} FROM c CROSS JOIN asked");
                let total: CaseFigures =
                    question.made(&total, period, "").build_query_as().fetch_one(&mut *tx).await?;
                let rows = if asked.dimension == Dimension::Whole {
                    Vec::new()
                } else {
                    let (key, from) = asked.dimension.sql();
                    let split = format!("SELECT {key} AS key, {FIGURES} FROM {from} CROSS JOIN asked");
                    question
                        .made(&split, period, "GROUP BY 1 ORDER BY 1")
                        .build_query_as()
                        .fetch_all(&mut *tx)
                        .await?
                };
                let precisions: Vec<(i16, i64, i64, i64)> = question
                    .made(PRECISION, period, "GROUP BY s.clue ORDER BY s.clue")
                    .build_query_as()
                    .fetch_all(&mut *tx)
                    .await?;
                let precisions = precisions.into_iter().map(|(clue, closed, right, mistaken)| {
                    Ok(CluePrecision { clue: Clue::from_number(clue, Uuid::nil())?, closed, right, mistaken })
                });
                let precisions = precisions.collect::<Result<_, StoreError>>()?;
                Ok(Statistics { rows, total, precisions })
            })
        })
        .await
    }
}
