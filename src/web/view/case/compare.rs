//! The members of a case side by side: one column a customer and application (who insures himself stands there once), one row a
//! fact, differences marked.
//!
//! Whether values agree is told from the values themselves, what is shown is masked: two numbers can look alike behind their
//! stars and differ. To add a row: its line in [`rows`] and its words `page-case-row-…`.

use uuid::Uuid;
use zhenshi_domain::{contact::phone, mask, party::Role};

use crate::{
    app::{
        DatePayload, PersonPayload, case::get_case::ShownCaseMember, export_suspicion_list::certificate_word,
        get_submission::ShownParty,
    },
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

/// What is needed to ask for a clear value.
struct Asks<'a> {
    case_no: &'a str,
    reveals: bool,
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

/// One row: its words, whether it is compared, and the values of each column.
type RawRow = (&'static str, bool, Vec<Vec<Raw>>);

fn rows(say: &Say, columns: &[Column<'_>], asks: &Asks<'_>) -> Vec<RawRow> {
    let of_person = |what: &dyn Fn(&ShownParty, &PersonPayload) -> Vec<Raw>| -> Vec<Vec<Raw>> {
        let nobody = PersonPayload::default();
        let one = |member: &&ShownCaseMember| match member {
            ShownCaseMember::Full { row, party: Some(party) } => {
                let mut raw = what(party, party.payload.person.as_ref().unwrap_or(&nobody));
                asks.ask(row.customer_id, &mut raw);
                raw
            }
            _ => Vec::new(),
        };
        columns.iter().map(|column| once(column.members.iter().flat_map(one))).collect()
    };
    let mut rows: Vec<RawRow> = vec![
        (
            "page-case-row-name",
            true,
            of_person(&|party, person| vec![Raw::masked(name(party, person), mask::name, "name")]),
        ),
        (
            "page-case-row-certificate-kind",
            true,
            of_person(&|_, person| {
                person.kind().map(|kind| Raw::plain(say.t(certificate_word(kind)))).into_iter().collect()
            }),
        ),
        (
            "page-case-row-certificate",
            true,
            of_person(&|_, person| {
                vec![Raw::masked(&person.certificate_number, mask::certificate, "certificate_number")]
            }),
        ),
        (
            "page-case-row-sex",
            true,
            of_person(&|_, person| {
                let word = person.sex.map(|sex| if sex == 'M' { "form-male" } else { "form-female" });
                word.map(|word| Raw::plain(say.t(word))).into_iter().collect()
            }),
        ),
        ("page-case-row-birth", true, of_person(&|_, person| birth(person).into_iter().collect())),
        (
            "page-case-row-phones",
            true,
            of_person(&|_, person| person.phones.iter().map(|own| phone_of(own)).collect()),
        ),
        (
            "page-case-row-accounts",
            true,
            of_person(&|party, _| {
                let own = party.payload.accounts.iter();
                own.map(|account| Raw::masked(&account.number, mask::account, "account_numbers")).collect()
            }),
        ),
        (
            "page-case-row-email",
            true,
            of_person(&|_, person| vec![Raw::masked(&person.email, mask::email, "email")]),
        ),
        ("page-case-row-address", true, of_person(&|_, person| address(person).into_iter().collect())),
    ];
    rows.extend(of_application(say, columns));
    rows
}

/// Each value once, in the order in which they come.
fn once(values: impl Iterator<Item = Raw>) -> Vec<Raw> {
    let mut kept: Vec<Raw> = Vec::new();
    for raw in values {
        if !kept.iter().any(|other| other.key == raw.key) {
            kept.push(raw);
        }
    }
    kept
}

impl Asks<'_> {
    /// Where the clear values behind `raw` are asked for.
    fn ask(&self, customer: Uuid, raw: &mut [Raw]) {
        for value in raw.iter_mut().filter(|value| self.reveals && !value.key.is_empty()) {
            if let Some(field) = value.field {
                value.reveal = format!("/cases/{}/reveal/{customer}/{field}", self.case_no);
            }
        }
    }
}

fn of_application(say: &Say, columns: &[Column<'_>]) -> Vec<RawRow> {
    let of = |what: &dyn Fn(&crate::app::CaseMember) -> Raw| -> Vec<Vec<Raw>> {
        let one = |member: &&ShownCaseMember| match member {
            ShownCaseMember::Full { row, .. } => Some(what(row)),
            ShownCaseMember::Stub { .. } => None,
        };
        columns.iter().map(|column| once(column.members.iter().filter_map(one))).collect()
    };
    let channel = |member: &&ShownCaseMember| {
        let channel = match member {
            ShownCaseMember::Stub { channel, .. } => *channel,
            ShownCaseMember::Full { row, .. } => row.channel,
        };
        Raw::plain(say.t(words::channel(channel)))
    };
    let channels = columns.iter().map(|column| once(column.members.iter().map(channel)));
    vec![
        (
            "page-case-row-application",
            false,
            of(&|row| Raw {
                href: format!("/submissions/{}", row.submission_id),
                ..Raw::plain(row.application_no.clone())
            }),
        ),
        ("page-case-row-policy", false, of(&|row| Raw::plain(row.policy_no.clone()))),
        ("page-case-row-channel", false, channels.collect()),
        ("page-case-row-branch", false, of(&|row| Raw::plain(row.branch_code.clone()))),
        ("page-case-row-seller", true, of(&|row| Raw::plain(row.seller_code.clone()))),
        ("page-case-row-agency", true, of(&|row| Raw::plain(row.agency_code.clone()))),
    ]
}

/// A payer is known by the name on the account.
fn name<'a>(party: &'a ShownParty, person: &'a PersonPayload) -> &'a str {
    let holder = party.payload.accounts.first().map_or("", |account| account.holder_name.as_str());
    if party.role == Role::Payer { holder } else { &person.name }
}

fn birth(person: &PersonPayload) -> Option<Raw> {
    match person.birth_date {
        DatePayload::Day(day) => Some(Raw {
            shown: mask::birth_date(day),
            field: Some("birth_date"),
            ..Raw::plain(day.to_string())
        }),
        DatePayload::Unset | DatePayload::Impossible => None,
    }
}

fn phone_of(number: &str) -> Raw {
    let key = phone::fingerprint_form(number).map(|form| form.key());
    let raw = Raw::masked(number, mask::phone, "phones");
    Raw { key: key.unwrap_or_else(|| raw.key.clone()), ..raw }
}

fn address(person: &PersonPayload) -> Option<Raw> {
    let [_, province, city, district, detail, text] = &person.address;
    let key = [province, city, district, detail, text].map(|part| part.trim()).concat();
    let shown = mask::address(province, city, text);
    (!key.is_empty()).then(|| Raw { shown, field: Some("address"), ..Raw::plain(key) })
}

/// Values that count: what is empty is not compared.
fn keys(cell: &[Raw]) -> impl Iterator<Item = &str> {
    cell.iter().map(|raw| raw.key.as_str()).filter(|key| !key.is_empty())
}

/// Whether the customers agree; several applications of one customer agree with themselves whatever they say.
fn mark(cells: &[Vec<Raw>], who: &[usize]) -> Mark {
    let mut held: Vec<(usize, Vec<&str>)> = Vec::new();
    for (cell, customer) in cells.iter().zip(who) {
        let mut own: Vec<&str> = keys(cell).collect();
        if own.is_empty() {
            continue;
        }
        match held.iter_mut().find(|(known, _)| known == customer) {
            Some((_, all)) => all.append(&mut own),
            None => held.push((*customer, own)),
        }
    }
    for (_, all) in &mut held {
        all.sort_unstable();
        all.dedup();
    }
    let Some(((_, first), rest)) = held.split_first() else { return Mark::None };
    if rest.is_empty() {
        return Mark::None;
    }
    if rest.iter().all(|(_, other)| other == first) {
        return Mark::Same;
    }
    let shared = held.iter().enumerate().any(|(place, (_, own))| {
        held.iter().skip(place + 1).any(|(_, other)| own.iter().any(|key| other.contains(key)))
    });
    if shared { Mark::Shared } else { Mark::Differ }
}

fn cell(cells: &[Vec<Raw>], who: &[usize], place: usize, compared: bool) -> Vec<Value> {
    let (own, me) = (cells.get(place).map_or(&[][..], Vec::as_slice), who.get(place).copied());
    let elsewhere = |key: &str| {
        cells.iter().zip(who).any(|(cell, other)| Some(*other) != me && keys(cell).any(|held| held == key))
    };
    own.iter()
        .filter(|raw| !raw.shown.is_empty())
        .map(|raw| Value {
            text: raw.shown.clone(),
            href: raw.href.clone(),
            shared: compared && !raw.key.is_empty() && elsewhere(&raw.key),
            reveal: raw.reveal.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[&[&str]]) -> Vec<Vec<Raw>> {
        values.iter().map(|own| own.iter().map(|value| Raw::plain(*value)).collect()).collect()
    }

    #[test]
    fn agreement_is_between_customers() {
        let told = |values: &[&[&str]], who: &[usize]| mark(&cells(values), who);
        assert_eq!(told(&[&["a"], &["a"]], &[0, 1]), Mark::Same);
        assert_eq!(told(&[&["a"], &["b"]], &[0, 1]), Mark::Differ);
        assert_eq!(told(&[&["a", "b"], &["b", "c"]], &[0, 1]), Mark::Shared);
        assert_eq!(told(&[&["b", "a"], &["a", "b"]], &[0, 1]), Mark::Same, "the order says nothing");
        assert_eq!(told(&[&["a"], &["b"]], &[0, 0]), Mark::None, "one customer");
        assert_eq!(told(&[&["a"], &[]], &[0, 1]), Mark::None, "nobody to compare with");
        assert_eq!(told(&[&["a"], &[""], &["a"]], &[0, 1, 2]), Mark::Same, "what is empty is left out");
    }

    #[test]
    fn what_looks_alike_behind_the_mask_is_not_the_same() {
        let one = Raw::masked("13812340001", mask::phone, "phones");
        let other = Raw::masked("13899990001", mask::phone, "phones");
        assert_eq!(one.shown, other.shown);
        assert_eq!(mark(&[vec![one], vec![other]], &[0, 1]), Mark::Differ);
    }

    #[test]
    fn customers_after_the_last_letter_have_numbers() {
        assert_eq!((letter(0).as_str(), letter(25).as_str(), letter(26).as_str()), ("A", "Z", "27"));
    }
}
