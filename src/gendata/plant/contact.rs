//! Telephones, accounts, names and addresses that nobody has, and parties that contradict each other. Planted telephones
//! are made from the party's own, so that no two applications share one.

use super::{Party, Planted, Turn};
use crate::gendata::draft::Draft;
use crate::gendata::fault::Fault;
use crate::gendata::luck::Luck;
use crate::gendata::name::{Look, name};
use crate::gendata::people::{Human, People, birth_date};
use crate::gendata::wire::{Account, AccountKind, Address, Application, Purpose, Relation};
use crate::gendata::writing;

/// Digits of the part of a mobile number that follows its series.
const SUBSCRIBER: usize = 8;

/// Plants the fault of the turn.
pub(super) fn plant(
    turn: Turn,
    draft: &Draft,
    message: &mut Application,
    people: &mut People,
    luck: &mut Luck,
) -> Planted {
    match turn.fault {
        Fault::PhoneFormat | Fault::PhoneUnassigned | Fault::PhoneNotPersonal => phone(turn, draft, message),
        Fault::AccountFormat | Fault::AccountDamaged | Fault::AccountCheckDigit => {
            account(turn, draft, message)
        }
        Fault::NameFormat | Fault::NameNotPersonal => spoilt_name(turn, message),
        Fault::AddressUnusable => address(turn, message),
        Fault::PolicyholderMinor => minor(draft, message, people, luck),
        Fault::RelationContradictsAge => relation(turn, message),
        Fault::CertificateShared => shared(message),
        _ => differing(message, people),
    }
}

/// In place of the first telephone, or behind it as a second one.
fn phone(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    let subscriber = &draft.policyholder.phone[draft.policyholder.phone.len().saturating_sub(SUBSCRIBER)..];
    let (text, cause) = match (turn.fault, turn.number % 4) {
        (Fault::PhoneFormat, 0) => (format!("13{subscriber}"), "mobile number with a digit too few"),
        (Fault::PhoneFormat, 1) => (format!("1385{subscriber}"), "mobile number with a digit too many"),
        (Fault::PhoneFormat, 2) => (format!("138****{}", &subscriber[4..]), "masked telephone"),
        (Fault::PhoneFormat, _) => (format!("026-2{}", &subscriber[1..]), "area code that does not exist"),
        (Fault::PhoneUnassigned, turn) => {
            let series = ["142", "154", "169", "194"][turn];
            (format!("{series}{subscriber}"), "mobile series that is not in use")
        }
        (_, 0) => (format!("14401{subscriber}"), "number of a machine, thirteen digits"),
        (_, 1) => (format!("146{subscriber}"), "number of a machine"),
        (_, 2) => (format!("400{}", &subscriber[1..]), "number of a company"),
        _ => ("95588".to_owned(), "number of a bank's service"),
    };
    let phones = &mut message.policyholder.phones;
    if turn.number.is_multiple_of(3) {
        *phones = vec![text];
    } else {
        phones.push(text);
    }
    Planted { field_path: Party::Policyholder.path(&format!("phones[{}]", phones.len() - 1)), cause }
}

/// Puts a spoilt account of the policyholder in place of all accounts.
fn account(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    // A passbook has no check digit, so the account is declared as a card whatever the policyholder has.
    let right = luhn("6222029", &draft.policyholder.phone);
    let (number, cause) = match (turn.fault, turn.number % 3) {
        (Fault::AccountFormat, 0) => (right[..12].to_owned(), "card number that was cut off"),
        (Fault::AccountFormat, 1) => (format!("{right}58"), "card number with digits too many"),
        (Fault::AccountFormat, _) => (format!("卡{right}"), "card number with a word"),
        (Fault::AccountDamaged, 0) => ("6.22202E+18".to_owned(), "card number that a spreadsheet rounded"),
        (Fault::AccountDamaged, 1) => {
            (format!("{}****{}", &right[..6], &right[right.len() - 4..]), "masked card number")
        }
        (Fault::AccountDamaged, _) => (format!("{}0000", &right[..15]), "card number with zeros at its end"),
        (_, 1) => (swapped(&right), "card number with two digits swapped"),
        _ => (other_last(&right), "card number with another last digit"),
    };
    let holder_name = draft.policyholder.name.clone();
    let purpose = Purpose::Premium;
    message.accounts =
        vec![Account { purpose, number, kind: AccountKind::Card, bank_code: "102", holder_name }];
    message.approvals.clear();
    Planted { field_path: "accounts[0].number".to_owned(), cause }
}

