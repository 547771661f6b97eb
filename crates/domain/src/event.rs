//! Events: what happened, as it is told to other systems.
//!
//! [`EventData`] holds codes, numbers and times only. No variant has a field of text, so that no personal data can get into
//! an event: who wants to know more asks the API, where it is masked, counted and written down.
//!
//! To add a kind: a variant here and one in `event/kind.rs`, its name in [`EventKind::ALL`], and its line in `docs/events.md`.

mod kind;
mod number;
mod written;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use self::written::{
    is_false, serialize_channel, serialize_clearance, serialize_clock, serialize_outcome, serialize_recipient,
};
pub use self::{
    kind::EventKind,
    number::{CaseNumber, NotACaseNumber},
};
pub use crate::timer::{Clock as DueClock, Recipient};
use crate::{application::Channel, call_back::Clearance, case::Outcome};

/// What is told of a case with every event of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CaseFacts {
    /// Its number.
    pub case_no: CaseNumber,
    /// Lead channel.
    #[serde(serialize_with = "serialize_channel")]
    pub channel: Channel,
    /// When the investigation is due; none before it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_time: Option<DateTime<Utc>>,
    /// Whether that rests on a calendar that is not published yet.
    #[serde(skip_serializing_if = "is_false")]
    pub due_provisional: bool,
}

/// Another channel's part in a case (协办), with a due time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AssistFacts {
    /// The channel that is to answer: whoever is told is one of its people, not of the lead channel's.
    #[serde(rename = "assist_channel", serialize_with = "serialize_channel")]
    pub channel: Channel,
    /// By when.
    #[serde(rename = "assist_due_time")]
    pub due_time: DateTime<Utc>,
}

/// Where a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueStep {
    /// One working day before.
    Before,
    /// Reached.
    Due,
    /// Past: customer service asks again by hand (催辦).
    Overdue,
}

/// Why a case is told to compliance at once, or a commission is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The data were confirmed false.
    ConfirmedFalse,
    /// An agency refused to work with the insurer on it.
    AgencyRefusal,
    /// The case is overdue, and somebody decided so.
    Overdue,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventData {
    /// [`EventKind::CaseAssigned`].
    Assigned {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
    },
    /// [`EventKind::CaseAssistAsked`].
    AssistAsked {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Of whom, and by when.
        #[serde(flatten)]
        assist: AssistFacts,
    },
    /// [`EventKind::CaseReminder`].
    Reminder {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Which clock.
        #[serde(serialize_with = "serialize_clock")]
        clock: DueClock,
        /// Whose clock, if it is that of an assist.
        #[serde(flatten)]
        assist: Option<AssistFacts>,
        /// Where the deadline stands.
        step: DueStep,
        /// Whom it is for.
        #[serde(serialize_with = "serialize_recipient")]
        recipient: Recipient,
        /// Working days since the due time; 0 until it is past.
        overdue_days: u16,
    },
    /// [`EventKind::CaseEscalation`].
    Escalation {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Which clock.
        #[serde(serialize_with = "serialize_clock")]
        clock: DueClock,
        /// Whose clock, if it is that of an assist.
        #[serde(flatten)]
        assist: Option<AssistFacts>,
        /// Whom it is for.
        #[serde(serialize_with = "serialize_recipient")]
        recipient: Recipient,
        /// Working days since the due time.
        overdue_days: u16,
    },
    /// [`EventKind::CaseClosed`].
    Closed {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// How it ended.
        #[serde(serialize_with = "serialize_outcome")]
        outcome: Outcome,
        /// Whether it was submitted by its due time.
        on_time: bool,
    },
    /// [`EventKind::CaseChanged`].
    Changed {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
    },
    /// [`EventKind::CaseReportedToCompliance`].
    ReportedToCompliance {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Why.
        cause: Cause,
    },
    /// [`EventKind::CommissionHold`]; the subjects are applications.
    CommissionHold {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Why.
        cause: Cause,
    },
    /// [`EventKind::CommissionRelease`]; the subjects are applications.
    CommissionRelease {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
    },
    /// [`EventKind::CallBackClearance`]; the subjects are applications.
    CallBackClearance {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// The answer.
        #[serde(flatten, serialize_with = "serialize_clearance")]
        clearance: Clearance,
    },
    /// [`EventKind::ListSealed`]; the subject is the list.
    ListSealed {
        /// Its date.
        list_date: NaiveDate,
        /// Suspicions on it.
        suspicion_count: i64,
        /// Members of those.
        member_count: i64,
    },
    /// [`EventKind::AccessAlert`]; the subject is the alert.
    AccessAlert {
        /// Which limit.
        limit: AccessLimit,
        /// How much is allowed, or how many customers are told of.
        allowed: u32,
    },
    /// [`EventKind::LoanOverdue`]; the subject is the grant.
    LoanOverdue {
        /// When it was due.
        due_time: DateTime<Utc>,
    },
    /// [`EventKind::LeakReported`]; the subject is the incident.
    LeakReported {
        /// Until when somebody has to take it up.
        acknowledge_by_time: DateTime<Utc>,
        /// Until when a first measure has to be taken.
        act_by_time: DateTime<Utc>,
    },
    /// [`EventKind::LeakOverdue`]; the subject is the incident.
    LeakOverdue {
        /// The time that has passed.
        due_time: DateTime<Utc>,
        /// It was the time for a first measure, not the one for taking it up.
        measure: bool,
    },
}

/// Which limit of looking up was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLimit {
    /// Of a minute.
    Minute,
    /// Of a day.
    Day,
    /// Clear data of many customers in a day.
    ManyCustomers,
}

impl EventData {
    /// The kind of event that tells this.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Assigned { .. } => EventKind::CaseAssigned,
            Self::AssistAsked { .. } => EventKind::CaseAssistAsked,
            Self::Reminder { .. } => EventKind::CaseReminder,
            Self::Escalation { .. } => EventKind::CaseEscalation,
            Self::Closed { .. } => EventKind::CaseClosed,
            Self::Changed { .. } => EventKind::CaseChanged,
            Self::ReportedToCompliance { .. } => EventKind::CaseReportedToCompliance,
            Self::CommissionHold { .. } => EventKind::CommissionHold,
            Self::CommissionRelease { .. } => EventKind::CommissionRelease,
            Self::CallBackClearance { .. } => EventKind::CallBackClearance,
            Self::ListSealed { .. } => EventKind::ListSealed,
            Self::AccessAlert { .. } => EventKind::AccessAlert,
            Self::LoanOverdue { .. } => EventKind::LoanOverdue,
            Self::LeakReported { .. } => EventKind::LeakReported,
            Self::LeakOverdue { .. } => EventKind::LeakOverdue,
        }
    }
}
