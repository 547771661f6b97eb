//! Whose a value is, inside one application: the parties that use it, by number. 0 is the policyholder, then come the
//! insureds, then the payers. A rule of its own (docs: `Account.holder_name`), written without looking at the domain's.

use super::draft::{Draft, DraftAccount};
use super::people::Human;
use super::wire::{Kind, Purpose};

/// A party of an application that a list must name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Source of the application.
    pub source: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its number.
    pub application_no: String,
    /// Number of the party: 0 the policyholder, then the insureds, then the payers.
    pub party_no: u16,
}

/// A member, and in the period of which list his use was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) member: Member,
    pub(super) list: usize,
}

/// The parties that are people, with their numbers.
fn people(draft: &Draft) -> impl Iterator<Item = (u16, &Human)> {
    let insureds = (0..draft.members.len()).filter_map(|place| draft.insured(place));
    (0u16..).zip(std::iter::once(&draft.policyholder).chain(insureds))
}

/// The parties of whom `is` holds.
pub(super) fn who(draft: &Draft, list: usize, is: impl Fn(&Human) -> bool) -> Vec<Holder> {
    people(draft).filter(|(_, human)| is(human)).map(|(number, _)| holder(draft, list, number)).collect()
}

/// The parties that use the phone.
pub(super) fn of_phone(draft: &Draft, list: usize, phone: &str) -> Vec<Holder> {
    who(draft, list, |human| human.phone == phone)
}

/// The parties that use the account: whose name its holder's is. A premium account is the policyholder's first, any other
/// an insured's first; who is neither is a payer.
pub(super) fn of_account(draft: &Draft, list: usize, number: &str) -> Vec<Holder> {
    let mut payers: Vec<&str> = Vec::new();
    let mut holders: Vec<u16> = Vec::new();
    let insureds = u16::try_from(draft.members.len()).unwrap_or(u16::MAX);
    for account in &draft.accounts {
        let DraftAccount { holder_name, purpose, .. } = account;
        let mut named =
            people(draft).filter(|(_, human)| human.name == *holder_name).map(|(number, _)| number);
        let first = named.next();
        let party = match (first, named.next()) {
            (Some(0), Some(insured)) if *purpose != Purpose::Premium => insured,
            (Some(first), _) => first,
            (None, _) => {
                let place = payers.iter().position(|known| known == holder_name).unwrap_or_else(|| {
                    payers.push(holder_name);
                    payers.len() - 1
                });
                insureds + 1 + u16::try_from(place).unwrap_or(u16::MAX)
            }
        };
        if account.number == number && !holders.contains(&party) {
            holders.push(party);
        }
    }
    holders.into_iter().map(|number| holder(draft, list, number)).collect()
}

fn holder(draft: &Draft, list: usize, party_no: u16) -> Holder {
    let member = Member {
        source: draft.source,
        kind: draft.kind,
        application_no: draft.application_no.clone(),
        party_no,
    };
    Holder { member, list }
}
