//! Narrowing cases: which are wanted ([`super::wanted`]) and who sees what, as SQL. The one file of cases that builds
//! SQL as it goes; values are bound, never written.
//!
//! A question is split into **arms**: one for each part of the states that has indexes of its own, times one for each way in
//! which a case comes into the caller's reach. The arms exclude each other and each is a walk along one index in order of
//! urgency, so that a page costs its rows, however many cases there are. To add a condition: its field, its clause in
//! [`Question::narrow`], its line in [`CaseFilter::matches`].

use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;
use zhenshi_domain::case::CaseState;

use super::reach::claimable;
pub use super::wanted::{CaseFilter, Urgency};
use crate::{
    security::{principal::ALL_SOURCES, scope::Scope},
    store::{StoreError, Tx, codes::Coded as _},
};

/// A way in which a case comes into the caller's reach.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// All of them.
    All,
    /// Of these channels.
    Channels(Vec<i16>),
    /// Of a channel, or of a branch of it.
    Area(i16, Option<String>),
    /// Of a channel and assigned to somebody of this team leader's.
    Team(i16, String),
    /// Assigned to him.
    Assigned(String),
    /// He is copied or assists.
    TakesPart(String),
    /// Waits for a clerk of this channel and branch.
    Waiting(i16, String),
}

impl Way {
    /// The ways of `scope`; none: nothing is within it.
    fn of(scope: &Scope) -> Vec<Self> {
        if scope.is_everything() {
            return vec![Self::All];
        }
        if let Some(reach) = scope.reach() {
            // A case can have members of any source.
            let every_source = reach.sources.iter().any(|own| own == ALL_SOURCES);
            let channels = reach.channels.iter().map(|channel| channel.number()).collect();
            return if every_source { vec![Self::Channels(channels)] } else { Vec::new() };
        }
        let mut ways = Vec::with_capacity(4);
        if let Some(channel) = scope.channel() {
            ways.push(Self::Area(channel.number(), scope.branch().map(ToOwned::to_owned)));
            if let Some(leader) = scope.team_leader() {
                ways.push(Self::Team(channel.number(), leader.to_owned()));
            }
        }
        if let Some(own) = scope.staff() {
            ways.push(Self::Assigned(own.to_owned()));
            ways.push(Self::TakesPart(own.to_owned()));
        }
        if let Some((channel, branch_code)) = claimable(scope) {
            ways.push(Self::Waiting(channel.number(), branch_code.to_owned()));
        }
        ways
    }

    fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::All => sql.push("true"),
            Self::Channels(channels) => {
                sql.push("c.channel = ANY(").push_bind(channels.clone()).push(")")
            }
            Self::Area(channel, branch_code) => {
                sql.push("c.channel = ").push_bind(*channel);
                match branch_code {
                    Some(code) => sql.push(" AND c.branch_code = ").push_bind(code.clone()),
                    None => sql,
                }
            }
            Self::Team(channel, leader) => sql
                .push("c.channel = ")
                .push_bind(*channel)
                .push(
                    " AND c.assignee = ANY(ARRAY(SELECT s.code FROM directory_entry s \
                     WHERE s.kind = 5 AND s.team_leader_code = ",
                )
                .push_bind(leader.clone())
                .push("))"),
            Self::Assigned(own) => sql.push("c.assignee = ").push_bind(own.clone()),
            Self::TakesPart(own) => sql
                .push("c.id = ANY(ARRAY(SELECT p.case_id FROM case_participant p WHERE p.staff_code = ")
                .push_bind(own.clone())
                .push("))"),
            Self::Waiting(channel, branch_code) => sql
                .push("c.state = 2 AND c.assignee IS NULL AND c.unit_code = '' AND NOT c.with_compliance AND c.channel = ")
                .push_bind(*channel)
                .push(" AND c.branch_code = ")
                .push_bind(branch_code.clone()),
        };
    }
}

