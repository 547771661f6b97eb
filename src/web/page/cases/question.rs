//! The address of the worklist: filters as people and links write them, and the place where a page goes on.

use axum::{extract::Query, http::Uri};
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::{
    case::{CaseState, Outcome},
    shanghai,
    suspicion::Clue,
};

use crate::{
    app::{CaseFilter, Urgency, case::list_cases::From},
    security::principal::{ALL_CHANNELS, Principal},
    web::{
        error::url_escape,
        view::{
            case::named,
            cases_choices::{outcome_name, value_of},
        },
    },
};

/// Most characters of a code or a number in the address.
const MOST_CHARACTERS: usize = 64;
/// What stands for oneself among the assignees.
pub(super) const ME: &str = "me";

/// The query of the worklist's address. Everything may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Question {
    pub(in crate::web) state: Vec<String>,
    pub(in crate::web) assignee: String,
    pub(in crate::web) channel: String,
    pub(in crate::web) branch: String,
    pub(in crate::web) seller: String,
    pub(in crate::web) clue: String,
    /// The clock ends on this day or before.
    pub(in crate::web) due: String,
    /// Working day of the list.
    pub(in crate::web) list: String,
    pub(in crate::web) outcome: String,
    /// A call-back is scheduled on this day or before.
    pub(in crate::web) call: String,
    pub(in crate::web) overdue: String,
    pub(in crate::web) unassigned: String,
    /// Beginning of the case number.
    pub(in crate::web) no: String,
    /// Where the page goes on.
    pub(in crate::web) after: String,
}

impl Question {
    /// The filter; or the names of the fields that cannot be read.
    pub(super) fn filter(&self, principal: &Principal) -> Result<CaseFilter, Vec<&'static str>> {
        let mut wrong = Vec::new();
        let mut states = Vec::new();
        for wanted in self.state.iter().filter(|wanted| !wanted.is_empty()) {
            match CaseState::ALL.into_iter().find(|state| value_of(state.name()) == *wanted) {
                Some(state) => states.push(state),
                None => wrong.push("state"),
            }
        }
        let mut code = |name, text: &str| {
            let text = text.trim();
            let fits = text.chars().count() <= MOST_CHARACTERS && !text.chars().any(char::is_control);
            if !fits {
                wrong.push(name);
            }
            (fits && !text.is_empty()).then(|| text.to_owned())
        };
        let mut filter = CaseFilter {
            states,
            assignee: code("assignee", &self.assignee),
            branch_code: code("branch", &self.branch),
            seller_code: code("seller", &self.seller),
            case_no: code("no", &self.no),
            overdue: !self.overdue.is_empty(),
            unassigned: !self.unassigned.is_empty(),
            ..CaseFilter::default()
        };
        if filter.assignee.as_deref() == Some(ME) {
            filter.assignee = principal.staff.as_ref().map(|own| own.staff_code.clone());
        }
        if filter.case_no.as_ref().is_some_and(|no| !no.bytes().all(|b| b.is_ascii_digit() || b == b'-')) {
            wrong.push("no");
        }
        filter.channel = known("channel", &self.channel, &ALL_CHANNELS, named::channel_value, &mut wrong);
        filter.clue = known("clue", &self.clue, &Clue::ALL, Clue::name, &mut wrong);
        filter.outcome = known("outcome", &self.outcome, &Outcome::ALL, outcome_name, &mut wrong);
        // A deadline at 24:00 belongs to the day that it ends.
        let due = day("due", &self.due, &mut wrong).map(|day| shanghai::end_of(day) + TimeDelta::seconds(1));
        filter.due_before = due;
        filter.call_back_before = day("call", &self.call, &mut wrong).map(shanghai::end_of);
        filter.list_date = day("list", &self.list, &mut wrong);
        if wrong.is_empty() { Ok(filter) } else { Err(wrong) }
    }

    /// Where the page goes on; none if that is no place.
    pub(super) fn from(&self) -> Option<From> {
        if self.after.is_empty() {
            return Some(From::Top);
        }
        let mut parts = self.after.splitn(4, '.');
        let time = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
        let rank = parts.next()?.parse().ok()?;
        let id = Uuid::try_parse(parts.next()?).ok()?;
        let position = parts.next()?.parse().ok()?;
        Some(From::After(Urgency { time, rank, id }, position))
    }

    /// The query without the place: what a saved view keeps, and what links begin with. No secret is in it.
    pub(in crate::web) fn query(&self) -> String {
        let mut pairs: Vec<(&str, &str)> = self.state.iter().map(|state| ("state", state.as_str())).collect();
        pairs.extend([
            ("assignee", self.assignee.as_str()),
            ("channel", &self.channel),
            ("branch", &self.branch),
            ("seller", &self.seller),
            ("clue", &self.clue),
            ("due", &self.due),
            ("list", &self.list),
            ("outcome", &self.outcome),
            ("call", &self.call),
            ("overdue", &self.overdue),
            ("unassigned", &self.unassigned),
            ("no", &self.no),
        ]);
        let given = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        given
            .map(|(name, value)| format!("{name}={}", url_escape(value.trim())))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// The question of a query's pairs; names that are not ours are passed over.
    pub(in crate::web) fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        let mut question = Self::default();
        for (name, value) in pairs {
            let place = match name.as_str() {
                "state" => {
                    question.state.push(value);
                    continue;
                }
                "assignee" => &mut question.assignee,
                "channel" => &mut question.channel,
                "branch" => &mut question.branch,
                "seller" => &mut question.seller,
                "clue" => &mut question.clue,
                "due" => &mut question.due,
                "list" => &mut question.list,
                "outcome" => &mut question.outcome,
                "call" => &mut question.call,
                "overdue" => &mut question.overdue,
                "unassigned" => &mut question.unassigned,
                "no" => &mut question.no,
                _ => continue,
            };
            *place = value;
        }
        question
    }

    /// The question of a query as a form or a saved view carries it.
    pub(in crate::web) fn of_query(query: &str) -> Option<Self> {
        let uri: Uri = format!("/cases?{query}").parse().ok()?;
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?.0;
        Some(Self::of_pairs(pairs))
    }

    /// The address of the worklist with this query.
    pub(in crate::web) fn href(&self) -> String {
        match self.query() {
            query if query.is_empty() => "/cases".to_owned(),
            query => format!("/cases?{query}"),
        }
    }
}

