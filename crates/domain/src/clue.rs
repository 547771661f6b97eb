//! What the daily list compares: every value by which two customers may turn out to be one, or to share a contact.
//!
//! To add a clue key: a variant with the next number in [`ClueKey::NUMBERS`], and its values in [`contact_keys`].

use std::collections::BTreeSet;

use crate::{
    application::{AccountPurpose, Application, Person},
    contact::{address, bank_account, person_name, phone, placeholder},
    identity,
    party::{self, Party},
    personal::Personal,
};

/// A kind of value that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClueKey {
    /// Telephone with its extension.
    Phone,
    /// Bank account.
    Account,
    /// Certificate.
    Certificate,
    /// Name, birth date and sex together.
    PersonTriple,
    /// Address.
    Address,
}

impl ClueKey {
    /// Every key with the number under which it is stored. Append-only.
    pub const NUMBERS: [(Self, i16); 5] = [
        (Self::Phone, 1),
        (Self::Account, 2),
        (Self::Certificate, 3),
        (Self::PersonTriple, 4),
        (Self::Address, 5),
    ];

    /// Its stored number.
    pub const fn as_i16(self) -> i16 {
        match self {
            Self::Phone => 1,
            Self::Account => 2,
            Self::Certificate => 3,
            Self::PersonTriple => 4,
            Self::Address => 5,
        }
    }

    /// The key with a stored number.
    pub fn from_i16(number: i16) -> Option<Self> {
        Self::NUMBERS.iter().find(|(_, known)| *known == number).map(|(key, _)| *key)
    }
}

/// One value of one party. The form is personal data: only its fingerprint is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactKey {
    /// What kind of value.
    pub clue: ClueKey,
    /// Whose.
    pub party_no: u16,
    /// What an account is used for.
    pub purpose: Option<AccountPurpose>,
    /// The value in its form.
    pub form: Personal<String>,
}

/// The values of all parties, each once, sorted. Placeholders are no values: everybody has them.
pub fn contact_keys(application: &Application, parties: &[Party<'_>]) -> Vec<ContactKey> {
    let mut keys = BTreeSet::new();
    for party in parties {
        let mut add = |clue, purpose, form: Option<String>| {
            if let Some(form) = form {
                keys.insert(ContactKey {
                    clue,
                    party_no: party.party_no,
                    purpose,
                    form: Personal::new(form),
                });
            }
        };
        for account in party.accounts.iter().filter_map(|place| application.accounts.get(*place)) {
            add(ClueKey::Account, account.purpose, bank_account::fingerprint_form(account.number.expose()));
        }
        let Some(person) = party.person else { continue };
        for phone in person.phones.iter().map(Personal::expose) {
            let real = !placeholder::is_placeholder_phone(phone);
            add(
                ClueKey::Phone,
                None,
                real.then(|| phone::fingerprint_form(phone)).flatten().map(|form| form.key()),
            );
        }
        let certificate = &person.certificate;
        let form = identity::fingerprint_form(certificate.kind, certificate.number.expose());
        add(ClueKey::Certificate, None, form.map(|form| form.key()));
        add(ClueKey::PersonTriple, None, triple(person));
        add(ClueKey::Address, None, address::fingerprint_form(&person.address));
    }
    keys.into_iter().collect()
}

/// Name, birth date and sex, when all three are there.
fn triple(person: &Person) -> Option<String> {
    let name = person_name::fingerprint_form(person.name.expose())?;
    let birth = person.birth_date.expose().day()?.to_string();
    Some(party::joined(&[&name, &birth, party::sex_letter((*person.sex.expose())?)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_are_one_to_one() {
        for (key, number) in ClueKey::NUMBERS {
            assert_eq!((key.as_i16(), ClueKey::from_i16(number)), (number, Some(key)));
        }
        assert_eq!(ClueKey::from_i16(0), None);
    }
}
