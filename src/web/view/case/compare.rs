//! The members of a case side by side: one column a customer and application (who insures himself stands there once), one row a
//! fact, differences marked.
//!
//! Whether values agree is told from the values themselves, what is shown is masked: two numbers can look alike behind their
//! stars and differ. To add a row: its line in [`rows`] and its words `page-case-row-…`.

mod agree;
mod values;

use uuid::Uuid;

use self::{
    agree::{cell, mark},
    values::{Asks, rows},
};
use crate::{
    app::case::get_case::ShownCaseMember,
    web::{say::Say, view::words},
};

/// The table.
#[derive(Default)]
pub(in crate::web) struct Comparison {
    pub(in crate::web) members: Vec<Head>,
    pub(in crate::web) rows: Vec<Row>,
}

/// A member.
pub(in crate::web) struct Head {
    /// Customer A, customer B, …: the same letter is the same customer.
    pub(in crate::web) title: String,
    /// His role in the application.
    pub(in crate::web) role: String,
    /// Of another channel: only that there is one.
    pub(in crate::web) stub: bool,
    /// His data was destroyed, or was not opened.
    pub(in crate::web) nothing: bool,
}

/// Whether the members agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Mark {
    /// Fewer than two have it, or it is not to be compared.
    None,
    /// All have the same.
    Same,
    /// Some value is with several of them.
    Shared,
    /// They differ.
    Differ,
}

/// A fact of every member.
pub(in crate::web) struct Row {
    pub(in crate::web) label: String,
    pub(in crate::web) mark: Mark,
    /// The mark in words.
    pub(in crate::web) mark_text: String,
    pub(in crate::web) cells: Vec<Vec<Value>>,
}

/// A value.
#[derive(Clone)]
pub(in crate::web) struct Value {
    pub(in crate::web) text: String,
    /// Leads to the record behind it; empty: nowhere.
    pub(in crate::web) href: String,
    /// It is with another customer of the case too.
    pub(in crate::web) shared: bool,
    /// What can be shown in clear with a reason: address of the question; empty: nothing.
    pub(in crate::web) reveal: String,
}

/// A value with what it is compared by.
struct Raw {
    shown: String,
    key: String,
    href: String,
    field: Option<&'static str>,
    reveal: String,
}

impl Raw {
    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { key: text.clone(), shown: text, href: String::new(), field: None, reveal: String::new() }
    }

    fn masked(clear: &str, mask: fn(&str) -> String, field: &'static str) -> Self {
        let key = clear.trim().to_lowercase();
        let shown = if key.is_empty() { String::new() } else { mask(clear) };
        Self { shown, key, href: String::new(), field: Some(field), reveal: String::new() }
    }
}

/// The table of `members` of the case `case_no`; `reveals` says whether the caller may ask for clear values at all.
pub(in crate::web) fn comparison(
    say: &Say,
    case_no: &str,
    members: &[ShownCaseMember],
    reveals: bool,
) -> Comparison {
    let columns = columns(members);
    let mut customers: Vec<Uuid> = Vec::new();
    let heads = columns.iter().map(|column| head(say, column, &mut customers)).collect();
    let who: Vec<usize> = columns
        .iter()
        .map(|column| customers.iter().position(|own| *own == column.customer).unwrap_or_default())
        .collect();
    let asks = Asks { case_no, reveals };
    let rows = rows(say, &columns, &asks).into_iter().map(|(id, compared, raw)| {
        let mark = if compared { mark(&raw, &who) } else { Mark::None };
        let cells = (0..raw.len()).map(|place| cell(&raw, &who, place, compared)).collect();
        let mark_text = match mark {
            Mark::None => String::new(),
            Mark::Same => say.t("page-case-mark-same"),
            Mark::Shared => say.t("page-case-mark-shared"),
            Mark::Differ => say.t("page-case-mark-differ"),
        };
        Row { label: say.t(id), mark, mark_text, cells }
    });
    Comparison { members: heads, rows: rows.collect() }
}

/// A customer in one application, whatever parties he is there.
struct Column<'a> {
    customer: Uuid,
    members: Vec<&'a ShownCaseMember>,
}

fn columns(members: &[ShownCaseMember]) -> Vec<Column<'_>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for member in members {
        let (id, submission) = (customer(member), submission(member));
        let own = |column: &&mut Column<'_>| {
            column.customer == id && column.members.iter().all(|other| self::submission(other) == submission)
        };
        match columns.iter_mut().find(own) {
            Some(column) => column.members.push(member),
            None => columns.push(Column { customer: id, members: vec![member] }),
        }
    }
    columns
}

const fn submission(member: &ShownCaseMember) -> Option<Uuid> {
    match member {
        ShownCaseMember::Stub { .. } => None,
        ShownCaseMember::Full { row, .. } => Some(row.submission_id),
    }
}

const fn customer(member: &ShownCaseMember) -> Uuid {
    match member {
        ShownCaseMember::Stub { customer_id, .. } => *customer_id,
        ShownCaseMember::Full { row, .. } => row.customer_id,
    }
}

/// A letter for each customer in the order in which they are met.
pub(in crate::web) fn letter(place: usize) -> String {
    let letter =
        u8::try_from(place).ok().and_then(|place| b'A'.checked_add(place)).filter(u8::is_ascii_uppercase);
    letter.map_or_else(|| (place + 1).to_string(), |letter| char::from(letter).to_string())
}

fn head(say: &Say, column: &Column<'_>, customers: &mut Vec<Uuid>) -> Head {
    let place = customers.iter().position(|own| *own == column.customer).unwrap_or_else(|| {
        customers.push(column.customer);
        customers.len() - 1
    });
    let title = say.named("page-case-customer", &letter(place));
    let (mut roles, mut stub, mut nothing) = (Vec::new(), true, true);
    for member in &column.members {
        if let ShownCaseMember::Full { row, party } = member {
            roles.push(say.t(words::role(row.role)));
            stub = false;
            nothing &= party.is_none();
        }
    }
    Head { title, role: roles.join(&say.t("page-case-or")), stub, nothing: nothing && !stub }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn customers_after_the_last_letter_have_numbers() {
        assert_eq!((letter(0).as_str(), letter(25).as_str(), letter(26).as_str()), ("A", "Z", "27"));
    }
}
