//! A filter on the wire. What is not understood is refused: read as "not given", it would widen the filter, and whoever
//! changes cases by it would change others than he meant.

use zhenshi_proto::zhenshi::v1 as proto;

use super::shared::Incoming;
use crate::{
    app::CaseFilter,
    grpc::convert::enums::{Wire, read},
};

/// Fewest characters of the beginning of a case number: those of its day.
const FEWEST_OF_NUMBER: usize = 8;
/// Characters of a whole case number, YYYYMMDD-NNNNNN; from the millionth of a day on, one more.
const MOST_OF_NUMBER: usize = 16;

/// The filter in the field `filter`; everything is let through if there is none.
pub(super) fn filter(incoming: &mut Incoming, sent: Option<proto::CaseFilter>) -> CaseFilter {
    let Some(sent) = sent else { return CaseFilter::default() };
    let mut states = Vec::with_capacity(sent.states.len());
    for (place, number) in sent.states.iter().enumerate() {
        match read::<proto::CaseState>(*number) {
            Some(state) => states.push(state),
            None => incoming.wrong(&format!("filter.states[{place}]"), "violation-enum"),
        }
    }
    CaseFilter {
        states,
        assignee: code(sent.assignee_code),
        channel: known::<proto::Channel>(incoming, "filter.channel", sent.channel),
        branch_code: code(sent.branch_code),
        seller_code: code(sent.seller_code),
        clue: known::<proto::Clue>(incoming, "filter.clue", sent.clue),
        due_before: incoming.time("filter.due_before_time", sent.due_before_time),
        overdue: sent.overdue,
        case_no: number(incoming, sent.case_no),
        list_date: incoming.date("filter.list_date", sent.list_date),
        unassigned: sent.unassigned,
        outcome: known::<proto::CaseOutcome>(incoming, "filter.outcome", sent.outcome),
        ..CaseFilter::default()
    }
}

/// A code as it stands; none if it is empty.
pub(super) fn code(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The value of a number; none for "not given", a violation for a number that this version does not know.
pub(super) fn known<W: Wire + TryFrom<i32>>(
    incoming: &mut Incoming,
    path: &str,
    number: i32,
) -> Option<W::Domain> {
    let value = read::<W>(number);
    if value.is_none() && number != 0 {
        incoming.wrong(path, "violation-enum");
    }
    value
}

fn number(incoming: &mut Incoming, text: String) -> Option<String> {
    let text = code(text)?;
    let right = (FEWEST_OF_NUMBER..=MOST_OF_NUMBER).contains(&text.len())
        && text
            .chars()
            .enumerate()
            .all(|(place, c)| if place == FEWEST_OF_NUMBER { c == '-' } else { c.is_ascii_digit() });
    if !right {
        incoming.wrong("filter.case_no", "violation-format");
    }
    Some(text)
}
