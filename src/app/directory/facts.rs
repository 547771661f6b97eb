//! What the directory says of one application: one look-up for each phone and address, by the fingerprints that the record
//! needs anyway. Only a hit asks which field it was.

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::{
    application::{Application, Person},
    clue::ClueKey,
    contact::{address, phone},
    directory::{ContactOwner, DirectoryFacts, UsedContact},
    party::Role,
    rule::Place,
    text::is_blank,
};

use super::{Customer, Snapshot, is_held};
use crate::{
    security::fingerprint::{Fingerprints, Kind},
    store::record::{Contacts, Key, PartyEntry},
};

/// A contact of a party that is the directory's.
struct Hit {
    party_no: i16,
    fingerprint: Uuid,
    clue: i16,
    owner: ContactOwner,
}

/// What `directory` says of `application`, whose contacts are `contacts`, on the application date `as_of`.
pub fn facts(
    directory: &Snapshot,
    prints: &Fingerprints,
    application: &Application,
    contacts: &Contacts,
    as_of: NaiveDate,
) -> DirectoryFacts {
    let code = |code: &str| (!is_blank(code)).then(|| code.trim().to_owned());
    let hits = hits(directory, contacts);
    DirectoryFacts {
        seller: code(&application.seller_code).and_then(|code| directory.seller(&code, as_of)),
        agency: code(&application.agency_code).and_then(|code| directory.agency(&code, as_of)),
        used: if hits.is_empty() { Vec::new() } else { fields(prints, application, &hits) },
    }
}

fn hits(directory: &Snapshot, contacts: &Contacts) -> Vec<Hit> {
    let policyholder = contacts.parties.iter().find(|party| party.role == Role::Policyholder);
    let held = contacts.uses.iter().filter(|used| is_held(used.clue));
    held.filter_map(|used| {
        let party = contacts.parties.iter().find(|party| party.party_no == used.party_no)?;
        let key = Key { epoch: contacts.epoch, clue: used.clue, fingerprint: used.fingerprint };
        // A minor is reached through his policyholder, who may be the seller himself.
        let parent = policyholder.filter(|_| party.role == Role::Insured && party.minor);
        let customers: Vec<Customer> = std::iter::once(party).chain(parent).map(customer).collect();
        let owner = directory.owner_other_than(key, &customers)?;
        Some(Hit { party_no: used.party_no, fingerprint: used.fingerprint, clue: used.clue, owner })
    })
    .collect()
}

fn customer(party: &PartyEntry) -> Customer {
    Customer {
        certificate: (!party.weak).then_some(party.customer_fingerprint),
        name: party.name_fingerprint,
    }
}

/// Where the hits stand, in the order of the fields. Parties are numbered as they stand: the policyholder, the insureds.
fn fields(prints: &Fingerprints, application: &Application, hits: &[Hit]) -> Vec<UsedContact> {
    let insureds = application.insureds.iter().enumerate();
    let people = std::iter::once((Place::Policyholder, &application.policyholder))
        .chain(insureds.map(|(index, insured)| (Place::Insured(index), &insured.person)));
    let mut used = Vec::new();
    for (party_no, (place, person)) in people.enumerate() {
        let own: Vec<&Hit> =
            hits.iter().filter(|hit| usize::try_from(hit.party_no) == Ok(party_no)).collect();
        if !own.is_empty() {
            fields_of(prints, place, person, &own, &mut used);
        }
    }
    used
}

fn fields_of(
    prints: &Fingerprints,
    place: Place,
    person: &Person,
    hits: &[&Hit],
    used: &mut Vec<UsedContact>,
) {
    let owner = |clue: ClueKey, form: Option<String>| {
        let fingerprint = prints.of(Kind::from(clue), &form?);
        let hit = hits.iter().find(|hit| hit.clue == clue.as_i16() && hit.fingerprint == fingerprint)?;
        Some(hit.owner)
    };
    for (index, raw) in person.phones.iter().enumerate() {
        let form = phone::fingerprint_form(raw.expose()).map(|form| form.key());
        if let Some(owner) = owner(ClueKey::Phone, form) {
            used.push(UsedContact { place, phone: Some(index), owner });
        }
    }
    if let Some(owner) = owner(ClueKey::Address, address::fingerprint_form(&person.address)) {
        used.push(UsedContact { place, phone: None, owner });
    }
}
