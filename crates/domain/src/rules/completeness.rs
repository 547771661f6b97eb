//! Article 5: key information must be complete. 「(1)投保人的姓名、性別、出生日期、證件號碼、聯繫地址、電話；(2)被保險人的姓名、
//! 性別、出生日期、證件號碼(未成年被保險人除外)」. A placeholder is a missing value.
//!
//! A minor insured (under 18 on the application date) may leave out the certificate number, and its kind with it; the
//! profile can widen that to all four fields. Without a known birth date nobody is a minor.

use super::Known;
use crate::{
    application::{Account, AccountPurpose, DateInput, Person},
    contact::{address, placeholder},
    finding::{Code, FieldPath, Severity},
    profile::{MinorExemption, RequiredField, RequiredParty},
    rule::{Context, Findings, Place, Rule},
    shanghai,
    text::is_blank,
};

/// A required field is empty.
pub const FIELD_MISSING: Code =
    Code { name: "FIELD_MISSING", article: Some(5), severity: Severity::Blocking, args: &[] };

/// A required field holds a text that stands for nothing.
pub const FIELD_PLACEHOLDER: Code =
    Code { name: "FIELD_PLACEHOLDER", article: Some(5), severity: Severity::Blocking, args: &[] };

/// What article 5 asks of an insured.
const OF_INSURED: &[RequiredField] =
    &[RequiredField::Name, RequiredField::Sex, RequiredField::BirthDate, RequiredField::CertificateNumber];
/// What article 5 asks of the policyholder.
const OF_POLICYHOLDER: &[RequiredField] = &[
    RequiredField::Name,
    RequiredField::Sex,
    RequiredField::BirthDate,
    RequiredField::CertificateNumber,
    RequiredField::Address,
    RequiredField::Phones,
];

/// Asks for the key information.
#[derive(Debug)]
pub struct Completeness;

impl Rule for Completeness {
    fn codes(&self) -> &'static [Code] {
        &[FIELD_MISSING, FIELD_PLACEHOLDER]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person, known) in cx.known_people() {
            judge_person(cx, place, person, known, out);
        }
        if cx.application.insureds.is_empty() {
            out.add(FIELD_MISSING, FieldPath::new("insureds"));
        }
        for (index, account) in cx.application.accounts.iter().enumerate() {
            judge_account(index, account, out);
        }
    }
}

fn judge_person(cx: &Context<'_>, place: Place, person: &Person, known: &Known<'_>, out: &mut Findings<'_>) {
    let (party, by_article, minor) = match place {
        Place::Policyholder => (RequiredParty::Policyholder, OF_POLICYHOLDER, false),
        Place::Insured(_) => {
            (RequiredParty::Insured, OF_INSURED, shanghai::is_minor(*person.birth_date.expose(), cx.as_of))
        }
    };
    let exemption = minor.then(|| cx.profile.minor_insured_exemption());
    for field in by_article.iter().copied().filter(|field| !is_exempt(exemption, *field)) {
        judge_field(place, person, known, field, out);
    }
    let required = cx.profile.required(party, cx.application.channel, cx.as_of);
    let beyond = required.filter(|field| !by_article.contains(field));
    for field in beyond {
        judge_field(place, person, known, field, out);
    }
}

/// Whether a field of a person is asked for, by article 5 or by the profile.
pub(super) fn is_required(cx: &Context<'_>, place: Place, person: &Person, field: RequiredField) -> bool {
    let (party, by_article, minor) = match place {
        Place::Policyholder => (RequiredParty::Policyholder, OF_POLICYHOLDER, false),
        Place::Insured(_) => {
            (RequiredParty::Insured, OF_INSURED, shanghai::is_minor(*person.birth_date.expose(), cx.as_of))
        }
    };
    let exemption = minor.then(|| cx.profile.minor_insured_exemption());
    if by_article.contains(&field) {
        return !is_exempt(exemption, field);
    }
    cx.profile.required(party, cx.application.channel, cx.as_of).any(|required| required == field)
}