/// Prefix and body with the digit that makes them a card number.
fn luhn(prefix: &str, body: &str) -> String {
    let digits = format!("{prefix}{body}");
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit / 5 + digit * 2 % 10 } else { digit })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn other_last(number: &str) -> String {
    let (body, last) = number.split_at(number.len() - 1);
    let last = last.parse::<u32>().unwrap_or_default();
    // Never to 0: that would look like a rounded number.
    format!("{body}{}", if last == 9 { 1 } else { last + 1 })
}

/// Swaps the first two neighbours that differ and whose swap the check digit sees: 0 and 9 it does not.
fn swapped(number: &str) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    let seen = |pair: &[char]| pair[0] != pair[1] && !matches!((pair[0], pair[1]), ('0', '9') | ('9', '0'));
    // The issuer's six digits stay.
    let place = digits.windows(2).skip(6).position(seen).map_or(0, |place| place + 6);
    digits.swap(place, place + 1);
    digits.into_iter().collect()
}

fn spoilt_name(turn: Turn, message: &mut Application) -> Planted {
    // An account in a name that nobody bears would be a second finding.
    message.accounts.clear();
    let party = turn.party();
    let person = party.of(message);
    let right = person.name.clone();
    let (text, cause) = match (turn.fault, turn.number % 4) {
        (Fault::NameFormat, 0) => (format!("{right}?"), "name with a lost character"),
        (Fault::NameFormat, 1) => (format!("{right}2"), "name with a digit"),
        (Fault::NameFormat, 2) => (format!("{right}@"), "name with a symbol"),
        (Fault::NameFormat, _) => (format!("{right}·"), "name that ends with a separator"),
        (_, turn) if turn % 2 == 0 => ("示例贸易有限公司".to_owned(), "company in place of a person"),
        _ => ("示经理".to_owned(), "surname with a title"),
    };
    person.name = text;
    Planted { field_path: party.path("name"), cause }
}

fn address(turn: Turn, message: &mut Application) -> Planted {
    let text = turn.variant(&["河北省石家庄市", "北京市朝阳区", "示范科技园", "0311885276"]).to_owned();
    message.policyholder.address = Some(Address { text, ..Address::default() });
    let cause = "address without a place in a region, or without a region";
    Planted { field_path: Party::Policyholder.path("address"), cause }
}

/// The policyholder becomes a child, with a right number of his own.
fn minor(draft: &Draft, message: &mut Application, people: &mut People, luck: &mut Luck) -> Planted {
    let birth = birth_date(luck, draft.applied_on, (1, 16));
    let child = people.human(luck, birth, draft.policyholder.sex);
    let mut changed = draft.clone();
    let Human { birth, papers, .. } = child;
    changed.policyholder = Human { birth, papers, ..changed.policyholder };
    message.policyholder = writing::write(&changed, luck).policyholder;
    Planted { field_path: Party::Policyholder.path("birth_date"), cause: "policyholder under eighteen" }
}

fn relation(turn: Turn, message: &mut Application) -> Planted {
    let relation = turn.variant(&[Relation::Child, Relation::Parent]);
    if let Some(insured) = message.insureds.first_mut() {
        insured.relation = relation;
    }
    let cause = "parent and child taken for each other";
    Planted { field_path: "insureds[0].relation".to_owned(), cause }
}

/// The insured gets the certificate of the policyholder, and what it says.
fn shared(message: &mut Application) -> Planted {
    let holder = message.policyholder.clone();
    if let Some(insured) = message.insureds.first_mut() {
        let person = &mut insured.person;
        (person.sex, person.birth_date, person.certificate) =
            (holder.sex, holder.birth_date, holder.certificate);
        person.nationality = holder.nationality;
    }
    let cause = "the certificate of the policyholder under another name";
    Planted { field_path: "insureds[0].person.certificate.number".to_owned(), cause }
}

/// Somebody who is declared to be the policyholder has another name.
fn differing(message: &mut Application, people: &mut People) -> Planted {
    let other = name(people.serial(), Look::Plain);
    if let Some(insured) = message.insureds.first_mut() {
        insured.person.name = other;
    }
    let cause = "declared to be the policyholder, under another name";
    Planted { field_path: "insureds[0].person.name".to_owned(), cause }
}