/// States that share their indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All that are not over.
    Going,
    /// One state.
    Only(CaseState),
}

/// Cases within `scope` that match `filter` at the time `now`.
pub(in crate::store) struct Question<'a> {
    pub(in crate::store) scope: &'a Scope,
    pub(in crate::store) filter: &'a CaseFilter,
    pub(in crate::store) now: DateTime<Utc>,
}

impl Question<'_> {
    /// A page in order of urgency: every column of at most `limit` cases after `after`, and the position of the outbox.
    pub(in crate::store) fn page(&self, after: Option<Urgency>, limit: i64) -> QueryBuilder<Postgres> {
        self.ordered(PLACED, COLUMNS, after, limit)
    }

    /// How PostgreSQL would find that page.
    pub(in crate::store) fn plan(&self, after: Option<Urgency>, limit: i64) -> QueryBuilder<Postgres> {
        self.ordered(&format!("EXPLAIN (COSTS OFF) {PLACED}"), COLUMNS, after, limit)
    }

    fn ordered(
        &self,
        select: &str,
        columns: &str,
        after: Option<Urgency>,
        limit: i64,
    ) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(select);
        sql.push(" FROM (");
        self.union(&mut sql, &self.parts(), |sql, part| {
            sql.push("(SELECT ").push(columns).push(" FROM case_file AS c WHERE ");
            part(sql);
            if let Some(after) = after {
                sql.push(" AND (c.urgent_time, c.urgency_rank, c.id) > (").push_bind(after.time);
                sql.push(", ").push_bind(after.rank).push(", ").push_bind(after.id).push(")");
            }
            sql.push(" ORDER BY c.urgent_time, c.urgency_rank, c.id LIMIT ").push_bind(limit).push(")");
        });
        sql.push(") AS c ORDER BY c.urgent_time, c.urgency_rank, c.id LIMIT ").push_bind(limit);
        sql
    }

    /// How many there are of each state that has any, the filter's states aside, and how many of them are overdue: of one
    /// state and way, at most `most` are counted, the most urgent first.
    pub(in crate::store) fn counts(&self, most: i64) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(
            "SELECT state, sum(count)::bigint AS count, sum(overdue)::bigint AS overdue FROM (",
        );
        let parts: Vec<Part> = CaseState::ALL.into_iter().map(Part::Only).collect();
        self.union(&mut sql, &parts, |sql, part| {
            sql.push("(SELECT c.state, count(*) AS count, count(*) FILTER (WHERE c.state < 6 AND c.due_time IS NOT NULL \
                AND c.urgent_time <= ");
            sql.push_bind(self.now);
            sql.push(") AS overdue FROM (SELECT c.state, c.due_time, c.urgent_time FROM case_file AS c WHERE ");
            part(sql);
            sql.push(" ORDER BY c.urgent_time LIMIT ").push_bind(most).push(") AS c GROUP BY c.state)");
        });
        sql.push(") AS c GROUP BY state ORDER BY state");
        sql
    }

    /// How many there are.
    fn total(&self) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new("SELECT COALESCE(sum(count), 0)::bigint FROM (");
        self.union(&mut sql, &self.parts(), |sql, part| {
            sql.push("SELECT count(*) AS count FROM case_file AS c WHERE ");
            part(sql);
        });
        sql.push(") AS c");
        sql
    }

    /// Those of `ids` that are within it, with every column.
    pub(in crate::store) fn among(&self, ids: &[Uuid]) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS)
            .push(" FROM case_file AS c WHERE c.id = ANY(")
            .push_bind(ids.to_vec())
            .push(") AND (false");
        for way in Way::of(self.scope) {
            sql.push(" OR (");
            way.push(&mut sql);
            sql.push(")");
        }
        sql.push(")");
        let states: Vec<i16> = self.states().into_iter().map(CaseState::code).collect();
        sql.push(" AND c.state = ANY(").push_bind(states).push(")");
        self.narrow(&mut sql);
        sql
    }

    /// `select`, then those made in the period (its end left out) in any state, then `group`: for the statistics.
    pub(in crate::store) fn made(
        &self,
        select: &str,
        (first, end): (DateTime<Utc>, DateTime<Utc>),
        group: &str,
    ) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new("WITH c AS (SELECT c.* FROM case_file AS c WHERE c.created_time >= ");
        sql.push_bind(first).push(" AND c.created_time < ").push_bind(end).push(" AND (false");
        for way in Way::of(self.scope) {
            sql.push(" OR (");
            way.push(&mut sql);
            sql.push(")");
        }
        sql.push(")");
        self.narrow(&mut sql);
        sql.push("), asked AS (SELECT ").push_bind(self.now).push("::timestamptz AS time) ");
        sql.push(select).push(" ").push(group);
        sql
    }

    /// The arms, each written by `arm` around its conditions.
    fn union(
        &self,
        sql: &mut QueryBuilder<Postgres>,
        parts: &[Part],
        arm: impl Fn(&mut QueryBuilder<Postgres>, &dyn Fn(&mut QueryBuilder<Postgres>)),
    ) {
        let ways = Way::of(self.scope);
        let mut first = true;
        for part in parts {
            for (place, way) in ways.iter().enumerate() {
                if !first {
                    sql.push(" UNION ALL ");
                }
                first = false;
                arm(sql, &|sql| self.conditions(sql, *part, way, ways.get(..place).unwrap_or_default()));
            }
        }
        if first {
            // Nothing is within the scope, or the states asked for cannot match.
            arm(sql, &|sql| {
                sql.push("false");
            });
        }
    }

    fn conditions(&self, sql: &mut QueryBuilder<Postgres>, part: Part, way: &Way, before: &[Way]) {
        // Written, not bound: the indexes are of a part of the states, and the planner has to see which.
        match part {
            Part::Going => sql.push("c.state < 6 AND "),
            Part::Only(state) if state.is_over() => {
                sql.push("c.state >= 6 AND c.state = ").push(state.code()).push(" AND ")
            }
            Part::Only(state) => sql.push("c.state < 6 AND c.state = ").push(state.code()).push(" AND "),
        };
        way.push(sql);
        for earlier in before {
            sql.push(" AND (");
            earlier.push(sql);
            sql.push(") IS NOT TRUE");
        }
        let going: Vec<i16> =
            self.states().into_iter().filter(|state| !state.is_over()).map(CaseState::code).collect();
        if part == Part::Going && going.len() < ALL_GOING {
            sql.push(" AND c.state = ANY(").push_bind(going).push(")");
        }
        self.narrow(sql);
    }

    fn states(&self) -> Vec<CaseState> {
        let every = CaseState::ALL.into_iter();
        if self.filter.states.is_empty() {
            every.filter(|state| !state.is_over()).collect()
        } else {
            every.filter(|state| self.filter.states.contains(state)).collect()
        }
    }

    fn parts(&self) -> Vec<Part> {
        let (going, over): (Vec<_>, Vec<_>) = self.states().into_iter().partition(|state| !state.is_over());
        let going = match going.as_slice() {
            [] => None,
            [only] => Some(Part::Only(*only)),
            _ => Some(Part::Going),
        };
        // What is over is never overdue.
        let over = over.into_iter().filter(|_| !self.filter.overdue).map(Part::Only);
        going.into_iter().chain(over).collect()
    }

    /// Everything that the filter says beside the states.
    fn narrow(&self, sql: &mut QueryBuilder<Postgres>) {
        let filter = self.filter;
        if let Some(code) = &filter.assignee {
            sql.push(" AND c.assignee = ").push_bind(code.clone());
        }
        if let Some(channel) = filter.channel {
            sql.push(" AND c.channel = ").push_bind(channel.number());
        }
        if let Some(code) = &filter.branch_code {
            sql.push(" AND c.branch_code = ").push_bind(code.clone());
        }
        if let Some(code) = &filter.seller_code {
            sql.push(" AND c.seller_codes @> ").push_bind(vec![code.clone()]);
        }
        if let Some(clue) = filter.clue {
            sql.push(" AND c.clues @> ").push_bind(vec![clue.number()]);
        }
        if let Some(time) = filter.due_before {
            sql.push(" AND c.due_time IS NOT NULL AND c.urgent_time < ").push_bind(time);
        }
        if filter.overdue {
            sql.push(" AND c.state < 6 AND c.due_time IS NOT NULL AND c.urgent_time <= ").push_bind(self.now);
        }
        if let Some(beginning) = &filter.case_no {
            numbered(sql, beginning.clone());
        }
        if let Some(day) = filter.list_date {
            sql.push(" AND c.list_id IS NOT NULL");
            numbered(sql, day.format("%Y%m%d").to_string());
        }
        if filter.unassigned {
            sql.push(" AND c.assignee IS NULL AND c.unit_code = '' AND NOT c.with_compliance");
        }
        if let Some(outcome) = filter.outcome {
            sql.push(" AND c.outcome = ").push_bind(outcome.code());
        }
        if let Some(time) = filter.call_back_before {
            sql.push(" AND c.call_back_time < ").push_bind(time);
        }
    }
}

