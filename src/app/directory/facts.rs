//! What the directory says of one application: one look-up for each phone and address, by fingerprint. Who the parties are is
//! found out only if one of them is somebody's.

use std::cell::OnceCell;

use chrono::NaiveDate;
use zhenshi_domain::personal::Personal;
use zhenshi_domain::{
    application::{Application, Person},
    clue::ClueKey,
    contact::{address, phone, placeholder},
    directory::{ContactOwner, DirectoryFacts, UsedContact},
    rule::Place,
    text::is_blank,
};

use super::{Customer, Snapshot};
use crate::{
    app::prepare::parties_of,
    security::fingerprint::{Fingerprints, Kind},
    store::record::{Key, PartyEntry},
};

/// What `directory` says of `application` on the application date `as_of`.
pub fn facts(
    directory: &Snapshot,
    prints: &Fingerprints,
    application: &Application,
    as_of: NaiveDate,
) -> DirectoryFacts {
    let given = |code: &str| (!is_blank(code)).then(|| code.trim().to_owned());
    let look_up = LookUp { directory, prints, application, as_of, parties: OnceCell::new() };
    DirectoryFacts {
        seller: given(&application.seller_code).and_then(|code| directory.seller(&code, as_of)),
        agency: given(&application.agency_code).and_then(|code| directory.agency(&code, as_of)),
        used: look_up.used(),
    }
}

/// The look-up of one application.
struct LookUp<'a> {
    directory: &'a Snapshot,
    prints: &'a Fingerprints,
    application: &'a Application,
    as_of: NaiveDate,
    /// The policyholder, then the insureds, then the payers.
    parties: OnceCell<Vec<PartyEntry>>,
}

impl LookUp<'_> {
    /// The contacts of parties that are the directory's, in the order of the fields.
    fn used(&self) -> Vec<UsedContact> {
        let insureds = self.application.insureds.iter().enumerate();
        let people = std::iter::once((Place::Policyholder, &self.application.policyholder))
            .chain(insureds.map(|(index, insured)| (Place::Insured(index), &insured.person)));
        let mut used = Vec::new();
        for (party_no, (place, person)) in people.enumerate() {
            self.used_by(party_no, place, person, &mut used);
        }
        used
    }

    fn used_by(&self, party_no: usize, place: Place, person: &Person, used: &mut Vec<UsedContact>) {
        for (index, raw) in person.phones.iter().map(Personal::expose).enumerate() {
            // Everybody has placeholders.
            let form =
                (!placeholder::is_placeholder_phone(raw)).then(|| phone::fingerprint_form(raw)).flatten();
            if let Some(owner) = self.owner(party_no, ClueKey::Phone, form.map(|form| form.key())) {
                used.push(UsedContact { place, phone: Some(index), owner });
            }
        }
        if let Some(owner) =
            self.owner(party_no, ClueKey::Address, address::fingerprint_form(&person.address))
        {
            used.push(UsedContact { place, phone: None, owner });
        }
    }

    /// Whose the value in `form` is, if neither the party's nor, for a minor, the policyholder's.
    fn owner(&self, party_no: usize, clue: ClueKey, form: Option<String>) -> Option<ContactOwner> {
        let fingerprint = self.prints.of(Kind::from(clue), &form?);
        let key = Key { epoch: self.prints.epoch(), clue: clue.as_i16(), fingerprint };
        if !self.directory.holds(&key) {
            return None;
        }
        let parties = self.parties.get_or_init(|| parties_of(self.prints, self.application, self.as_of));
        let party = parties.get(party_no)?;
        // A minor is reached through his policyholder, who may be the seller himself.
        let parent = parties.first().filter(|_| party_no > 0 && party.minor);
        let customers: Vec<Customer> = std::iter::once(party).chain(parent).map(customer).collect();
        self.directory.owner_other_than(key, &customers)
    }
}

fn customer(party: &PartyEntry) -> Customer {
    Customer {
        certificate: (!party.weak).then_some(party.customer_fingerprint),
        name: party.name_fingerprint,
    }
}
