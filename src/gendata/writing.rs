//! Writes a draft down as a message, the way sources do it: mostly plain, sometimes with full-width digits, country
//! codes, spaces or another dot. Every way is legal and must be accepted. Add a way as an arm here.

use chrono::{Datelike as _, Months, NaiveDate};

use super::draft::{Draft, DraftAccount};
use super::luck::Luck;
use super::people::{Human, Papers};
use super::wire::{
    Account, Address, Application, Approval, Certificate, CertificateKind, Date, Insured, Person,
};

/// One field in so many is written in an unusual way.
const UNUSUAL_PERCENT: u32 = 6;

/// The message for a draft.
pub(super) fn write(draft: &Draft, luck: &mut Luck) -> Application {
    let on = draft.applied_on;
    let policyholder = person(&draft.policyholder, on, luck);
    let insureds = draft
        .members
        .iter()
        .map(|member| Insured {
            person: member
                .human
                .as_ref()
                .map_or_else(|| policyholder.clone(), |human| person(human, on, luck)),
            relation: member.relation,
        })
        .collect();
    Application {
        source: draft.source,
        application_no: draft.application_no.clone(),
        source_revision: draft.revision.to_string(),
        policy_no: draft.policy_no.clone(),
        original_application_no: draft.original_application_no.clone(),
        kind: draft.kind,
        channel: draft.channel,
        branch_code: draft.branch_code.clone(),
        seller_code: draft.seller_code.clone(),
        agency_code: draft.agency_code.clone(),
        product: draft.product,
        applied_on: Some(on.into()),
        policyholder,
        insureds,
        accounts: draft.accounts.iter().map(|account| write_account(account, luck)).collect(),
        approvals: draft
            .approvals
            .iter()
            .map(|approval| Approval {
                kind: "APPROVAL_KIND_THIRD_PARTY_PAYER",
                reference: format!("AP{:08}", approval.serial),
                approver: format!("M{:04}", approval.serial % 500),
                approved_on: approval.approved_on.into(),
                account: account_number(&approval.account, luck),
                valid_until: approval.valid_until.into(),
            })
            .collect(),
    }
}

/// The message for a person.
fn person(human: &Human, on: NaiveDate, luck: &mut Luck) -> Person {
    let mut phones = Vec::with_capacity(2);
    if !human.phone.is_empty() {
        phones.push(phone(&human.phone, luck));
    }
    if !human.landline.is_empty() {
        let extension = if luck.percent(20) { "转801" } else { "" };
        phones.push(human.landline.clone() + extension);
    }
    let nationality = match &human.papers {
        Papers::Document { nationality, .. } => nationality,
        _ => luck.pick(&["CN", "CN", "CHN", ""]),
    };
    Person {
        name: dots(&human.name, luck),
        sex: Some(human.sex),
        birth_date: Some(human.birth.into()),
        certificate: certificate(human, on, luck),
        phones,
        email: human.email.clone(),
        address: Some(address(human, luck)),
        nationality,
    }
}

fn certificate(human: &Human, on: NaiveDate, luck: &mut Luck) -> Option<Certificate> {
    let number = human.number();
    let (kind, expires) = match &human.papers {
        Papers::Numberless(kind) => return kind.map(|kind| Certificate { kind, number, valid_until: None }),
        Papers::Document { kind, expires, .. } => (*kind, *expires),
        Papers::Resident { kind, .. } => (*kind, *kind == CertificateKind::ResidentId && luck.percent(50)),
    };
    let valid_until = expires.then(|| valid_until(on, luck));
    Some(Certificate { kind, number: id_number(number, luck), valid_until })
}

/// Some years after the application.
fn valid_until(on: NaiveDate, luck: &mut Luck) -> Date {
    let later = on.checked_add_months(Months::new(luck.between(13, 120))).unwrap_or(on);
    Date { year: later.year(), month: later.month(), day: later.day().min(28) }
}

fn address(human: &Human, luck: &mut Luck) -> Address {
    let county = human.home.county;
    let detail = &human.home.detail;
    if luck.percent(12) {
        // Municipalities are written once.
        let province = if county.province == county.city { "" } else { county.province };
        let text = format!("{province}{}{}{detail}", county.city, county.district);
        return Address { text, ..Address::default() };
    }
    Address {
        region_code: if luck.percent(40) { county.code } else { "" },
        province: county.province,
        city: county.city,
        district: county.district,
        detail: detail.clone(),
        text: String::new(),
    }
}

/// The number of a certificate in one of its legal spellings.
fn id_number(number: String, luck: &mut Luck) -> String {
    if !luck.percent(UNUSUAL_PERCENT) {
        return number;
    }
    match luck.below(3) {
        0 => number.to_ascii_lowercase(),
        1 => full_width(&number),
        _ => format!(" {number} "),
    }
}

/// A mobile number in one of its legal spellings.
fn phone(number: &str, luck: &mut Luck) -> String {
    if !luck.percent(UNUSUAL_PERCENT) {
        return number.to_owned();
    }
    let (first, middle, last) = (&number[..3], &number[3..7], &number[7..]);
    match luck.below(7) {
        0 => format!("+86{number}"),
        1 => format!("+86 {first} {middle} {last}"),
        2 => format!("0086{number}"),
        3 => format!("86-{number}"),
        4 => format!("{first}-{middle}-{last}"),
        5 => full_width(number),
        _ => format!("{first} {middle} {last}"),
    }
}

/// The message for an account.
pub(super) fn write_account(account: &DraftAccount, luck: &mut Luck) -> Account {
    Account {
        purpose: account.purpose,
        number: account_number(&account.number, luck),
        kind: account.kind,
        bank_code: account.bank_code,
        holder_name: dots(&account.holder_name, luck),
    }
}

/// An account number in one of its legal spellings.
pub(super) fn account_number(number: &str, luck: &mut Luck) -> String {
    if !luck.percent(UNUSUAL_PERCENT) {
        return number.to_owned();
    }
    match luck.below(4) {
        0 => in_fours(number, ' '),
        1 => in_fours(number, '-'),
        2 => full_width(number),
        _ => format!("'{number}"),
    }
}

fn in_fours(number: &str, separator: char) -> String {
    let mut spaced = String::with_capacity(number.len() * 5 / 4 + 1);
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            spaced.push(separator);
        }
        spaced.push(digit);
    }
    spaced
}

/// The name, its separator sometimes another dot that input methods produce.
fn dots(name: &str, luck: &mut Luck) -> String {
    if !name.contains('·') || luck.percent(60) {
        return name.to_owned();
    }
    name.replace('·', luck.pick(&["\u{2022}", "\u{30FB}", "\u{2027}", "\u{FF0E}"]))
}

/// ASCII digits and letters in their full-width forms.
fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| {
            let wide = if c.is_ascii_alphanumeric() { u32::from(c) + 0xFEE0 } else { u32::from(c) };
            char::from_u32(wide).unwrap_or(c)
        })
        .collect()
}
