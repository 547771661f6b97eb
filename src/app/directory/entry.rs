//! An entry as it was given: checked field by field, and turned into what the store keeps.

use chrono::NaiveDate;
use serde_json::json;
use zhenshi_domain::{
    application::{Certificate, CertificateKind, Person},
    clue::ClueKey,
    contact::{address, person_name, phone},
    finding::Severity,
    identity,
};

use super::{Duty, Entry, EntryKind, Leave, tools::DirectoryTools};
use crate::{
    security::fingerprint::Kind,
    store::{
        codes::Coded as _,
        directory::{contacts::PersonPrint, write::NewEntry},
        payload::{Payload, PersonPayload},
        record::Key,
    },
};

/// Longest code.
pub const MAX_CODE_CHARS: usize = 64;
/// Longest name of a unit or a person.
pub const MAX_NAME_CHARS: usize = 100;
/// Longest address.
pub const MAX_ADDRESS_CHARS: usize = 300;
/// Most phones of one entry.
pub const MAX_PHONES: usize = 10;
/// Most periods of leave of one member of staff.
pub const MAX_LEAVES: usize = 50;
/// Largest capacity.
pub const MAX_CAPACITY: i32 = 100_000;

/// An entry with its personal data in clear. No `Debug`: it would show them.
#[derive(Clone)]
pub struct Draft {
    /// What is plain.
    pub entry: Entry,
    /// Name, certificate, phones and address of a person; phones and address of an agency.
    pub person: Person,
}

/// A field of an entry; also a column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Code.
    Code,
    /// Name of a unit or a person.
    Name,
    /// Kind of a seller or agency, role of staff.
    Duty,
    /// Sales channel.
    Channel,
    /// Branch.
    Branch,
    /// Team leader.
    TeamLeader,
    /// Agency.
    Agency,
    /// Capacity.
    Capacity,
    /// Leave.
    Leave,
    /// First day of the qualification.
    QualifiedFrom,
    /// Last day of the qualification.
    QualifiedUntil,
    /// In use.
    Active,
    /// Kind of certificate.
    CertificateKind,
    /// Number of the certificate.
    CertificateNumber,
    /// Phones.
    Phones,
    /// Address.
    Address,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// It is not given.
    Required,
    /// It is not for entries of this kind.
    NotOfKind,
    /// It is longer than it may be, or has more parts.
    TooLong,
    /// It has characters that a code cannot have.
    Characters,
    /// It is none of the words that are known.
    UnknownWord,
    /// It is no day of the calendar.
    NotDate,
    /// It ends before it begins, or overlaps.
    Order,
    /// It is no number, or none that is possible.
    NotNumber,
    /// It is no telephone that can be reached.
    NotPhone,
    /// It is no certificate number of its kind.
    NotCertificate,
    /// It is no address, or no name.
    Unusable,
    /// It is a formula.
    Formula,
    /// It is a number that has lost digits.
    LostDigits,
    /// The code stands in the file before.
    Duplicate,
    /// No entry of the directory has this code.
    UnknownCode,
}

/// One thing that is wrong with an entry. It holds nothing of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What.
    pub flaw: Flaw,
}

