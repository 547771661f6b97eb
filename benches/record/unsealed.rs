//! The use case without sealing: judged, fingerprinted and recorded, but with nothing to seal.
//!
//! What it leaves out: payloads (their encoding, their encryption, the wrapping of their keys) and the rows of `sealed`, on
//! both sides. Everything else is as `zhenshi::app` prepares it; that the other tables get the same rows and bytes is seen
//! in the figures of the two lines.

use std::sync::Arc;

use anyhow::bail;
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        validate_application::{Submitted, judge_only},
    },
    ids,
    security::{
        fingerprint::{Fingerprints, Kind},
        principal::Principal,
    },
    store::record::{ContactUse, Contacts, Item, Outcome, PartyEntry},
};
use zhenshi_domain::{
    application::Application,
    clue::contact_keys,
    contact::person_name,
    party::{Party, Subject, parties},
    rule::age_date,
};

/// Judges and records an application of the bench without its sealed parts.
pub(crate) async fn record_unsealed(
    app: &App,
    principal: &Principal,
    submitted: Submitted,
) -> anyhow::Result<()> {
    let decision = judge_only(app, principal, &submitted.application)?;
    let Submitted { request_id, digest, application } = submitted;
    let parties = parties(&application, age_date(&application, decision.decided_time));
    let contacts = contacts(&app.fingerprints, &application, &parties);
    let item = Item {
        caller: principal.caller.clone(),
        request_id,
        digest,
        application_id: ids::application_id(&application.key),
        source_revision: application.source_revision.map(i64::try_from).transpose()?,
        channel: application.channel,
        branch_code: application.branch_code.clone(),
        seller_code: application.seller_code.clone(),
        agency_code: application.agency_code.clone(),
        is_group: application.product.group,
        policy_no: application.policy_no.clone(),
        original_application_no: application.original_application_no.clone(),
        parts: Vec::new(),
        contacts,
        key: application.key,
        decision,
    };
    match app.recorder.record(Arc::new(item)).await? {
        Outcome::Recorded(_) => Ok(()),
        Outcome::Replayed(_) | Outcome::Reused => bail!("a request id was used twice"),
    }
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
    let parties = parties
        .iter()
        .map(|party| PartyEntry {
            party_no: number(party.party_no),
            role: party.role,
            relation: party.relation,
            minor: party.minor,
            weak: party.subject.is_weak(),
            customer_fingerprint: customer(prints, &party.subject),
            name_fingerprint: party
                .person
                .and_then(|person| person_name::fingerprint_form(person.name.expose()))
                .map(|name| prints.of(Kind::Name, &name)),
        })
        .collect();
    Contacts { epoch: prints.epoch(), parties, uses, approvals: Vec::new() }
}

fn number(party_no: u16) -> i16 {
    i16::try_from(party_no).unwrap_or(i16::MAX)
}

fn customer(prints: &Fingerprints, subject: &Subject) -> Uuid {
    match subject {
        Subject::Certificate(form) => prints.of(Kind::Certificate, &form.key()),
        Subject::Weak(key) => prints.of(Kind::WeakSubject, key.expose()),
    }
}
