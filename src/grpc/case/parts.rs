//! What hangs on a case, on the wire. What people wrote comes beside the row, opened, or not at all.

use std::fmt::Write as _;

use chrono::NaiveDate;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::{
    app::{AppealRow, CallBackRequestRow, EvidenceRow, OpinionRow},
    grpc::convert::{date, enums::number, submission::timestamp},
};

pub(in crate::grpc) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Words that were asked for, or nothing.
fn words(opened: Option<&str>) -> String {
    opened.unwrap_or_default().to_owned()
}

/// A call that customer service was asked for.
pub(super) fn call_back_request(
    row: &CallBackRequestRow,
    question: Option<&str>,
    answer_note: Option<&str>,
) -> proto::CallBackRequest {
    proto::CallBackRequest {
        call_back_request_id: row.id.to_string(),
        requested_by: row.requested_by.clone(),
        requested_time: Some(timestamp(row.requested_time)),
        question: words(question),
        answered_by: row.answered_by.clone().unwrap_or_default(),
        answered_time: row.answered_time.map(timestamp),
        answer: row.answer.map_or(0, number::<proto::CallBackAnswer>),
        answer_note: words(answer_note),
    }
}

/// A piece of evidence, without its content.
pub(super) fn evidence(row: &EvidenceRow, file_name: Option<&str>) -> proto::Evidence {
    proto::Evidence {
        evidence_id: row.id.to_string(),
        kind: number::<proto::EvidenceKind>(row.facts.kind),
        content_type: row.content_type.clone(),
        size_bytes: row.size_bytes,
        sha256: hexadecimal(&row.sha256),
        signer_is_policyholder: row.facts.signer_is_policyholder,
        signed_on: row.facts.signed_on.map(date::wire),
        collector_code: row.facts.collector.clone(),
        original_seen: row.facts.original_seen,
        electronic: row.facts.electronic,
        file_name: words(file_name),
        attached_by: row.attached_by.clone(),
        attached_time: Some(timestamp(row.attached_time)),
    }
}

/// A sanction or rectification opinion, as it stands on `today`.
pub(super) fn opinion(
    row: &OpinionRow,
    today: NaiveDate,
    opinion: Option<&str>,
    reply: Option<&str>,
) -> proto::CaseOpinion {
    proto::CaseOpinion {
        case_opinion_id: row.id.to_string(),
        kind: number::<proto::CaseOpinionKind>(row.kind),
        owner_code: row.owner_code.clone(),
        due_date: Some(date::wire(row.due_date)),
        opinion: words(opinion),
        recorded_by: row.recorded_by.clone(),
        recorded_time: Some(timestamp(row.recorded_time)),
        replied_by: row.replied_by.clone().unwrap_or_default(),
        replied_time: row.replied_time.map(timestamp),
        reply: words(reply),
        overdue: row.is_overdue(today),
    }
}

/// An appeal.
pub(super) fn appeal(row: &AppealRow, reason: Option<&str>, decision: Option<&str>) -> proto::CaseAppeal {
    proto::CaseAppeal {
        case_appeal_id: row.id.to_string(),
        appealed_by: row.appealed_by.clone(),
        appealed_time: Some(timestamp(row.appealed_time)),
        reason: words(reason),
        decided_by: row.decided_by.clone().unwrap_or_default(),
        decided_time: row.decided_time.map(timestamp),
        accepted: row.accepted.unwrap_or_default(),
        decision: words(decision),
    }
}
