//! The values of each row of the table, with what they are compared by.

use uuid::Uuid;
use zhenshi_domain::{contact::phone, mask, party::Role};

use super::{Column, Raw};
use crate::{
    app::{
        DatePayload, PersonPayload, case::get_case::ShownCaseMember, export_suspicion_list::certificate_word,
        get_submission::ShownParty,
    },
    web::{say::Say, view::words},
};

/// What is needed to ask for a clear value.
pub(super) struct Asks<'a> {
    pub(super) case_no: &'a str,
    pub(super) reveals: bool,
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

/// One row: its words, whether it is compared, and the values of each column.
type RawRow = (&'static str, bool, Vec<Vec<Raw>>);

pub(super) fn rows(say: &Say, columns: &[Column<'_>], asks: &Asks<'_>) -> Vec<RawRow> {
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
