//! What the methods share: who calls and in which language, the fields that every change carries, texts that people write,
//! and a case on the wire.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use prost::Message;
use prost_types::Timestamp;
use tonic::{Extensions, Status};
use tonic_types::FieldViolation;
use uuid::Uuid;
use zhenshi_domain::{application::DateInput, calendar::Calendar, shanghai};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::Cases;
use crate::{
    app::{App, AppError, CaseRow, RequestKey, calendar::CalendarSnapshot, case::ChangedCase},
    grpc::{
        auth,
        convert::{
            application, date,
            enums::{Wire, number, read},
            submission::timestamp,
        },
        status::StatusWriter,
    },
    security::principal::Principal,
    words::{Language, WordArg, Words},
};

/// Most characters of a reason, a note or a question.
pub(in crate::grpc) const NOTE_CHARACTERS: usize = 2_000;
/// Most characters of a code of the directory.
pub(in crate::grpc) const CODE_CHARACTERS: usize = 64;
/// Most characters of a comment, a summary, an opinion or an answer.
pub(super) const COMMENT_CHARACTERS: usize = 4_000;

/// A call on its way in: who calls, how to speak to him, and what is wrong with the message so far.
pub(in crate::grpc) struct Incoming {
    pub(in crate::grpc) principal: Principal,
    pub(in crate::grpc) writer: StatusWriter,
    pub(in crate::grpc) language: Language,
    violations: Vec<FieldViolation>,
}

impl Incoming {
    /// The caller behind `extensions`, who wants to be spoken to in `language_code`, or in the language of his call.
    pub(in crate::grpc) fn new(
        cases: &Cases,
        extensions: &Extensions,
        language_code: &str,
    ) -> Result<Self, Status> {
        Self::of(cases.words.clone(), extensions, language_code)
    }

    /// As [`Self::new`], for every service.
    pub(in crate::grpc) fn of(
        words: Arc<Words>,
        extensions: &Extensions,
        language_code: &str,
    ) -> Result<Self, Status> {
        let principal = auth::principal(extensions).map_err(|status| *status)?;
        let language = auth::language(extensions, language_code);
        let writer = StatusWriter::new(words, language);
        Ok(Self { principal, writer, language, violations: Vec::new() })
    }

    /// Notes that `path` is wrong, in the words of `id`.
    pub(in crate::grpc) fn wrong(&mut self, path: &str, id: &str) {
        self.violations.push(self.writer.violation(path, id));
    }

    /// An id that must be given.
    pub(in crate::grpc) fn id(&mut self, path: &str, text: &str) -> Uuid {
        Uuid::try_parse(text).unwrap_or_else(|_| {
            self.wrong(path, if text.is_empty() { "violation-required" } else { "violation-uuid" });
            Uuid::nil()
        })
    }