fn is_exempt(exemption: Option<MinorExemption>, field: RequiredField) -> bool {
    match exemption {
        None => false,
        Some(MinorExemption::CertificateNumber) => field == RequiredField::CertificateNumber,
        Some(MinorExemption::AllFields) => true,
    }
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Placeholder,
    Value,
}

impl Content {
    fn of(text: &str, is_placeholder: impl Fn(&str) -> bool) -> Self {
        if is_blank(text) {
            Self::Nothing
        } else if is_placeholder(text) {
            Self::Placeholder
        } else {
            Self::Value
        }
    }

    const fn of_choice(given: bool) -> Self {
        if given { Self::Value } else { Self::Nothing }
    }

    fn report(self, path: impl FnOnce() -> FieldPath, out: &mut Findings<'_>) {
        match self {
            Self::Nothing => out.add(FIELD_MISSING, path()),
            Self::Placeholder => out.add(FIELD_PLACEHOLDER, path()),
            Self::Value => {}
        }
    }
}

fn judge_field(
    place: Place,
    person: &Person,
    known: &Known<'_>,
    field: RequiredField,
    out: &mut Findings<'_>,
) {
    let text = placeholder::is_placeholder_text;
    let content = match field {
        RequiredField::Name => Content::of(person.name.expose(), placeholder::is_placeholder_name),
        RequiredField::Sex => Content::of_choice(person.sex.expose().is_some()),
        // An impossible date is a finding of its own: something was given.
        RequiredField::BirthDate => Content::of_choice(*person.birth_date.expose() != DateInput::Unset),
        RequiredField::CertificateNumber => return judge_certificate(place, person, known, out),
        RequiredField::CertificateValidUntil => {
            Content::of_choice(person.certificate.valid_until != DateInput::Unset)
        }
        RequiredField::Address => match address::written(&person.address) {
            Some(written) => Content::of(written, placeholder::is_placeholder_address),
            None => Content::Nothing,
        },
        RequiredField::Phones => return judge_phones(place, person, out),
        RequiredField::Email => Content::of(person.email.expose(), text),
        RequiredField::Nationality => Content::of(&person.nationality, text),
    };
    content.report(|| place.field(field.path()), out);
}

/// A number without its kind names nobody, so the kind is required with it.
fn judge_certificate(place: Place, person: &Person, known: &Known<'_>, out: &mut Findings<'_>) {
    let certificate = &person.certificate;
    let content = Content::of(certificate.number.expose(), |_| !known.number_given());
    if content == Content::Value && certificate.kind.is_none() {
        out.add(FIELD_MISSING, place.field("certificate.kind"));
    }
    content.report(|| place.field("certificate.number"), out);
}

/// One telephone is enough. If there is none, every placeholder is named, so that all can be mended at once.
fn judge_phones(place: Place, person: &Person, out: &mut Findings<'_>) {
    let content = |phone: &str| Content::of(phone, placeholder::is_placeholder_phone);
    if person.phones.iter().any(|phone| content(phone.expose()) == Content::Value) {
        return;
    }
    let contents: Vec<Content> = person.phones.iter().map(|phone| content(phone.expose())).collect();
    if !contents.contains(&Content::Placeholder) {
        out.add(FIELD_MISSING, place.field("phones"));
    }
    for (index, content) in contents.iter().enumerate() {
        if *content == Content::Placeholder {
            out.add(FIELD_PLACEHOLDER, place.field("phones").index(index));
        }
    }
}

/// An account must say what it is for, and one that premium is drawn from whose it is: article 11 is judged by both, and
/// leaving either out would be a way around it.
fn judge_account(index: usize, account: &Account, out: &mut Findings<'_>) {
    if is_blank(account.number.expose()) {
        return;
    }
    let path = |field| FieldPath::new("accounts").index(index).field(field);
    if account.purpose.is_none() {
        out.add(FIELD_MISSING, path("purpose"));
    }
    if account.purpose == Some(AccountPurpose::Premium) {
        let content = Content::of(account.holder_name.expose(), placeholder::is_placeholder_name);
        content.report(|| path("holder_name"), out);
    }
}