impl Draft {
    /// Everything that is wrong, on the day `today`.
    pub fn problems(&self, today: NaiveDate) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut note = |field, flaw| problems.push(Problem { field, flaw });
        check_codes(&self.entry, &mut note);
        check_duty(&self.entry, &mut note);
        check_dates(&self.entry, &mut note);
        check_staff(&self.entry, &mut note);
        check_person(&self.entry, &self.person, today, &mut note);
        problems
    }

    /// What the store keeps: fingerprints, a digest of the content, and what is to be sealed. An entry out of use keeps
    /// its data and has no contacts.
    pub fn into_new(self, tools: &DirectoryTools) -> NewEntry {
        let Self { entry, person } = self;
        let prints = &tools.fingerprints;
        let owns = entry.kind.owner().is_some();
        let key = |clue: ClueKey, form: String| Key {
            epoch: prints.epoch(),
            clue: clue.as_i16(),
            fingerprint: prints.of(Kind::from(clue), &form),
        };
        let mut contacts = Vec::new();
        if owns && entry.active {
            let phones = person.phones.iter().filter_map(|raw| phone::fingerprint_form(raw.expose()));
            contacts.extend(phones.map(|form| key(ClueKey::Phone, form.key())));
            contacts
                .extend(address::fingerprint_form(&person.address).map(|form| key(ClueKey::Address, form)));
        }
        let certificate = &person.certificate;
        let certificate = identity::fingerprint_form(certificate.kind, certificate.number.expose());
        let print = PersonPrint {
            epoch: prints.epoch(),
            certificate: certificate.map(|form| prints.of(Kind::Certificate, &form.key())),
            name: person_name::fingerprint_form(person.name.expose())
                .map(|name| prints.of(Kind::Name, &name)),
        };
        let known = print.certificate.is_some() || print.name.is_some();
        let payload = Payload { person: Some(PersonPayload::from(&person)), ..Payload::default() }.encode();
        NewEntry {
            content_digest: tools.content_digest(&content(&entry, &payload)),
            contacts,
            person: (entry.kind.is_person() && known).then_some(print),
            plaintext: owns.then_some(payload),
            next: None,
            entry,
        }
    }
}

/// Everything that is kept of an entry, in a fixed order: equal contents are one entry.
fn content(entry: &Entry, payload: &[u8]) -> zeroize::Zeroizing<Vec<u8>> {
    let leaves: Vec<_> = entry.leaves.iter().map(|leave| (leave.first_day, leave.last_day)).collect();
    let plain = json!([
        entry.kind.number(),
        entry.code,
        entry.name,
        entry.duty.map(Duty::number),
        entry.channel.map(crate::store::codes::Coded::number),
        entry.branch_code,
        entry.team_leader_code,
        entry.agency_code,
        entry.capacity,
        entry.qualified_from,
        entry.qualified_until,
        entry.active,
        leaves,
    ]);
    let mut bytes = zeroize::Zeroizing::new(plain.to_string().into_bytes());
    bytes.push(0);
    bytes.extend_from_slice(payload);
    bytes
}

type Note<'a> = dyn FnMut(Field, Flaw) + 'a;

fn check_codes(entry: &Entry, note: &mut Note<'_>) {
    let codes = [
        (Field::Code, &entry.code),
        (Field::Branch, &entry.branch_code),
        (Field::TeamLeader, &entry.team_leader_code),
        (Field::Agency, &entry.agency_code),
    ];
    if entry.code.is_empty() {
        note(Field::Code, Flaw::Required);
    }
    for (field, code) in codes {
        if code.chars().count() > MAX_CODE_CHARS {
            note(field, Flaw::TooLong);
        } else if code.chars().any(|c| c.is_control() || c.is_whitespace())
            || code.starts_with(['=', '+', '-', '@', '\''])
        {
            note(field, Flaw::Characters);
        }
    }
    if !entry.kind.is_person() {
        check_name(&entry.name, note);
    } else if !entry.name.is_empty() {
        note(Field::Name, Flaw::NotOfKind);
    }
}

fn check_name(name: &str, note: &mut Note<'_>) {
    if name.trim().is_empty() {
        note(Field::Name, Flaw::Required);
    } else if name.chars().count() > MAX_NAME_CHARS {
        note(Field::Name, Flaw::TooLong);
    } else if name.chars().any(char::is_control) {
        note(Field::Name, Flaw::Unusable);
    }
}

fn check_duty(entry: &Entry, note: &mut Note<'_>) {
    match entry.duty {
        Some(duty) if duty.kind() != entry.kind => note(Field::Duty, Flaw::NotOfKind),
        None if entry.kind.owner().is_some() => note(Field::Duty, Flaw::Required),
        Some(_) | None => {}
    }
    if entry.channel.is_none() && matches!(entry.kind, EntryKind::Channel | EntryKind::Seller) {
        note(Field::Channel, Flaw::Required);
    }
}

