//! From a judged application to what the recorder keeps: sealed parts, fingerprints, plain codes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::{
    application::{Application, ApprovalKind},
    clue::contact_keys,
    contact::{bank_account, person_name},
    identity,
    party::{Party, Role, Subject, parties},
    rule::age_date,
};

use super::{App, validate_application::Submitted};
use crate::{
    ids,
    security::{
        fingerprint::{Fingerprints, Kind},
        principal::Principal,
    },
    store::{
        payload::Payload,
        product::ProductRow,
        record::{Approval, ContactUse, Contacts, Item, Part, PartyEntry},
        submission::Decision,
    },
};

/// Longest plain copy of a code (branch, seller, agency, policy). The original is sealed in full.
const MAX_CODE_CHARS: usize = 64;

/// The part that belongs to no party.
const NOBODY: i16 = -1;

/// Everything that the recorder needs of `submitted`.
pub fn prepare(app: &App, principal: &Principal, submitted: Submitted, decision: Decision) -> Item {
    let Submitted { request_id, digest, application } = submitted;
    let as_of = age_date(&application, decision.decided_time);
    let prints = app.fingerprints.get();
    let parties = parties(&application, as_of);
    Item {
        caller: principal.caller.clone(),
        request_id,
        digest,
        application_id: ids::application_id(&application.key),
        source_revision: application
            .source_revision
            .map(|revision| i64::try_from(revision).unwrap_or(i64::MAX)),
        channel: application.channel,
        branch_code: plain_code(&application.branch_code),
        seller_code: plain_code(&application.seller_code),
        agency_code: plain_code(&application.agency_code),
        baseline: false,
        is_group: application.product.group,
        policy_no: plain_code(&application.policy_no),
        original_application_no: plain_code(&application.original_application_no),
        product: ProductRow::from(&application.product),
        parts: parts(&prints, &application, &parties),
        contacts: contacts(&prints, &application, &parties),
        key: application.key,
        decision,
    }
}

/// A code as it may stand in a plain column: no control characters, of bounded length.
fn plain_code(code: &str) -> String {
    code.chars().filter(|c| !c.is_control()).take(MAX_CODE_CHARS).collect()
}

/// Numbers of parties are bounded by the limits of the message.
fn number(party_no: u16) -> i16 {
    i16::try_from(party_no).unwrap_or(i16::MAX)
}

fn parts(prints: &Fingerprints, application: &Application, parties: &[Party<'_>]) -> Vec<Part> {
    let mut parts: Vec<Part> = parties
        .iter()
        .map(|party| Part {
            party_no: number(party.party_no),
            role: Some(party.role),
            subject_fingerprint: subject_fingerprint(prints, party),
            plaintext: Payload::of_party(application, party.person, &party.accounts).encode(),
        })
        .collect();
    let owned: BTreeSet<usize> = parties.iter().flat_map(|party| party.accounts.iter().copied()).collect();
    let unowned: Vec<usize> =
        (0..application.accounts.len()).filter(|place| !owned.contains(place)).collect();
    parts.push(Part {
        party_no: NOBODY,
        role: None,
        subject_fingerprint: None,
        plaintext: Payload::of_nobody(application, &unowned).encode(),
    });
    parts
}

/// The fingerprint by which every submission of a person is found, rejected ones included: any certificate text will do.
fn subject_fingerprint(prints: &Fingerprints, party: &Party<'_>) -> Option<Uuid> {
    let certificate = &party.person?.certificate;
    let form = identity::fingerprint_form(certificate.kind, certificate.number.expose())?;
    Some(prints.of(Kind::Certificate, &form.key()))
}

fn customer_fingerprint(prints: &Fingerprints, subject: &Subject) -> Uuid {
    match subject {
        Subject::Certificate(form) => prints.of(Kind::Certificate, &form.key()),
        Subject::Weak(key) => prints.of(Kind::WeakSubject, key.expose()),
    }
}

/// The parties of `application` by fingerprint; ages are counted on the day `as_of`.
pub(super) fn parties_of(
    prints: &Fingerprints,
    application: &Application,
    as_of: NaiveDate,
) -> Vec<PartyEntry> {
    entries(prints, &parties(application, as_of))
}

fn entries(prints: &Fingerprints, parties: &[Party<'_>]) -> Vec<PartyEntry> {
    let entry = |party: &Party<'_>| PartyEntry {
        party_no: number(party.party_no),
        role: party.role,
        relation: party.relation,
        minor: party.minor,
        weak: party.subject.is_weak(),
        customer_fingerprint: customer_fingerprint(prints, &party.subject),
        name_fingerprint: name_form(party).map(|name| prints.of(Kind::Name, &name)),
    };
    parties.iter().map(entry).collect()
}

fn contacts(prints: &Fingerprints, application: &Application, parties: &[Party<'_>]) -> Contacts {
    let mut uses: Vec<ContactUse> = contact_keys(application, parties)
        .iter()
        .map(|key| {
            let fingerprint = prints.of(Kind::from(key.clue), key.form.expose());
            ContactUse::new(key.clue, fingerprint, number(key.party_no), key.purpose)
        })
        .collect();
    uses.sort_unstable();
    uses.dedup();
    let parties = entries(prints, parties);
    Contacts { epoch: prints.epoch(), parties, uses, approvals: approvals(prints, application) }
}

fn name_form(party: &Party<'_>) -> Option<String> {
    match (party.role, party.person) {
        (Role::Payer, _) => party.payer_name.as_ref().map(|name| name.expose().clone()),
        (_, Some(person)) => person_name::fingerprint_form(person.name.expose()),
        (_, None) => None,
    }
}

/// Approvals with an account and an end. Those that lack either excuse nothing.
fn approvals(prints: &Fingerprints, application: &Application) -> Vec<Approval> {
    let valid =
        application.approvals.iter().filter(|approval| approval.kind == Some(ApprovalKind::ThirdPartyPayer));
    valid
        .filter_map(|approval| {
            let account = bank_account::fingerprint_form(approval.account.expose())?;
            let valid_until = approval.valid_until.day()?;
            Some(Approval { account_key: prints.of(Kind::Account, &account), valid_until })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_code_has_no_control_characters_and_a_bounded_length() {
        assert_eq!(plain_code("A\0B\n1"), "AB1");
        assert_eq!(plain_code(&"支".repeat(100)).chars().count(), MAX_CODE_CHARS);
    }
}
