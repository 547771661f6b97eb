//! What hangs on a case, and its timeline, on the wire: codes as they are, words of the catalogue, and what people wrote where
//! it was opened.

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::case::evidence::Missing;
use zhenshi_proto::zhenshi::v1 as proto;

use super::parts;
use crate::{
    app::{
        CaseDetailRows, CaseEventRow, CaseSuspicionRow, ContactAttemptRow, ParticipantRow, VerificationRow,
        case::{
            get_case::{ShownCaseMember, ShownDetails, Texts},
            said,
        },
    },
    grpc::convert::{
        enums::number,
        submission::{party, timestamp},
    },
    words::{Language, Words},
};

/// Everything that hangs on a case.
pub(super) fn details(
    shown: &ShownDetails,
    today: NaiveDate,
    words: &Words,
    language: Language,
) -> proto::CaseDetails {
    let CaseDetailRows {
        suspicions,
        participants,
        attempts,
        evidence,
        call_back_requests,
        verifications,
        opinions,
        appeals,
        missing,
        awaited,
        relations,
        ..
    } = &shown.rows;
    let texts = &shown.texts;
    let opened = |id: Option<Uuid>| id.and_then(|id| texts.get(&id)).map(|text| text.as_str());
    proto::CaseDetails {
        suspicions: suspicions.iter().map(suspicion).collect(),
        members: shown.members.iter().map(member).collect(),
        participants: participants.iter().map(|row| participant(row, texts)).collect(),
        contact_attempts: attempts.iter().map(|row| attempt(row, texts)).collect(),
        evidence: evidence.iter().map(|row| parts::evidence(row, opened(row.file_name_text_id))).collect(),
        call_back_requests: call_back_requests
            .iter()
            .map(|row| {
                parts::call_back_request(row, opened(row.question_text_id), opened(row.answer_text_id))
            })
            .collect(),
        verifications: verifications.iter().map(|row| verification(row, texts)).collect(),
        opinions: opinions
            .iter()
            .map(|row| parts::opinion(row, today, opened(Some(row.text_id)), opened(row.reply_text_id)))
            .collect(),
        appeals: appeals
            .iter()
            .map(|row| parts::appeal(row, opened(Some(row.text_id)), opened(row.decision_text_id)))
            .collect(),
        missing: missing
            .iter()
            .map(|(outcome, items)| proto::CaseMissing {
                outcome: number::<proto::CaseOutcome>(*outcome),
                items: items.iter().map(|item| missing_item(*item, words, language)).collect(),
            })
            .collect(),
        allowed_moves: shown.allowed.iter().map(|one| number::<proto::CaseMove>(*one)).collect(),
        awaited_departments: awaited.iter().map(|one| number::<proto::Department>(*one)).collect(),
        suggested_relations: relations
            .iter()
            .map(|row| proto::SuggestedRelation {
                customer_ids: row.customer_ids.iter().map(Uuid::to_string).collect(),
                application_no: row.application_no.clone(),
            })
            .collect(),
    }
}

/// An entry of the timeline.
pub(super) fn event(
    row: &CaseEventRow,
    texts: &Texts,
    words: &Words,
    language: Language,
) -> proto::CaseEvent {
    proto::CaseEvent {
        case_id: row.case_id.to_string(),
        version: row.version,
        ordinal: row.ordinal.into(),
        kind: number::<proto::CaseEventKind>(row.kind),
        actor: row.actor.clone(),
        recorded_time: Some(timestamp(row.recorded_time)),
        state_before: number::<proto::CaseState>(row.state_before),
        state_after: number::<proto::CaseState>(row.state_after),
        details: row
            .data
            .iter()
            .map(|(name, value)| proto::CaseEventDetail { name: name.clone(), value: value.clone() })
            .collect(),
        message: said::event(words, language, row.kind),
        note: text(texts, row.text_id),
    }
}