fn check_dates(entry: &Entry, note: &mut Note<'_>) {
    let (from, until) = (entry.qualified_from, entry.qualified_until);
    if !entry.kind.is_qualified() {
        if from.is_some() {
            note(Field::QualifiedFrom, Flaw::NotOfKind);
        }
        if until.is_some() {
            note(Field::QualifiedUntil, Flaw::NotOfKind);
        }
        return;
    }
    if from.is_none() {
        note(Field::QualifiedFrom, Flaw::Required);
    }
    if until.zip(from).is_some_and(|(until, from)| until < from) {
        note(Field::QualifiedUntil, Flaw::Order);
    }
}

fn check_staff(entry: &Entry, note: &mut Note<'_>) {
    if let Some(capacity) = entry.capacity {
        if entry.kind != EntryKind::Staff {
            note(Field::Capacity, Flaw::NotOfKind);
        } else if !(0..=MAX_CAPACITY).contains(&capacity) {
            note(Field::Capacity, Flaw::NotNumber);
        }
    }
    if entry.leaves.is_empty() {
        return;
    }
    if entry.kind != EntryKind::Staff {
        note(Field::Leave, Flaw::NotOfKind);
    } else if entry.leaves.len() > MAX_LEAVES {
        note(Field::Leave, Flaw::TooLong);
    } else if !in_order(&entry.leaves) {
        note(Field::Leave, Flaw::Order);
    }
}

/// Each period ends after it begins, and before the next begins.
fn in_order(leaves: &[Leave]) -> bool {
    leaves.iter().all(|leave| leave.first_day <= leave.last_day)
        && leaves.windows(2).all(|pair| pair[0].last_day < pair[1].first_day)
}

fn check_person(entry: &Entry, person: &Person, today: NaiveDate, note: &mut Note<'_>) {
    if entry.kind.owner().is_none() {
        if !person.phones.is_empty() {
            note(Field::Phones, Flaw::NotOfKind);
        }
        if address::is_given(&person.address) {
            note(Field::Address, Flaw::NotOfKind);
        }
        return;
    }
    if entry.kind.is_person() {
        check_name(person.name.expose(), note);
        if blocks(&person_name::check(person.name.expose())) && !person.name.expose().trim().is_empty() {
            note(Field::Name, Flaw::Unusable);
        }
        check_certificate(&person.certificate, today, note);
    }
    if person.phones.len() > MAX_PHONES {
        note(Field::Phones, Flaw::TooLong);
    } else if person.phones.iter().any(|raw| unreachable(raw.expose())) {
        note(Field::Phones, Flaw::NotPhone);
    }
    if address::is_given(&person.address) {
        let written = address::written(&person.address).unwrap_or_default();
        if written.chars().count() > MAX_ADDRESS_CHARS {
            note(Field::Address, Flaw::TooLong);
        } else if address::fingerprint_form(&person.address).is_none()
            || written.chars().any(char::is_control)
        {
            note(Field::Address, Flaw::Unusable);
        }
    }
}

/// A hotline of an agency is no person's telephone and still one that is compared.
fn unreachable(raw: &str) -> bool {
    let reading = phone::check(raw);
    let fatal = |check: &zhenshi_domain::reading::Check| {
        check.code.severity == Severity::Blocking && check.code.name != "PHONE_NOT_PERSONAL"
    };
    phone::fingerprint_form(raw).is_none() || reading.failures().any(fatal)
}

fn blocks(reading: &zhenshi_domain::reading::Reading) -> bool {
    !reading.is_valid()
}

fn check_certificate(certificate: &Certificate, today: NaiveDate, note: &mut Note<'_>) {
    let number = certificate.number.expose();
    if number.trim().is_empty() {
        return;
    }
    let Some(kind) = certificate.kind else { return note(Field::CertificateKind, Flaw::Required) };
    let other = kind == CertificateKind::Other;
    let reads = identity::fingerprint_form(Some(kind), number).is_some();
    if !reads || (!other && blocks(&identity::check(kind, number, today))) {
        note(Field::CertificateNumber, Flaw::NotCertificate);
    }
}
