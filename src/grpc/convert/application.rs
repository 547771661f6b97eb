//! From the wire to the domain's application.
//!
//! Only what names the application and the way it came can make the call fail; everything else is taken as it is, for
//! the rules to judge.

use chrono::NaiveDate;
use tonic::Status;
use tonic_types::FieldViolation;
use zhenshi_domain::{application as domain, application::DateInput, personal::Personal};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::enums::read;
use crate::grpc::status::StatusWriter;

/// Most insureds of one application.
pub(in crate::grpc) const MAX_INSUREDS: usize = 100;
/// Longest name of a source.
const MAX_SOURCE_CHARS: usize = 64;
/// Longest number of an application.
const MAX_APPLICATION_NO_CHARS: usize = 64;

/// Takes the application apart, or says everything that makes it unreadable.
///
/// # Errors
/// `INVALID_ARGUMENT` for more insureds than one application may have; what else is wrong goes into `violations`.
pub fn application(
    message: Option<proto::Application>,
    words: &StatusWriter,
    violations: &mut Vec<FieldViolation>,
) -> Result<Option<domain::Application>, Box<Status>> {
    let Some(message) = message else {
        violations.push(words.violation("application", "violation-required"));
        return Ok(None);
    };
    let proto::Application {
        source,
        application_no,
        source_revision,
        policy_no,
        original_application_no,
        kind,
        channel,
        branch_code,
        seller_code,
        agency_code,
        product,
        applied_on,
        policyholder,
        insureds,
        accounts,
        approvals,
    } = message;
    if insureds.len() > MAX_INSUREDS {
        return Err(Box::new(words.too_many_insureds(MAX_INSUREDS, insureds.len())));
    }
    check_text(&source, "application.source", is_source, words, violations);
    check_text(&application_no, "application.application_no", is_application_no, words, violations);
    let kind = read::<proto::ApplicationKind>(kind);
    if kind.is_none() {
        violations.push(words.violation("application.kind", "violation-enum"));
    }
    let channel = read::<proto::Channel>(channel);
    if channel.is_none() {
        violations.push(words.violation("application.channel", "violation-enum"));
    }
    let (Some(kind), Some(channel)) = (kind, channel) else { return Ok(None) };
    Ok(Some(domain::Application {
        key: domain::ApplicationKey { source, kind, application_no },
        source_revision,
        policy_no,
        original_application_no,
        channel,
        branch_code,
        seller_code,
        agency_code,
        product: product.map(self::product).unwrap_or_default(),
        applied_on: date(applied_on),
        policyholder: policyholder.map(person).unwrap_or_default(),
        insureds: insureds.into_iter().map(insured).collect(),
        accounts: accounts.into_iter().map(account).collect(),
        approvals: approvals.into_iter().map(approval).collect(),
    }))
}

fn check_text(
    text: &str,
    path: &'static str,
    fits: impl Fn(&str) -> bool,
    words: &StatusWriter,
    violations: &mut Vec<FieldViolation>,
) {
    if text.is_empty() {
        violations.push(words.violation(path, "violation-required"));
    } else if !fits(text) {
        violations.push(words.violation(path, "violation-format"));
    }
}