fn member(member: &ShownCaseMember) -> proto::CaseMember {
    match member {
        ShownCaseMember::Stub { customer_id, channel } => proto::CaseMember {
            customer_id: customer_id.to_string(),
            stub: true,
            channel: number::<proto::Channel>(*channel),
            ..proto::CaseMember::default()
        },
        ShownCaseMember::Full { row, party: opened } => proto::CaseMember {
            customer_id: row.customer_id.to_string(),
            stub: false,
            source: row.source.clone(),
            application_kind: number::<proto::ApplicationKind>(row.application_kind),
            application_no: row.application_no.clone(),
            submission_id: row.submission_id.to_string(),
            party_no: row.party_no.into(),
            role: number::<proto::PartyRole>(row.role),
            channel: number::<proto::Channel>(row.channel),
            branch_code: row.branch_code.clone(),
            seller_code: row.seller_code.clone(),
            agency_code: row.agency_code.clone(),
            policy_no: row.policy_no.clone(),
            joined_time: Some(timestamp(row.joined_time)),
            party: opened.as_deref().map(party),
            secrecy_class: number::<proto::SecrecyClass>(row.class),
        },
    }
}

fn missing_item(item: Missing, words: &Words, language: Language) -> proto::MissingItem {
    proto::MissingItem { code: item.name().to_owned(), message: said::missing(words, language, item) }
}

/// What was written; empty if it was not opened.
fn text(texts: &Texts, id: Option<Uuid>) -> String {
    id.and_then(|id| texts.get(&id)).map(|text| text.to_string()).unwrap_or_default()
}

fn suspicion(row: &CaseSuspicionRow) -> proto::CaseSuspicion {
    let owner = row.owner.as_ref();
    proto::CaseSuspicion {
        suspicion_id: row.suspicion_id.to_string(),
        clue: number::<proto::Clue>(row.clue),
        clue_value_id: row.clue_value_id.to_string(),
        owner_kind: owner.map_or(0, |(kind, _)| number::<proto::ContactOwnerKind>(*kind)),
        owner_code: owner.map(|(_, code)| code.clone()).unwrap_or_default(),
        outcome: row.outcome.map_or(0, number::<proto::CaseOutcome>),
        cleared_kind: row.cleared_kind.map_or(0, number::<proto::ClearedRelationKind>),
        withdrawn: row.withdrawn,
        joined_time: Some(timestamp(row.joined_time)),
    }
}

fn participant(row: &ParticipantRow, texts: &Texts) -> proto::CaseParticipant {
    let kind = if row.assists { proto::ParticipantKind::Assists } else { proto::ParticipantKind::Copied };
    proto::CaseParticipant {
        kind: kind.into(),
        channel: number::<proto::Channel>(row.channel),
        branch_code: row.branch_code.clone(),
        staff_code: row.staff_code.clone(),
        unit_code: row.unit_code.clone(),
        due_time: row.due_time.map(timestamp),
        answered_time: row.answered_time.map(timestamp),
        answer: text(texts, row.answer_text_id),
        overridden: row.overridden,
    }
}

fn attempt(row: &ContactAttemptRow, texts: &Texts) -> proto::ContactAttempt {
    proto::ContactAttempt {
        contact_attempt_id: row.id.to_string(),
        attempted_time: Some(timestamp(row.attempt.time)),
        means: number::<proto::ContactMeans>(row.attempt.means),
        result: number::<proto::ContactResult>(row.attempt.result),
        attempted_by: row.attempted_by.clone(),
        note: text(texts, row.text_id),
    }
}

fn verification(row: &VerificationRow, texts: &Texts) -> proto::CaseVerification {
    proto::CaseVerification {
        round: row.round,
        department: number::<proto::Department>(row.department),
        verifier_code: row.verifier.clone(),
        verified: row.verified,
        recorded_time: Some(timestamp(row.recorded_time)),
        note: text(texts, row.text_id),
    }
}
