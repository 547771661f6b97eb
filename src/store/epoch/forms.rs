//! From sealed payloads back to every form that is fingerprinted, so that a fingerprint of one epoch can be found in another.
//!
//! More forms are made than were ever fingerprinted (each insured as a minor and not): a form that nobody fingerprinted meets
//! nothing. Where a party's key is destroyed the others' forms are made all the same, except those that name him.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::{
    application::{
        Account, AccountPurpose, Address, Application, ApplicationKey, ApplicationKind, Certificate, Channel,
        DateInput, Insured, Person, Product,
    },
    clue::{ClueKey, contact_keys},
    contact::{bank_account, person_name, phone},
    party::{Subject, parties},
    personal::Personal,
};

use crate::{
    security::fingerprint::{Fingerprints, Kind},
    store::{
        StoreError,
        payload::{AccountPayload, DatePayload, Payload, PersonPayload},
    },
};

/// A day on which nobody is a minor.
const NOBODY_MINOR: NaiveDate = NaiveDate::MAX;

/// Every form that may have been fingerprinted. Personal data: it has no `Debug`.
pub(in crate::store) struct Forms(BTreeSet<(Kind, String)>);

/// Fingerprints of one epoch as they are in another.
pub(in crate::store) struct Translation {
    pairs: Vec<(Kind, Uuid, Uuid)>,
    by_old: HashMap<Uuid, Uuid>,
}

impl Translation {
    /// The fingerprint in the other epoch, if its form is known.
    pub(in crate::store) fn find(&self, print: Uuid) -> Option<Uuid> {
        self.by_old.get(&print).copied()
    }

    /// The fingerprint in the other epoch.
    ///
    /// # Errors
    /// When no form has this fingerprint.
    pub(in crate::store) fn of(&self, print: Uuid) -> Result<Uuid, StoreError> {
        self.find(print).ok_or_else(|| {
            StoreError::Unexpected("a value cannot be fingerprinted anew from what is sealed".into())
        })
    }

    /// Every pair with its kind.
    pub(super) fn pairs(&self) -> &[(Kind, Uuid, Uuid)] {
        &self.pairs
    }
}

/// Number of the clue whose values are of `kind`.
pub(super) fn clue(kind: Kind) -> Option<i16> {
    ClueKey::NUMBERS.iter().find(|(clue, _)| Kind::from(*clue) == kind).map(|(_, number)| *number)
}

impl Forms {
    /// What each fingerprint of `from` is in `to`.
    pub(in crate::store) fn translation(&self, from: &Fingerprints, to: &Fingerprints) -> Translation {
        let pair = |(kind, form): &(Kind, String)| (*kind, from.of(*kind, form), to.of(*kind, form));
        let pairs: Vec<_> = self.0.iter().map(pair).collect();
        let by_old = pairs.iter().map(|(_, old, new)| (*old, *new)).collect();
        Translation { pairs, by_old }
    }
}

/// The forms of an application, by the payloads of its parties that are left (-1: what belongs to nobody).
pub(in crate::store) fn parts_of(payloads: Vec<(i16, Payload)>) -> Forms {
    let mut forms = BTreeSet::new();
    let mut application = empty();
    for (party_no, payload) in payloads {
        let approved = payload.approved_accounts.iter();
        forms.extend(approved.filter_map(|raw| Some((Kind::Account, bank_account::fingerprint_form(raw)?))));
        application.accounts.extend(payload.accounts.into_iter().map(account));
        match payload.person.map(person) {
            Some(person) if party_no == 0 => application.policyholder = person,
            Some(person) => application.insureds.push(Insured { person, ..Insured::default() }),
            None => {}
        }
    }
    add_parties(&application, &mut forms);
    add_people(&application, &mut forms);
    Forms(forms)
}

/// The forms of an entry of the directory.
pub(in crate::store) fn entry_of(payload: Payload) -> Forms {
    parts_of(vec![(0, payload)])
}

/// Who each party is, as a minor and not, and the values that are compared.
fn add_parties(application: &Application, forms: &mut BTreeSet<(Kind, String)>) {
    let births = application.insureds.iter().filter_map(|insured| insured.person.birth_date.expose().day());
    let days: BTreeSet<NaiveDate> = births.chain([NOBODY_MINOR]).collect();
    for day in days {
        let parties = parties(application, day);
        for party in &parties {
            forms.insert(match &party.subject {
                Subject::Certificate(form) => (Kind::Certificate, form.key()),
                Subject::Weak(key) => (Kind::WeakSubject, key.expose().clone()),
            });
            forms.extend(party.payer_name.iter().map(|name| (Kind::Name, name.expose().clone())));
        }
        let keys = contact_keys(application, &parties);
        forms.extend(keys.iter().map(|key| (Kind::from(key.clue), key.form.expose().clone())));
    }
}

/// Names, and phones that the list leaves out and the directory does not; accounts whoever holds them.
fn add_people(application: &Application, forms: &mut BTreeSet<(Kind, String)>) {
    let people =
        application.insureds.iter().map(|insured| &insured.person).chain([&application.policyholder]);
    for person in people {
        let name = person_name::fingerprint_form(person.name.expose());
        forms.extend(name.map(|name| (Kind::Name, name)));
        let phones = person.phones.iter().filter_map(|raw| phone::fingerprint_form(raw.expose()));
        forms.extend(phones.map(|form| (Kind::Phone, form.key())));
    }
    for account in &application.accounts {
        let number = bank_account::fingerprint_form(account.number.expose());
        forms.extend(number.map(|number| (Kind::Account, number)));
    }
}

fn empty() -> Application {
    Application {
        key: ApplicationKey {
            source: String::new(),
            kind: ApplicationKind::NewBusiness,
            application_no: String::new(),
        },
        source_revision: None,
        policy_no: String::new(),
        original_application_no: String::new(),
        channel: Channel::Direct,
        branch_code: String::new(),
        seller_code: String::new(),
        agency_code: String::new(),
        product: Product::default(),
        applied_on: DateInput::Unset,
        policyholder: Person::default(),
        insureds: Vec::new(),
        accounts: Vec::new(),
        approvals: Vec::new(),
    }
}

fn account(payload: AccountPayload) -> Account {
    let purpose = match payload.purpose.as_deref() {
        Some("premium") => Some(AccountPurpose::Premium),
        Some("benefit") => Some(AccountPurpose::Benefit),
        Some("claim") => Some(AccountPurpose::Claim),
        _ => None,
    };
    Account {
        purpose,
        number: Personal::new(payload.number),
        kind: None,
        bank_code: payload.bank_code,
        holder_name: Personal::new(payload.holder_name),
    }
}

fn person(payload: PersonPayload) -> Person {
    let (kind, sex) = (payload.kind(), payload.sex());
    let [region_code, province, city, district, detail, text] = payload.address;
    Person {
        name: Personal::new(payload.name),
        sex: Personal::new(sex),
        birth_date: Personal::new(date(payload.birth_date)),
        certificate: Certificate {
            kind,
            number: Personal::new(payload.certificate_number),
            valid_until: date(payload.certificate_valid_until),
        },
        phones: payload.phones.into_iter().map(Personal::new).collect(),
        email: Personal::new(payload.email),
        address: Address {
            region_code,
            province,
            city,
            district,
            detail: Personal::new(detail),
            text: Personal::new(text),
        },
        nationality: payload.nationality,
    }
}

const fn date(payload: DatePayload) -> DateInput {
    match payload {
        DatePayload::Unset => DateInput::Unset,
        DatePayload::Impossible => DateInput::Impossible,
        DatePayload::Day(day) => DateInput::Day(day),
    }
}
