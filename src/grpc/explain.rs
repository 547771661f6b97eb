//! `ExplainCertificate`: what a certificate number holds and which checks it passes. Nothing of it is stored or logged,
//! and the number comes back masked.

use chrono::{Datelike as _, NaiveDate};
use tonic::Status;
use zhenshi_domain::{application::DateInput, mask};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{
    convert::{
        application::date,
        enums::{number, read},
    },
    status::StatusWriter,
};
use crate::{
    app::{
        explain::{ExplainedCheck, explain},
        values::ValueKind,
    },
    words::{Language, Words},
};

/// Longest number that is looked at, in characters: twice the longest there is, a machine-readable zone of 88.
const MAX_NUMBER_CHARS: usize = 176;

/// Answers `message` in `language`; without a day of its own it is judged on `today`.
pub(super) fn answer(
    message: &proto::ExplainCertificateRequest,
    today: NaiveDate,
    words: &Words,
    language: Language,
    writer: &StatusWriter,
) -> Result<proto::ExplainCertificateResponse, Box<Status>> {
    let mut violations = Vec::new();
    let kind = read::<proto::CertificateKind>(message.kind);
    if kind.is_none() {
        violations.push(writer.violation("kind", "violation-enum"));
    }
    if message.number.is_empty() {
        violations.push(writer.violation("number", "violation-required"));
    } else if message.number.chars().count() > MAX_NUMBER_CHARS {
        violations.push(writer.violation("number", "violation-format"));
    }
    let as_of = match date(message.as_of) {
        DateInput::Unset => today,
        DateInput::Day(day) => day,
        DateInput::Impossible => {
            violations.push(writer.violation("as_of", "violation-format"));
            today
        }
    };
    let Some(kind) = kind.filter(|_| violations.is_empty()) else {
        return Err(Box::new(writer.invalid(violations)));
    };
    let said = explain(ValueKind::Certificate(kind), &message.number, as_of, words, language);
    Ok(proto::ExplainCertificateResponse {
        valid: said.valid,
        normalized: said.normalized.map(|number| mask::certificate(number.expose())).unwrap_or_default(),
        birth_date: said.birth_date.map(|day| wire_date(*day.expose())),
        sex: said.sex.map_or(0, number::<proto::Sex>),
        region: said.region.unwrap_or_default(),
        checks: said.checks.into_iter().map(check).collect(),
    })
}

fn check(check: ExplainedCheck) -> proto::CertificateCheck {
    proto::CertificateCheck {
        code: check.code.to_owned(),
        passed: check.passed,
        severity: number::<proto::Severity>(check.severity),
        message: check.message,
    }
}

fn wire_date(day: NaiveDate) -> Date {
    // Months and days are small numbers.
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    Date { year: day.year(), month: small(day.month()), day: small(day.day()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::*;

    fn ask(
        kind: proto::CertificateKind,
        number: &str,
        as_of: Option<Date>,
    ) -> Result<proto::ExplainCertificateResponse, Box<Status>> {
        let words = Arc::new(Words::load().unwrap());
        let writer = StatusWriter::new(words.clone(), Language::En);
        let message = proto::ExplainCertificateRequest {
            kind: kind.into(),
            number: number.to_owned(),
            as_of,
            language_code: "en".to_owned(),
        };
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        answer(&message, today, &words, Language::En, &writer)
    }

    #[test]
    fn a_number_is_explained_and_masked() {
        let said = ask(proto::CertificateKind::ResidentId, "110101781027002", None).unwrap();
        assert!(said.valid);
        assert_eq!(said.normalized, "1****************9");
        assert_eq!(said.birth_date, Some(Date { year: 1978, month: 10, day: 27 }));
        assert_eq!(said.sex(), proto::Sex::Female);
        assert!(said.region.starts_with("110101 "), "{}", said.region);
        assert!(said.checks.iter().all(|check| check.passed && !check.message.is_empty()));
        let wrong = ask(proto::CertificateKind::ResidentId, "110101197810270020", None).unwrap();
        assert!(!wrong.valid);
        let failed: Vec<_> = wrong.checks.iter().filter(|check| !check.passed).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].code, "ID_NUMBER_CHECK_CHARACTER");
        assert_eq!(failed[0].severity(), proto::Severity::Blocking);
    }

    #[test]
    fn the_day_asked_for_decides() {
        let before = Some(Date { year: 1978, month: 10, day: 26 });
        let said = ask(proto::CertificateKind::ResidentId, "110101197810270029", before).unwrap();
        assert!(
            !said.valid && said.checks.iter().any(|check| check.code == "ID_NUMBER_FUTURE" && !check.passed)
        );
    }

    #[test]
    fn everything_unreadable_is_named_at_once() {
        let fields = |status: Box<Status>| -> Vec<String> {
            assert_eq!(status.code(), Code::InvalidArgument);
            let details = status.get_details_bad_request().unwrap();
            details.field_violations.into_iter().map(|violation| violation.field).collect()
        };
        let impossible = Some(Date { year: 2026, month: 2, day: 30 });
        let status = ask(proto::CertificateKind::Unspecified, "", impossible).unwrap_err();
        assert_eq!(fields(status), ["kind", "number", "as_of"]);
        let long = "1".repeat(MAX_NUMBER_CHARS + 1);
        assert_eq!(fields(ask(proto::CertificateKind::Other, &long, None).unwrap_err()), ["number"]);
    }
}
