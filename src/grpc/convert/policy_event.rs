//! From the wire to a policy event. Everything that is missing, impossible or out of place is told at once.

use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use prost_types::Timestamp;
use tonic_types::FieldViolation;
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind, DateInput},
    policy::PolicyEventKind,
    shanghai,
};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{
    application::{date, is_application_no, is_source},
    date,
    enums::{Wire as _, read},
    submission::timestamp,
};
use crate::{app::record_policy_event::NamedPolicy, grpc::status::StatusWriter};

/// How far ahead of ours a caller's clock may be.
const MAX_AHEAD: TimeDelta = TimeDelta::minutes(1);
/// Longest number of a policy.
const MAX_POLICY_NO_CHARS: usize = 64;

/// Notes what is wrong with the fields below one path.
pub(in crate::grpc) struct Fields<'a> {
    path: &'static str,
    words: &'a StatusWriter,
    violations: &'a mut Vec<FieldViolation>,
}

impl<'a> Fields<'a> {
    /// Fields below `path`.
    pub(in crate::grpc) fn new(
        path: &'static str,
        words: &'a StatusWriter,
        violations: &'a mut Vec<FieldViolation>,
    ) -> Self {
        Self { path, words, violations }
    }

    fn wrong(&mut self, field: &str, id: &str) {
        self.violations.push(self.words.violation(format!("{}.{field}", self.path), id));
    }

    fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.wrong(field, "violation-required");
        }
        value
    }

    /// A day that was sent, and is one.
    fn day(&mut self, field: &str, sent: Option<Date>) -> Option<NaiveDate> {
        match date(sent) {
            DateInput::Unset => None,
            DateInput::Impossible => {
                self.wrong(field, "violation-date");
                None
            }
            DateInput::Day(day) => Some(day),
        }
    }

    /// An instant that was sent, and is one; to the microsecond, as it is kept.
    fn time(&mut self, field: &str, sent: Option<Timestamp>) -> Option<DateTime<Utc>> {
        let sent = sent?;
        let nanos = u32::try_from(sent.nanos).ok();
        let time = nanos.and_then(|nanos| DateTime::from_timestamp(sent.seconds, nanos));
        // google.protobuf.Timestamp has years 1 to 9999.
        let time = time.filter(|time| (1..=9999).contains(&chrono::Datelike::year(time)));
        if time.is_none() {
            self.wrong(field, "violation-format");
        }
        time.map(|time| time.trunc_subsecs(6))
    }
}

/// The policy that is named, if it can be read.
pub(in crate::grpc) fn policy(
    message: Option<proto::PolicyName>,
    fields: &mut Fields<'_>,
) -> Option<NamedPolicy> {
    let message = message.unwrap_or_default();
    let before = fields.violations.len();
    let proto::PolicyName { source, application_kind, application_no, policy_no } = message;
    if application_no.is_empty() && policy_no.is_empty() {
        fields.wrong("application_no", "violation-required");
        fields.wrong("policy_no", "violation-required");
    }
    if !application_no.is_empty() && source.is_empty() {
        fields.wrong("source", "violation-required");
    }
    if !is_source(&source) {
        fields.wrong("source", "violation-format");
    }
    if !is_application_no(&application_no) {
        fields.wrong("application_no", "violation-format");
    }
    if policy_no.chars().count() > MAX_POLICY_NO_CHARS || policy_no.chars().any(char::is_control) {
        fields.wrong("policy_no", "violation-format");
    }
    let kind = match (application_kind, read::<proto::ApplicationKind>(application_kind)) {
        (0, _) => ApplicationKind::NewBusiness,
        (_, Some(kind)) => kind,
        (_, None) => {
            fields.wrong("application_kind", "violation-enum");
            return None;
        }
    };
    let application =
        (!application_no.is_empty()).then(|| ApplicationKey { source: source.clone(), kind, application_no });
    (fields.violations.len() == before).then_some(NamedPolicy { source, application, policy_no })
}