/// How many states are not over.
const ALL_GOING: usize = 5;

/// A beginning of the case number, as a range of an index that compares characters. Numbers are of digits and hyphens.
fn numbered(sql: &mut QueryBuilder<Postgres>, beginning: String) {
    let end = format!("{beginning}:");
    sql.push(" AND c.case_no ~>=~ ").push_bind(beginning).push(" AND c.case_no ~<~ ").push_bind(end);
}

/// What is told of a page: its cases, and the position of the outbox that the same statement sees.
const PLACED: &str = "SELECT c.*, (SELECT position FROM chain_head WHERE name = 'outbox') AS position";

/// Every column of [`super::raw::Raw`], and the one that orders.
const COLUMNS: &str = "c.id, c.case_no, c.source, c.doubt, c.state, c.version, c.list_id, c.priority, c.clues, c.customers_key, \
    c.seller_codes, c.agency_codes, c.channel, c.branch_code, c.channel_received_time, c.assignee, c.assigned_time, \
    c.unit_code, c.with_compliance, c.nobody_free, c.held, c.release_time, c.merged_into, c.taken_over, c.due_time, \
    c.due_basis, c.due_provisional, c.opened_overdue, c.call_back_time, c.cooling_off_end_date, c.calendar_version, \
    c.extended_until, c.extended_working_days, c.verification_due_time, c.unextended_due_time, c.paused_since, c.urgent_time, c.urgency_rank, \
    c.outcome, c.cleared_kind, c.servicing_no, c.submitted_time, c.round, c.sampled, c.returned_count, c.closed_time, \
    c.on_time, c.commission_held, c.created_by, c.created_time, c.changed_time";

/// Ids of the cases within `scope` that match `filter`, in order of urgency, at most `limit` of them; and how many there are.
pub(in crate::store) async fn ids(
    tx: &mut Tx,
    scope: &Scope,
    filter: &CaseFilter,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<(Vec<Uuid>, i64), StoreError> {
    let question = Question { scope, filter, now };
    let mut found: Vec<Uuid> = question
        .ordered("SELECT c.id", "c.id, c.urgent_time, c.urgency_rank", None, limit.saturating_add(1))
        .build_query_scalar()
        .fetch_all(&mut *tx)
        .await?;
    let counted = i64::try_from(found.len()).unwrap_or(i64::MAX);
    if counted <= limit {
        return Ok((found, counted));
    }
    found.truncate(usize::try_from(limit).unwrap_or_default());
    let total = question.total().build_query_scalar().fetch_one(tx).await?;
    Ok((found, total))
}