pub(super) fn is_source(text: &str) -> bool {
    text.len() <= MAX_SOURCE_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

pub(super) fn is_application_no(text: &str) -> bool {
    text.chars().count() <= MAX_APPLICATION_NO_CHARS && !text.chars().any(char::is_control)
}

/// A civil date as it was sent: a partial one is no day.
pub(in crate::grpc) fn date(date: Option<Date>) -> DateInput {
    let Some(Date { year, month, day }) = date else { return DateInput::Unset };
    if (year, month, day) == (0, 0, 0) {
        return DateInput::Unset;
    }
    let part = |number: i32| u32::try_from(number).ok();
    // google.type.Date has years 1 to 9999.
    let found =
        (1..=9999).contains(&year).then(|| NaiveDate::from_ymd_opt(year, part(month)?, part(day)?)).flatten();
    found.map_or(DateInput::Impossible, DateInput::Day)
}

fn product(message: proto::Product) -> domain::Product {
    let proto::Product { code, name, class, term, group } = message;
    let term = term.and_then(|proto::Term { length }| length).and_then(self::term);
    domain::Product { code, name, class: read::<proto::ProductClass>(class), term, group }
}

/// A length of zero or less counts as not given.
fn term(length: proto::term::Length) -> Option<domain::Term> {
    use proto::term::Length;
    let positive = |number: i32| u32::try_from(number).ok().filter(|number| *number > 0);
    match length {
        Length::Years(years) => positive(years).map(domain::Term::Years),
        Length::Months(months) => positive(months).map(domain::Term::Months),
        Length::Days(days) => positive(days).map(domain::Term::Days),
        Length::ToAge(age) => positive(age).map(domain::Term::ToAge),
        Length::WholeLife(whole) => whole.then_some(domain::Term::WholeLife),
    }
}

fn person(message: proto::Person) -> domain::Person {
    let proto::Person { name, sex, birth_date, certificate, phones, email, address, nationality } = message;
    domain::Person {
        name: Personal::new(name),
        sex: Personal::new(read::<proto::Sex>(sex)),
        birth_date: Personal::new(date(birth_date)),
        certificate: certificate.map(self::certificate).unwrap_or_default(),
        phones: phones.into_iter().map(Personal::new).collect(),
        email: Personal::new(email),
        address: address.map(self::address).unwrap_or_default(),
        nationality,
    }
}

fn certificate(message: proto::Certificate) -> domain::Certificate {
    let proto::Certificate { kind, number, valid_until } = message;
    domain::Certificate {
        kind: read::<proto::CertificateKind>(kind),
        number: Personal::new(number),
        valid_until: date(valid_until),
    }
}

fn address(message: proto::Address) -> domain::Address {
    let proto::Address { region_code, province, city, district, detail, text } = message;
    domain::Address {
        region_code,
        province,
        city,
        district,
        detail: Personal::new(detail),
        text: Personal::new(text),
    }
}

fn insured(message: proto::Insured) -> domain::Insured {
    let proto::Insured { person, relation } = message;
    domain::Insured {
        person: person.map(self::person).unwrap_or_default(),
        relation: read::<proto::Relation>(relation),
    }
}

fn account(message: proto::Account) -> domain::Account {
    let proto::Account { purpose, number, kind, bank_code, holder_name } = message;
    domain::Account {
        purpose: read::<proto::AccountPurpose>(purpose),
        number: Personal::new(number),
        kind: read::<proto::AccountKind>(kind),
        bank_code,
        holder_name: Personal::new(holder_name),
    }
}

fn approval(message: proto::Approval) -> domain::Approval {
    let proto::Approval { kind, reference, approver, approved_on, account, valid_until } = message;
    domain::Approval {
        kind: read::<proto::ApprovalKind>(kind),
        reference,
        approver,
        approved_on: date(approved_on),
        account: Personal::new(account),
        valid_until: date(valid_until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_of_the_calendar_or_impossible() {
        let sent = |year, month, day| date(Some(Date { year, month, day }));
        assert_eq!(date(None), DateInput::Unset);
        assert_eq!(sent(0, 0, 0), DateInput::Unset);
        assert_eq!(sent(2024, 2, 29), DateInput::Day(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()));
        for (year, month, day) in
            [(2023, 2, 29), (2023, 0, 1), (2023, 1, 0), (0, 1, 1), (-1, 1, 1), (10_000, 1, 1), (2023, -1, 1)]
        {
            assert_eq!(sent(year, month, day), DateInput::Impossible);
        }
    }

    #[test]
    fn sources_and_numbers_have_a_form() {
        assert!(
            is_source("core-1.bank_2")
                && !is_source("核心")
                && !is_source("a b")
                && !is_source(&"a".repeat(65))
        );
        assert!(
            is_application_no("投保2026-1")
                && !is_application_no("1\n2")
                && !is_application_no(&"1".repeat(65))
        );
    }
}
