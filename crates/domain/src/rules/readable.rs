//! Texts that cannot be what a person wrote: control characters, and texts far longer than the field. They are kept as
//! they came (sealed), but nothing can be done with them, so the source has to mend its export.

use crate::{
    application::{Address, Application, Certificate, CertificateKind, Person},
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    identity::mrz,
    rule::{Context, Findings, Rule},
    text::{fold_number, has_control},
};

/// A text holds a control character.
pub const FIELD_UNREADABLE: Code =
    Code { name: "FIELD_UNREADABLE", article: None, severity: Severity::Blocking, args: &[] };

/// A text is longer than its field, or a list has more items than it may.
pub const FIELD_TOO_LONG: Code = Code {
    name: "FIELD_TOO_LONG",
    article: None,
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[TOO_LONG, TOO_MANY]), ArgSpec::Number("limit")],
};

const TOO_LONG: &str = "too-long";
const TOO_MANY: &str = "too-many";

/// Longest code, number or short name, in characters. The limits stand in the comments of the API.
const MAX_CODE: usize = 64;
/// Longest machine-readable zone of a passport, with a space between its lines.
const MAX_ZONE: usize = mrz::LONGEST + 2;
/// Longest name of a person or product: twice the longest registered names, spaces and Latin forms included.
const MAX_NAME: usize = 200;
/// Longest e-mail address (RFC 5321: 64 before and 255 after the sign).
const MAX_EMAIL: usize = 320;
/// Longest address.
const MAX_ADDRESS: usize = 500;
/// Most telephones of one person.
const MAX_PHONES: usize = 20;
/// Most accounts, and most approvals, of one application.
const MAX_ITEMS: usize = 100;

/// Looks at every text.
#[derive(Debug)]
pub struct Readable;

impl Rule for Readable {
    fn codes(&self) -> &'static [Code] {
        &[FIELD_UNREADABLE, FIELD_TOO_LONG]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        judge_codes(cx.application, out);
        for (place, person) in cx.people() {
            judge_person(person, out, |name| place.field(name));
        }
        judge_lists(cx.application, out);
    }
}

fn judge_codes(application: &Application, out: &mut Findings<'_>) {
    for (name, text, limit) in [
        ("policy_no", &application.policy_no, MAX_CODE),
        ("original_application_no", &application.original_application_no, MAX_CODE),
        ("branch_code", &application.branch_code, MAX_CODE),
        ("seller_code", &application.seller_code, MAX_CODE),
        ("agency_code", &application.agency_code, MAX_CODE),
    ] {
        judge_text(text, limit, out, || FieldPath::new(name));
    }
    judge_text(&application.product.code, MAX_CODE, out, || FieldPath::new("product").field("code"));
    judge_text(&application.product.name, MAX_NAME, out, || FieldPath::new("product").field("name"));
}

fn judge_person(person: &Person, out: &mut Findings<'_>, path: impl Fn(&'static str) -> FieldPath) {
    let Address { region_code, province, city, district, detail, text } = &person.address;
    judge_number(&person.certificate, out, || path("certificate.number"));
    for (name, value, limit) in [
        ("name", person.name.expose(), MAX_NAME),
        ("email", person.email.expose(), MAX_EMAIL),
        ("nationality", &person.nationality, MAX_CODE),
        ("address.region_code", region_code, MAX_CODE),
        ("address.province", province, MAX_CODE),
        ("address.city", city, MAX_CODE),
        ("address.district", district, MAX_CODE),
        ("address.detail", detail.expose(), MAX_ADDRESS),
        ("address.text", text.expose(), MAX_ADDRESS),
    ] {
        judge_text(value, limit, out, || path(name));
    }
    judge_count(person.phones.len(), MAX_PHONES, out, || path("phones"));
    for (index, phone) in person.phones.iter().enumerate() {
        judge_text(phone.expose(), MAX_CODE, out, || path("phones").index(index));
    }
}

/// A passport's number can be its machine-readable zone, whose lines may be apart.
fn judge_number(certificate: &Certificate, out: &mut Findings<'_>, path: impl FnOnce() -> FieldPath) {
    let number = certificate.number.expose();
    let passport =
        matches!(certificate.kind, Some(CertificateKind::PrcPassport | CertificateKind::ForeignPassport));
    if passport && number.len() > MAX_CODE && mrz::looks_like(&fold_number(number)) {
        let lines: String = number.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        judge_text(lines.trim(), MAX_ZONE, out, path);
    } else {
        judge_text(number, MAX_CODE, out, path);
    }
}

fn judge_lists(application: &Application, out: &mut Findings<'_>) {
    judge_count(application.accounts.len(), MAX_ITEMS, out, || FieldPath::new("accounts"));
    for (index, account) in application.accounts.iter().enumerate() {
        for (name, text, limit) in [
            ("number", account.number.expose(), MAX_CODE),
            ("bank_code", &account.bank_code, MAX_CODE),
            ("holder_name", account.holder_name.expose(), MAX_NAME),
        ] {
            judge_text(text, limit, out, || FieldPath::new("accounts").index(index).field(name));
        }
    }
    judge_count(application.approvals.len(), MAX_ITEMS, out, || FieldPath::new("approvals"));
    for (index, approval) in application.approvals.iter().enumerate() {
        for (name, text) in [
            ("reference", &approval.reference),
            ("approver", &approval.approver),
            ("account", approval.account.expose()),
        ] {
            judge_text(text, MAX_CODE, out, || FieldPath::new("approvals").index(index).field(name));
        }
    }
}

fn judge_text(text: &str, limit: usize, out: &mut Findings<'_>, path: impl FnOnce() -> FieldPath) {
    // Bytes bound characters: the usual short text is not counted.
    if text.len() > limit && text.chars().count() > limit {
        too_long(TOO_LONG, limit, path(), out);
    } else if has_control(text) {
        out.add(FIELD_UNREADABLE, path());
    }
}

fn judge_count(count: usize, limit: usize, out: &mut Findings<'_>, path: impl FnOnce() -> FieldPath) {
    if count > limit {
        too_long(TOO_MANY, limit, path(), out);
    }
}

fn too_long(reason: &'static str, limit: usize, path: FieldPath, out: &mut Findings<'_>) {
    let limit = Arg::Number(u32::try_from(limit).unwrap_or(u32::MAX));
    out.add_with(FIELD_TOO_LONG, path, vec![("reason", Arg::Key(reason)), ("limit", limit)]);
}