/// The address of the page after `next`.
pub(super) fn next_href(question: &Question, next: From) -> Option<String> {
    let From::After(place, position) = next else { return None };
    let after = format!("{}.{}.{}.{position}", place.time.timestamp_micros(), place.rank, place.id);
    let query = question.query();
    let begin = if query.is_empty() { String::new() } else { format!("{query}&") };
    Some(format!("/cases?{begin}after={after}"))
}

/// The value that is called `text`.
fn known<T: Copy>(
    field: &'static str,
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    wrong: &mut Vec<&'static str>,
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let found = all.iter().copied().find(|one| value_of(name(*one)) == text);
    if found.is_none() {
        wrong.push(field);
    }
    found
}

fn day(field: &'static str, text: &str, wrong: &mut Vec<&'static str>) -> Option<NaiveDate> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if day.is_none() {
        wrong.push(field);
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who() -> Principal {
        Principal::whole("test")
    }

    #[test]
    fn an_address_is_read_and_written() {
        let question = Question {
            state: vec!["open".into(), "assigned".into()],
            clue: "same-phone".into(),
            channel: "direct".into(),
            due: "2026-11-23".into(),
            no: "20261123-".into(),
            overdue: "1".into(),
            seller: "S 1&x=y".into(),
            ..Question::default()
        };
        let filter = question.filter(&who()).unwrap();
        assert_eq!(filter.states, [CaseState::Open, CaseState::Assigned]);
        assert_eq!((filter.clue, filter.overdue), (Some(Clue::SamePhone), true));
        assert!(filter.due_before.is_some_and(|time| time > shanghai::end_of("2026-11-23".parse().unwrap())));
        let query = "state=open&state=assigned&channel=direct&seller=S%201%26x%3Dy&clue=same-phone&due=2026-11-23&overdue=1&no=20261123-";
        assert_eq!(question.query(), query);
        assert_eq!(Question::default().href(), "/cases");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let question = Question {
            state: vec!["lost".into()],
            channel: "moon".into(),
            due: "2026-02-30".into(),
            no: "abc".into(),
            seller: "x".repeat(65),
            ..Question::default()
        };
        let mut wrong = question.filter(&who()).unwrap_err();
        wrong.sort_unstable();
        assert_eq!(wrong, ["channel", "due", "no", "seller", "state"]);
    }

    #[test]
    fn a_place_is_there_and_back() {
        let place = Urgency {
            time: DateTime::from_timestamp_micros(1_764_000_000_000_001).unwrap(),
            rank: -50,
            id: Uuid::from_u128(7),
        };
        let href = next_href(&Question::default(), From::After(place, 9)).unwrap();
        let after = href.split_once("after=").unwrap().1.to_owned();
        let question = Question { after, ..Question::default() };
        assert_eq!(question.from(), Some(From::After(place, 9)));
        for bad in ["x", "1.2", "1.2.3.4", "-9223372036854775808.1.00000000-0000-0000-0000-000000000000.1"] {
            assert_eq!(Question { after: bad.into(), ..Question::default() }.from(), None, "{bad}");
        }
    }
}
