//! The timeline of a case: what happened, by whom, when; numbers and codes in plain, words sealed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;
use zhenshi_domain::case::CaseState;

use crate::store::{StoreError, Tx};

/// What happened to a case. Append-only: the numbers are the wire's and the tables'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum CaseEventKind {
    /// It was made.
    Created = 1,
    /// A suspicion joined it.
    Attached = 2,
    /// Customer service holds it, or lets it go on.
    Held = 3,
    /// It was merged into another, or took another's suspicions.
    Merged = 4,
    /// It was released from sorting.
    Released = 5,
    /// It was assigned, claimed or reassigned.
    Assigned = 6,
    /// It went to another channel or branch.
    Redirected = 7,
    /// Somebody was copied, or asked to assist.
    ParticipantAdded = 8,
    /// An assist was answered or overridden.
    AssistAnswered = 9,
    /// The investigation began.
    Started = 10,
    /// A comment.
    Commented = 11,
    /// An attempt to reach the customer.
    ContactAttempted = 12,
    /// Evidence was attached.
    EvidenceAttached = 13,
    /// Evidence was read.
    EvidenceRead = 14,
    /// A call was asked for.
    CallBackRequested = 15,
    /// The call was made.
    CallBackAnswered = 16,
    /// Its clock stands still.
    Paused = 17,
    /// Its clock goes on.
    Resumed = 18,
    /// Somebody urged.
    Urged = 19,
    /// Customer service took it over.
    TakenOver = 20,
    /// Its working days were extended.
    Extended = 21,
    /// It was submitted.
    Submitted = 22,
    /// A verifier agreed.
    Verified = 23,
    /// A verifier returned it.
    Returned = 24,
    /// It was closed.
    Closed = 25,
    /// It was reopened.
    Reopened = 26,
    /// Somebody asked to withdraw it.
    WithdrawalAsked = 27,
    /// It was withdrawn.
    Withdrawn = 28,
    /// Somebody appealed.
    Appealed = 29,
    /// The appeal was decided.
    AppealDecided = 30,
    /// A sanction or rectification opinion was recorded.
    OpinionRecorded = 31,
    /// It was replied to.
    OpinionReplied = 32,
    /// Its deadline was counted anew.
    DeadlineRecomputed = 33,
    /// Somebody was reminded.
    Reminded = 34,
    /// It was escalated.
    Escalated = 35,
    /// Compliance was told.
    ReportedToCompliance = 36,
    /// The commission is held or released.
    CommissionChanged = 37,
    /// A policy event touched it.
    PolicyChanged = 38,
}

impl CaseEventKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 38] = [
        Self::Created,
        Self::Attached,
        Self::Held,
        Self::Merged,
        Self::Released,
        Self::Assigned,
        Self::Redirected,
        Self::ParticipantAdded,
        Self::AssistAnswered,
        Self::Started,
        Self::Commented,
        Self::ContactAttempted,
        Self::EvidenceAttached,
        Self::EvidenceRead,
        Self::CallBackRequested,
        Self::CallBackAnswered,
        Self::Paused,
        Self::Resumed,
        Self::Urged,
        Self::TakenOver,
        Self::Extended,
        Self::Submitted,
        Self::Verified,
        Self::Returned,
        Self::Closed,
        Self::Reopened,
        Self::WithdrawalAsked,
        Self::Withdrawn,
        Self::Appealed,
        Self::AppealDecided,
        Self::OpinionRecorded,
        Self::OpinionReplied,
        Self::DeadlineRecomputed,
        Self::Reminded,
        Self::Escalated,
        Self::ReportedToCompliance,
        Self::CommissionChanged,
        Self::PolicyChanged,
    ];

    /// The kind with this number.
    pub fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Its number.
    pub const fn number(self) -> i16 {
        self as i16
    }
}

/// Codes, numbers and times of an entry, by name. The constructors take no free text: what people write is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EventData(std::collections::BTreeMap<&'static str, String>);

impl EventData {
    /// Nothing to add.
    pub fn none() -> Self {
        Self::default()
    }

    /// With a number, an enumeration's number or a count.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: impl Into<i64>) -> Self {
        self.0.insert(name, value.into().to_string());
        self
    }

    /// With a stable name of the program's.
    #[must_use]
    pub fn name(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.insert(name, value.into());
        self
    }

    /// With a code of the directory: staff, seller, branch, unit.
    #[must_use]
    pub fn code(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(name, value.to_owned());
        self
    }

    /// With an id.
    #[must_use]
    pub fn id(mut self, name: &'static str, value: Uuid) -> Self {
        self.0.insert(name, value.to_string());
        self
    }

    /// With a day.
    #[must_use]
    pub fn date(mut self, name: &'static str, value: NaiveDate) -> Self {
        self.0.insert(name, value.to_string());
        self
    }

    /// With a time.
    #[must_use]
    pub fn time(mut self, name: &'static str, value: DateTime<Utc>) -> Self {
        self.0.insert(name, value.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        self
    }
}

/// An entry to be written by [`super::Change::finish`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCaseEvent {
    /// What happened.
    pub kind: CaseEventKind,
    /// Codes, numbers and times of it.
    pub data: EventData,
    /// What the actor wrote: see [`super::text`].
    pub text_id: Option<Uuid>,
}

/// Entries of one case and one version.
pub(in crate::store) struct Entries<'a> {
    pub(in crate::store) case_id: Uuid,
    pub(in crate::store) version: i64,
    pub(in crate::store) actor: &'a str,
    pub(in crate::store) recorded_time: DateTime<Utc>,
    pub(in crate::store) state_before: CaseState,
    pub(in crate::store) state_after: CaseState,
    pub(in crate::store) events: &'a [NewCaseEvent],
}

/// Writes the entries of many cases in one statement.
pub(in crate::store) async fn insert(tx: &mut Tx, entries: &[Entries<'_>]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for of in entries {
        for (ordinal, event) in of.events.iter().enumerate() {
            rows.push(serde_json::json!({
                "case_id": of.case_id,
                "version": of.version,
                "ordinal": ordinal,
                "kind": event.kind.number(),
                "actor": of.actor,
                "recorded_time": of.recorded_time,
                "state_before": of.state_before.code(),
                "state_after": of.state_after.code(),
                "data": event.data,
                "text_id": event.text_id,
            }));
        }
    }
    sqlx::query!(
        "INSERT INTO case_event (case_id, version, ordinal, kind, actor, recorded_time, state_before, state_after, data,
             text_id)
         SELECT case_id, version, ordinal, kind, actor, recorded_time, state_before, state_after, data, text_id
         FROM jsonb_populate_recordset(NULL::case_event, $1)",
        serde_json::Value::Array(rows),
    )
    .execute(tx)
    .await?;
    Ok(())
}