    /// Ids of which at least one must be given, each once, in their order.
    pub(in crate::grpc) fn ids(&mut self, path: &str, texts: &[String]) -> Vec<Uuid> {
        if texts.is_empty() {
            self.wrong(path, "violation-required");
        }
        let mut ids = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            let id = self.id(&format!("{path}[{place}]"), text);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The idempotency key over the whole message, which must be given without its language.
    pub(in crate::grpc) fn request(
        &mut self,
        cases: &Cases,
        request_id: &str,
        message: &impl Message,
    ) -> RequestKey {
        self.key(&cases.app, request_id, message)
    }

    /// As [`Self::request`], for every service.
    pub(in crate::grpc) fn key(&mut self, app: &App, request_id: &str, message: &impl Message) -> RequestKey {
        let request_id = self.id("request_id", request_id);
        RequestKey { request_id, digest: app.request_digest(&message.encode_to_vec()) }
    }

    /// A version that was seen; none if it is not given.
    pub(in crate::grpc) fn etag(&mut self, text: &str, required: bool) -> Option<i64> {
        if text.is_empty() {
            if required {
                self.wrong("etag", "violation-required");
            }
            return None;
        }
        let version = text.parse().ok().filter(|version| *version > 0);
        if version.is_none() {
            self.wrong("etag", "violation-format");
        }
        version
    }

    /// What somebody wrote: trimmed, without control characters but line breaks and tabs.
    pub(in crate::grpc) fn text(&mut self, path: &str, text: &str, most: usize, required: bool) -> String {
        let text = text.trim();
        if text.is_empty() && required {
            self.wrong(path, "violation-required");
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.wrong(path, "violation-control-characters");
        }
        if text.chars().count() > most {
            let args = [("most", WordArg::Number(u32::try_from(most).unwrap_or(u32::MAX)))];
            let told = self.writer.violation_with(path, "violation-too-long", args.into_iter());
            self.violations.push(told);
        }
        text.to_owned()
    }

    /// A value that must be given and known; `else_` stands in for it until [`Self::done`] refuses the call.
    pub(in crate::grpc) fn choice<W: Wire + TryFrom<i32>>(
        &mut self,
        path: &str,
        number: i32,
        else_: W::Domain,
    ) -> W::Domain {
        read::<W>(number).unwrap_or_else(|| {
            self.wrong(path, "violation-enum");
            else_
        })
    }

    /// A number from `least` to `most`.
    pub(in crate::grpc) fn count(&mut self, path: &str, sent: i32, least: u16, most: u16) -> u16 {
        let within = u16::try_from(sent).ok().filter(|sent| (least..=most).contains(sent));
        within.unwrap_or_else(|| {
            let args = [("least", WordArg::Number(least.into())), ("most", WordArg::Number(most.into()))];
            let told = self.writer.violation_with(path, "violation-range", args.into_iter());
            self.violations.push(told);
            least
        })
    }

    /// A civil date; none if it is not given.
    pub(in crate::grpc) fn date(&mut self, path: &str, sent: Option<Date>) -> Option<NaiveDate> {
        match application::date(sent) {
            DateInput::Day(day) => Some(day),
            DateInput::Unset => None,
            DateInput::Impossible => {
                self.wrong(path, "violation-date");
                None
            }
        }
    }

    /// An instant; none if it is not given.
    pub(in crate::grpc) fn time(&mut self, path: &str, sent: Option<Timestamp>) -> Option<DateTime<Utc>> {
        let sent = sent?;
        let time =
            u32::try_from(sent.nanos).ok().and_then(|nanos| DateTime::from_timestamp(sent.seconds, nanos));
        if time.is_none() {
            self.wrong(path, "violation-format");
        }
        time
    }

    /// Ends the reading: everything that is wrong, at once.
    pub(in crate::grpc) fn done(&mut self) -> Result<(), Status> {
        match std::mem::take(&mut self.violations) {
            wrong if wrong.is_empty() => Ok(()),
            wrong => Err(self.writer.invalid(wrong)),
        }
    }

    /// The status of a failed use case.
    pub(in crate::grpc) fn failed(&self, error: &AppError) -> Status {
        self.writer.app(error)
    }
}

/// `change_call!(incoming, cases, message)`: the [`CaseCall`] of a message with `request_id`, `case_id`, `etag` and
/// `language_code`; with `optional` the etag need not be given. What else is in the message is under the digest.
macro_rules! change_call {
    ($incoming:expr, $cases:expr, $message:expr) => {
        $crate::grpc::case::shared::change_call!(@ $incoming, $cases, $message, true)
    };
    ($incoming:expr, $cases:expr, $message:expr, optional) => {
        $crate::grpc::case::shared::change_call!(@ $incoming, $cases, $message, false)
    };
    (@ $incoming:expr, $cases:expr, $message:expr, $required:literal) => {{
        // The language changes the answer's words, not what is asked.
        let language_code = std::mem::take(&mut $message.language_code);
        let request = $incoming.request($cases, &$message.request_id, &$message);
        $message.language_code = language_code;
        let case_id = $incoming.id("case_id", &$message.case_id);
        let etag = $incoming.etag(&$message.etag, $required);
        $crate::app::case::CaseCall { case_id, etag, request }
    }};
}
pub(super) use change_call;

/// The case of an answer.
pub(super) fn changed(cases: &Cases, changed: &ChangedCase) -> proto::Case {
    case(&changed.case, cases.app.clock.now(), &cases.app.calendars.current())
}

/// A case without details.
pub(super) fn case(row: &CaseRow, now: DateTime<Utc>, calendar: &CalendarSnapshot) -> proto::Case {
    proto::Case {
        case_id: row.id.to_string(),
        case_no: row.case_no.clone(),
        state: number::<proto::CaseState>(row.state),
        etag: row.version.to_string(),
        source: number::<proto::CaseSource>(row.source),
        doubt: row.doubt.map_or(0, number::<proto::CallBackDoubt>),
        clues: row.clues.iter().map(|clue| number::<proto::Clue>(*clue)).collect(),
        priority: row.priority,
        list_date: row.list_date().map(date::wire),
        channel: number::<proto::Channel>(row.channel),
        branch_code: row.branch_code.clone(),
        assignee_code: row.assignee.clone().unwrap_or_default(),
        unit_code: row.unit_code.clone(),
        with_compliance: row.with_compliance,
        nobody_free: row.nobody_free,
        held: row.held,
        merged_into_case_id: row.merged_into.map(|id| id.to_string()).unwrap_or_default(),
        taken_over: row.taken_over,
        paused: row.paused_since.is_some(),
        deadline: Some(deadline(row, now, &calendar.calendar)),
        outcome: row.outcome.map_or(0, number::<proto::CaseOutcome>),
        cleared_kind: row.cleared_kind.map_or(0, number::<proto::ClearedRelationKind>),
        servicing_no: row.servicing_no.clone(),
        round: row.round,
        sampled: row.sampled,
        returned_count: row.returned_count,
        commission_held: row.commission_held,
        seller_codes: row.seller_codes.clone(),
        agency_codes: row.agency_codes.clone(),
        created_time: Some(timestamp(row.created_time)),
        changed_time: Some(timestamp(row.changed_time)),
        submitted_time: row.submitted_time.map(timestamp),
        closed_time: row.closed_time.map(timestamp),
        details: None,
    }
}

fn deadline(row: &CaseRow, now: DateTime<Utc>, calendar: &Calendar) -> proto::CaseDeadline {
    proto::CaseDeadline {
        due_time: row.due_time.map(timestamp),
        basis: row.due_basis.map_or(0, number::<proto::DeadlineBasis>),
        provisional: row.due_provisional,
        overdue: row.is_overdue(now),
        opened_overdue: row.opened_overdue,
        working_days_left: row.due_time.map_or(0, |due| working_days_left(calendar, now, due)),
        channel_received_time: row.channel_received_time.map(timestamp),
        call_back_time: row.call_back_time.map(timestamp),
        cooling_off_end_date: row.cooling_off_end_date.map(date::wire),
        extended_time: row.extended_until.map(timestamp),
        verification_due_time: row.verification_due_time.map(timestamp),
        calendar_version: row.calendar_version.clone(),
    }
}

/// Most days that are counted: nobody asks how many working days a year holds.
const MOST_DAYS_COUNTED: usize = 400;

/// Working days from tomorrow to the day of `due`; negative, from the day after `due` to today, when that has passed.
fn working_days_left(calendar: &Calendar, now: DateTime<Utc>, due: DateTime<Utc>) -> i32 {
    // A deadline at 24:00 belongs to the day that it ends.
    let due_day = shanghai::date(due - chrono::TimeDelta::nanoseconds(1));
    let today = shanghai::date(now);
    let (from, until, sign) = if due <= now { (due_day, today, -1) } else { (today, due_day, 1) };
    let days = from.iter_days().skip(1).take_while(|day| *day <= until).take(MOST_DAYS_COUNTED);
    let count = days.filter(|day| calendar.provisional_is_working_day(*day).value).count();
    sign * i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn working_days_left_are_counted_from_tomorrow() {
        let calendar = Calendar::shipped().unwrap();
        let at = |day, hour| Utc.with_ymd_and_hms(2026, 3, day, hour, 0, 0).unwrap();
        // Friday 6 March 2026 10:00 in Shanghai; due at the end of Wednesday 11 March.
        let now = at(6, 2);
        assert_eq!(working_days_left(&calendar, now, at(11, 16)), 3);
        assert_eq!(working_days_left(&calendar, at(11, 2), at(11, 16)), 0);
        assert_eq!(working_days_left(&calendar, at(13, 2), at(11, 16)), -2);
        // Due in the middle of the day: past at once, but of no working day yet.
        assert_eq!(working_days_left(&calendar, at(11, 8), at(11, 7)), 0);
    }
}
