//! Which cases are wanted, and their place in the order of urgency; [`super::filter`] makes SQL of it.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{CaseState, Outcome},
    suspicion::Clue,
};

use super::CaseRow;

/// What cases are asked for. All that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// States; every one that is not over if empty.
    pub states: Vec<CaseState>,
    /// Assignee.
    pub assignee: Option<String>,
    /// Lead channel.
    pub channel: Option<Channel>,
    /// Lead branch.
    pub branch_code: Option<String>,
    /// Seller of a member.
    pub seller_code: Option<String>,
    /// Clue of a suspicion.
    pub clue: Option<Clue>,
    /// The clock that runs ends before this.
    pub due_before: Option<DateTime<Utc>>,
    /// Overdue ones only.
    pub overdue: bool,
    /// Beginning of the case number.
    pub case_no: Option<String>,
    /// Working day of the list.
    pub list_date: Option<NaiveDate>,
    /// Nobody has it.
    pub unassigned: bool,
    /// The end that was submitted last.
    pub outcome: Option<Outcome>,
    /// A call-back is scheduled before this.
    pub call_back_before: Option<DateTime<Utc>>,
}

impl CaseFilter {
    /// The same with every state instead of none: for who asks what changed, and must learn of the end of a case.
    #[must_use]
    pub fn in_any_state(mut self) -> Self {
        if self.states.is_empty() {
            self.states = CaseState::ALL.to_vec();
        }
        self
    }

    /// Whether `case` matches at the time `now`: the same as [`Question::narrow`] says in SQL.
    pub fn matches(&self, case: &CaseRow, now: DateTime<Utc>) -> bool {
        let same = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|code| code == own);
        let state =
            if self.states.is_empty() { !case.state.is_over() } else { self.states.contains(&case.state) };
        state
            && same(&self.assignee, case.assignee.as_deref().unwrap_or_default())
            && self.channel.is_none_or(|channel| channel == case.channel)
            && same(&self.branch_code, &case.branch_code)
            && self.seller_code.as_ref().is_none_or(|code| case.seller_codes.contains(code))
            && self.clue.is_none_or(|clue| case.clues.contains(&clue))
            && self.due_before.is_none_or(|time| case.due_time.is_some() && case.urgent_time < time)
            && (!self.overdue || case.is_overdue(now))
            && self.case_no.as_ref().is_none_or(|beginning| case.case_no.starts_with(beginning.as_str()))
            && self.list_date.is_none_or(|day| case.list_date() == Some(day))
            && (!self.unassigned
                || (case.assignee.is_none() && case.unit_code.is_empty() && !case.with_compliance))
            && self.outcome.is_none_or(|outcome| case.outcome == Some(outcome))
            && self.call_back_before.is_none_or(|time| case.call_back_time.is_some_and(|call| call < time))
    }
}

/// Place of a case in the order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    /// End of the clock that runs, or what comes first of its customers' days.
    pub time: DateTime<Utc>,
    /// Priority, negated.
    pub rank: i32,
    /// The case.
    pub id: Uuid,
}

impl Urgency {
    /// The place of `case`.
    pub const fn of(case: &CaseRow) -> Self {
        Self { time: case.urgent_time, rank: -case.priority, id: case.id }
    }
}
