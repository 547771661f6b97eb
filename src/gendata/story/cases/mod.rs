//! The planted cases. Each is a function that writes one small story of its own people, and says what the lists must say.
//! To add a case: a function in the file of its subject, and a line in [`CASES`].

mod family;
mod identity;
mod order;
mod payer;
mod policy;
mod seller;
mod sharing;

use super::script::Pen;

/// Codes of the clues.
const SAME_PHONE: &str = "SAME_PHONE";
const SAME_BANK_ACCOUNT: &str = "SAME_BANK_ACCOUNT";
const SELLER_CONTACT: &str = "SELLER_CONTACT";
const IDENTITY_CONFLICT: &str = "IDENTITY_CONFLICT";
const SAME_PERSON_TWICE: &str = "SAME_PERSON_TWICE";

/// A case that can be planted.
pub(super) struct Case {
    /// Name, for people.
    pub(super) name: &'static str,
    /// It looks like a clue and is none.
    pub(super) excuse: bool,
    /// Plants it once.
    pub(super) plant: fn(&mut Pen<'_>),
}

const fn clue(name: &'static str, plant: fn(&mut Pen<'_>)) -> Case {
    Case { name, excuse: false, plant }
}

const fn excuse(name: &'static str, plant: fn(&mut Pen<'_>)) -> Case {
    Case { name, excuse: true, plant }
}

/// Every case.
pub(super) const CASES: [Case; 32] = [
    clue("two strangers, one phone", sharing::phone),
    clue("two strangers, one account", sharing::account),
    clue("a stranger's account on a claim", sharing::claim_account),
    clue("a third stranger joins on a later day", sharing::third_joins),
    clue("an insured who is no relative uses the phone", sharing::no_relative),
    clue("a cleared pair, joined by a stranger", sharing::cleared_and_joined),
    excuse("a cleared pair shares again", sharing::cleared),
    excuse("one customer with two policies", sharing::one_customer),
    excuse("group business with a stranger's phone", sharing::group),
    excuse("a rejected application with a stranger's phone", sharing::rejected),
    clue("a relation is no longer declared", family::withdrawn),
    excuse("a spouse with a policy of his own", family::spouse),
    excuse("a parent with a policy of his own", family::parent),
    excuse("a minor on his policyholder's phone", family::minor),
    clue("one certificate, two names", identity::conflict),
    clue("one person, two certificates", identity::twice),
    excuse("one number in 15 and 18 digits", identity::twins),
    excuse("a revision removes the phone before the cut", order::removed_before_cut),
    excuse("an older revision arrives after a newer", order::late_older),
    clue("a newer revision stands against a late older one", order::late_clean),
    clue("listed, and not again when sent again", order::sent_again),
    clue("a revision removes the phone after the cut", order::removed_after_cut),
    excuse("a company is approved as the payer of two policies", payer::company),
    clue("a company's approvals have run out", payer::run_out),
    clue("a stranger uses an approved payer's account", payer::unapproved),
    excuse("a policy ends before the cut", policy::ended_before_cut),
    clue("a policy ends after the cut", policy::ended_after_cut),
    clue("a policy is reinstated", policy::reinstated),
    clue("a customer with a seller's phone", seller::phone),
    clue("a contact that the directory learns later", seller::learned_later),
    clue("a customer at an agency's address", seller::address),
    excuse("a seller insures himself and his child", seller::himself),
];
