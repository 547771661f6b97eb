//! Values of closed sets in forms and in words, where the catalogue of lists does not have them yet.

use zhenshi_domain::{
    application::Channel,
    case::{
        Actor, CallBackDoubt, CaseSource, CaseState, Outcome,
        evidence::{ContactMeans, ContactResult, EvidenceKind},
        verification::Department,
    },
    deadline::Basis,
};

use crate::app::{CallBackAnswer, ClearedKind, OpinionKind};

/// Why customers may share a value: kind, value in forms, message.
pub(in crate::web) const CLEARED: [(ClearedKind, &str, &str); 4] = [
    (ClearedKind::Family, "family", "page-case-cleared-family"),
    (ClearedKind::Company, "company", "page-case-cleared-company"),
    (ClearedKind::PrivacyNumber, "privacy-number", "page-case-cleared-privacy-number"),
    (ClearedKind::Other, "other", "page-case-cleared-other"),
];

pub(in crate::web) const fn state(state: CaseState) -> &'static str {
    match state {
        CaseState::Sorting => "page-case-state-sorting",
        CaseState::Open => "page-case-state-open",
        CaseState::Assigned => "page-case-state-assigned",
        CaseState::Investigating => "page-case-state-investigating",
        CaseState::Submitted => "page-case-state-submitted",
        CaseState::Closed => "page-case-state-closed",
        CaseState::Withdrawn => "page-case-state-withdrawn",
    }
}

/// Class of the tag of a state.
pub(in crate::web) const fn state_class(state: CaseState) -> &'static str {
    match state {
        CaseState::Sorting | CaseState::Withdrawn => "",
        CaseState::Open | CaseState::Assigned => "tag-orange",
        CaseState::Investigating | CaseState::Submitted => "tag-blue",
        CaseState::Closed => "tag-green",
    }
}

pub(in crate::web) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Corrected => "page-case-outcome-corrected",
        Outcome::Cleared => "page-case-outcome-cleared",
        Outcome::ConfirmedFalse => "page-case-outcome-confirmed-false",
        Outcome::Unreachable => "page-case-outcome-unreachable",
    }
}

pub(in crate::web) fn cleared(kind: ClearedKind) -> &'static str {
    CLEARED.iter().find(|(known, ..)| *known == kind).map_or("", |(_, _, words)| words)
}

pub(in crate::web) const fn source(source: CaseSource) -> &'static str {
    match source {
        CaseSource::Suspicion => "page-case-source-suspicion",
        CaseSource::CallBack => "page-case-source-call-back",
        CaseSource::Enquiry => "page-case-source-enquiry",
        CaseSource::Servicing => "page-case-source-servicing",
        CaseSource::Claim => "page-case-source-claim",
        CaseSource::CustomerCare => "page-case-source-customer-care",
    }
}

pub(in crate::web) const fn doubt(doubt: CallBackDoubt) -> &'static str {
    match doubt {
        CallBackDoubt::NoSuchNumber => "page-case-doubt-no-such-number",
        CallBackDoubt::WrongNumber => "page-case-doubt-wrong-number",
        CallBackDoubt::OutOfService => "page-case-doubt-out-of-service",
        CallBackDoubt::AnsweredByOther => "page-case-doubt-answered-by-other",
    }
}

pub(in crate::web) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::WorkingDays => "page-case-basis-working-days",
        Basis::CallBack => "page-case-basis-call-back",
        Basis::CoolingOff => "page-case-basis-cooling-off",
    }
}

pub(in crate::web) const fn department(department: Department) -> &'static str {
    match department {
        Department::CustomerService => "page-case-department-customer-service",
        Department::Compliance => "page-case-department-compliance",
    }
}

pub(in crate::web) const fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Worker | Actor::PolicyEvent => "page-case-actor-service",
        Actor::CustomerService => "page-case-actor-customer-service",
        Actor::Compliance => "page-case-actor-compliance",
        Actor::TeamLeader => "page-case-actor-team-leader",
        Actor::Clerk => "page-case-actor-clerk",
        Actor::Assignee => "page-case-actor-assignee",
        Actor::Assistant => "page-case-actor-assistant",
    }
}

pub(in crate::web) const fn means(means: ContactMeans) -> &'static str {
    match means {
        ContactMeans::Phone => "page-case-means-phone",
        ContactMeans::Message => "page-case-means-message",
        ContactMeans::Email => "page-case-means-email",
        ContactMeans::Letter => "page-case-means-letter",
        ContactMeans::Visit => "page-case-means-visit",
    }
}

pub(in crate::web) const fn result(result: ContactResult) -> &'static str {
    match result {
        ContactResult::Reached => "page-case-result-reached",
        ContactResult::NoAnswer => "page-case-result-no-answer",
        ContactResult::AnsweredByOther => "page-case-result-answered-by-other",
        ContactResult::NoSuchNumber => "page-case-result-no-such-number",
        ContactResult::OutOfService => "page-case-result-out-of-service",
        ContactResult::Refused => "page-case-result-refused",
        ContactResult::Sent => "page-case-result-sent",
        ContactResult::Undeliverable => "page-case-result-undeliverable",
    }
}

pub(in crate::web) const fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::CustomerProof => "page-case-evidence-customer-proof",
        EvidenceKind::ConfirmationForm => "page-case-evidence-confirmation-form",
        EvidenceKind::ServicingRequest => "page-case-evidence-servicing-request",
        EvidenceKind::InvestigationReport => "page-case-evidence-investigation-report",
        EvidenceKind::SellerStatement => "page-case-evidence-seller-statement",
        EvidenceKind::AgencyStatement => "page-case-evidence-agency-statement",
        EvidenceKind::RelationProof => "page-case-evidence-relation-proof",
        EvidenceKind::LetterReceipt => "page-case-evidence-letter-receipt",
        EvidenceKind::VisitRecord => "page-case-evidence-visit-record",
        EvidenceKind::CallRecording => "page-case-evidence-call-recording",
        EvidenceKind::Other => "page-case-evidence-other",
    }
}

pub(in crate::web) const fn answer(answer: CallBackAnswer) -> &'static str {
    match answer {
        CallBackAnswer::Confirmed => "page-case-answer-confirmed",
        CallBackAnswer::ToldOtherwise => "page-case-answer-told-otherwise",
        CallBackAnswer::NotReached => "page-case-answer-not-reached",
        CallBackAnswer::Refused => "page-case-answer-refused",
    }
}

pub(in crate::web) const fn answer_value(answer: CallBackAnswer) -> &'static str {
    match answer {
        CallBackAnswer::Confirmed => "confirmed",
        CallBackAnswer::ToldOtherwise => "told-otherwise",
        CallBackAnswer::NotReached => "not-reached",
        CallBackAnswer::Refused => "refused",
    }
}

pub(in crate::web) const fn opinion(kind: OpinionKind) -> &'static str {
    match kind {
        OpinionKind::Sanction => "page-case-opinion-sanction",
        OpinionKind::Rectification => "page-case-opinion-rectification",
    }
}

pub(in crate::web) const fn opinion_value(kind: OpinionKind) -> &'static str {
    match kind {
        OpinionKind::Sanction => "sanction",
        OpinionKind::Rectification => "rectification",
    }
}

pub(in crate::web) const fn channel_value(channel: Channel) -> &'static str {
    match channel {
        Channel::IndividualAgents => "individual-agents",
        Channel::Bancassurance => "bancassurance",
        Channel::Intermediaries => "intermediaries",
        Channel::Direct => "direct",
    }
}
