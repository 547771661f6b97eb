//! From the record to the wire: verdicts with their words, submissions, masked parties.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use zhenshi_domain::{mask, party::Role};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::enums::number;
use crate::{
    app::{
        ArgRow, DatePayload, Decision, FindingRow, PersonPayload, SubmissionRow, get_submission::ShownParty,
    },
    words::{Language, WordArg, Words},
};

/// An instant on the wire.
pub(in crate::grpc) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    // Under a second's nanoseconds always fit.
    Timestamp { seconds: time.timestamp(), nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0) }
}

/// The answer to `ValidateApplication`; `submission_id` is empty when nothing was recorded.
pub(in crate::grpc) fn answer(
    submission_id: String,
    decision: Decision,
    words: &Words,
    language: Language,
) -> proto::ValidateApplicationResponse {
    proto::ValidateApplicationResponse {
        submission_id,
        verdict: number::<proto::Verdict>(decision.verdict),
        findings: decision.findings.iter().map(|row| finding(row, words, language)).collect(),
        rule_set_version: decision.rule_set_version,
        calendar_version: decision.calendar_version,
        directory_version: decision.directory_version,
        decided_time: Some(timestamp(decision.decided_time)),
    }
}

fn finding(row: &FindingRow, words: &Words, language: Language) -> proto::Finding {
    let args = row.args.iter().map(|(name, value)| {
        let value = match value {
            ArgRow::Number(count) => WordArg::Number(*count),
            ArgRow::Key(key) => WordArg::Key(key),
        };
        (name.as_str(), value)
    });
    proto::Finding {
        code: row.code.clone(),
        field_path: row.field_path.clone(),
        severity: number::<proto::Severity>(row.severity),
        message: words.finding(language, &row.code, &row.field_path, args),
        article: row.article.map_or(0, i32::from),
    }
}

/// A submission without its parties.
pub(in crate::grpc) fn submission(
    row: &SubmissionRow,
    current: bool,
    words: &Words,
    language: Language,
) -> proto::Submission {
    let decision = &row.decision;
    proto::Submission {
        submission_id: row.id.to_string(),
        source: row.source.clone(),
        kind: number::<proto::ApplicationKind>(row.kind),
        application_no: row.application_no.clone(),
        revision: row.revision,
        source_revision: row.source_revision.and_then(|revision| u64::try_from(revision).ok()),
        superseded: row.superseded,
        current,
        channel: number::<proto::Channel>(row.channel),
        branch_code: row.branch_code.clone(),
        caller: row.caller.clone(),
        verdict: number::<proto::Verdict>(decision.verdict),
        findings: decision.findings.iter().map(|row| finding(row, words, language)).collect(),
        rule_set_version: decision.rule_set_version.clone(),
        calendar_version: decision.calendar_version.clone(),
        directory_version: decision.directory_version.clone(),
        decided_time: Some(timestamp(decision.decided_time)),
        recorded_time: Some(timestamp(row.recorded_time)),
        parties: Vec::new(),
    }
}

/// A party with every value masked.
pub(in crate::grpc) fn party(shown: &ShownParty) -> proto::MaskedParty {
    let nobody = PersonPayload::default();
    let person = shown.payload.person.as_ref().unwrap_or(&nobody);
    // A payer is known by the name on the account.
    let holder = shown.payload.accounts.first().map_or("", |account| account.holder_name.as_str());
    let name = if shown.role == Role::Payer { holder } else { &person.name };
    let [_, province, city, _, _, text] = &person.address;
    proto::MaskedParty {
        role: number::<proto::PartyRole>(shown.role),
        party_no: i32::from(shown.party_no),
        name: mask::name(name),
        sex: person.sex().map_or(0, number::<proto::Sex>),
        birth_date: birth_year(person.birth_date),
        certificate_kind: person.kind().map_or(0, number::<proto::CertificateKind>),
        certificate_number: mask::certificate(&person.certificate_number),
        phones: person.phones.iter().map(|phone| mask::phone(phone)).collect(),
        email: mask::email(&person.email),
        address: mask::address(province, city, text),
        account_numbers: shown
            .payload
            .accounts
            .iter()
            .map(|account| mask::account(&account.number))
            .collect(),
    }
}

fn birth_year(date: DatePayload) -> Option<Date> {
    use chrono::Datelike as _;
    match date {
        DatePayload::Day(day) => Some(Date { year: day.year(), month: 0, day: 0 }),
        DatePayload::Unset | DatePayload::Impossible => None,
    }
}