/// What happened and when, if it can be read at `now`. `policy` is read on its own.
pub(in crate::grpc) fn event(
    message: &proto::PolicyEvent,
    now: DateTime<Utc>,
    fields: &mut Fields<'_>,
) -> Option<(PolicyEventKind, DateTime<Utc>)> {
    use proto::PolicyEventKind as Kind;
    let proto::PolicyEvent {
        policy: _,
        kind,
        occurred_time,
        receipt_date,
        cooling_off_end_date,
        call_back_time,
        failure_reason,
    } = *message;
    let before = fields.violations.len();
    let kind = Kind::try_from(kind).ok().filter(|kind| *kind != Kind::Unspecified);
    if kind.is_none() {
        fields.wrong("kind", "violation-enum");
    }
    let sent_time = occurred_time.is_some();
    let occurred_time = fields.time("occurred_time", occurred_time);
    if !sent_time {
        fields.wrong("occurred_time", "violation-required");
    } else if occurred_time.is_some_and(|time| time > now + MAX_AHEAD) {
        fields.wrong("occurred_time", "violation-future");
    }
    let kind = kind?;
    // What belongs to another kind is a mistake of the caller, not something to be dropped.
    for (field, sent, home) in [
        ("receipt_date", receipt_date.is_some(), Kind::ReceiptSigned),
        ("cooling_off_end_date", cooling_off_end_date.is_some(), Kind::ReceiptSigned),
        ("call_back_time", call_back_time.is_some(), Kind::CallBackScheduled),
        ("failure_reason", failure_reason != 0, Kind::CallBackFailed),
    ] {
        if sent && kind != home {
            fields.wrong(field, "violation-other-kind");
        }
    }
    let kind = match kind {
        Kind::Unspecified => None,
        Kind::Issued => Some(PolicyEventKind::Issued),
        Kind::Declined => Some(PolicyEventKind::Declined),
        Kind::NotTakenUp => Some(PolicyEventKind::NotTakenUp),
        Kind::ReceiptSigned => receipt(receipt_date, cooling_off_end_date, now, fields),
        Kind::CallBackScheduled => {
            let sent = fields.required("call_back_time", call_back_time);
            let time = fields.time("call_back_time", sent);
            time.map(|call_back_time| PolicyEventKind::CallBackScheduled { call_back_time })
        }
        Kind::CallBackDone => Some(PolicyEventKind::CallBackDone),
        Kind::CallBackFailed => {
            let reason = read::<proto::CallBackFailureReason>(failure_reason);
            if reason.is_none() {
                fields.wrong("failure_reason", "violation-enum");
            }
            reason.map(|reason| PolicyEventKind::CallBackFailed { reason })
        }
        Kind::Surrendered => Some(PolicyEventKind::Surrendered),
        Kind::Cancelled => Some(PolicyEventKind::Cancelled),
        Kind::Reinstated => Some(PolicyEventKind::Reinstated),
    };
    kind.zip(occurred_time).filter(|_| fields.violations.len() == before)
}

/// What a caller sends of an event of the application `key`.
pub(in crate::grpc) fn wire(
    key: &ApplicationKey,
    kind: PolicyEventKind,
    occurred_time: DateTime<Utc>,
) -> proto::PolicyEvent {
    use proto::PolicyEventKind as Kind;
    let policy = proto::PolicyName {
        source: key.source.clone(),
        application_kind: proto::ApplicationKind::wire(key.kind).into(),
        application_no: key.application_no.clone(),
        policy_no: String::new(),
    };
    let plain = |kind: Kind| proto::PolicyEvent {
        policy: Some(policy),
        kind: kind.into(),
        occurred_time: Some(timestamp(occurred_time)),
        ..proto::PolicyEvent::default()
    };
    match kind {
        PolicyEventKind::Issued => plain(Kind::Issued),
        PolicyEventKind::Declined => plain(Kind::Declined),
        PolicyEventKind::NotTakenUp => plain(Kind::NotTakenUp),
        PolicyEventKind::ReceiptSigned { receipt_date, cooling_off_end_date } => proto::PolicyEvent {
            receipt_date: Some(date::wire(receipt_date)),
            cooling_off_end_date: cooling_off_end_date.map(date::wire),
            ..plain(Kind::ReceiptSigned)
        },
        PolicyEventKind::CallBackScheduled { call_back_time } => proto::PolicyEvent {
            call_back_time: Some(timestamp(call_back_time)),
            ..plain(Kind::CallBackScheduled)
        },
        PolicyEventKind::CallBackDone => plain(Kind::CallBackDone),
        PolicyEventKind::CallBackFailed { reason } => proto::PolicyEvent {
            failure_reason: proto::CallBackFailureReason::wire(reason).into(),
            ..plain(Kind::CallBackFailed)
        },
        PolicyEventKind::Surrendered => plain(Kind::Surrendered),
        PolicyEventKind::Cancelled => plain(Kind::Cancelled),
        PolicyEventKind::Reinstated => plain(Kind::Reinstated),
    }
}

fn receipt(
    receipt_date: Option<Date>,
    cooling_off_end_date: Option<Date>,
    now: DateTime<Utc>,
    fields: &mut Fields<'_>,
) -> Option<PolicyEventKind> {
    let sent = date(receipt_date) != DateInput::Unset;
    let receipt_date = fields.day("receipt_date", receipt_date);
    if !sent {
        fields.wrong("receipt_date", "violation-required");
    } else if receipt_date.is_some_and(|day| day > shanghai::date(now + MAX_AHEAD)) {
        fields.wrong("receipt_date", "violation-future");
    }
    let cooling_off_end_date = fields.day("cooling_off_end_date", cooling_off_end_date);
    if cooling_off_end_date.zip(receipt_date).is_some_and(|(end, receipt)| end < receipt) {
        fields.wrong("cooling_off_end_date", "violation-before-receipt");
    }
    receipt_date.map(|receipt_date| PolicyEventKind::ReceiptSigned { receipt_date, cooling_off_end_date })
}
