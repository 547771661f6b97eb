//! Events: what happened, as it is told to other systems.
//!
//! [`EventData`] holds codes, numbers and times only. No variant has a field of text, so that no personal data can get into
//! an event: who wants to know more asks the API, where it is masked, counted and written down.
//!
//! To add a kind: a variant here, its name in [`EventKind::ALL`], and its line in `docs/events.md`.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};

pub use crate::timer::{Clock as DueClock, Recipient};
use crate::{application::Channel, call_back::Clearance, case::Outcome};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A case has got an assignee.
    CaseAssigned,
    /// A case's deadline comes near, is reached, or is past: told to its clerk.
    CaseReminder,
    /// A case's deadline is past: told to somebody above.
    CaseEscalation,
    /// A case was verified.
    CaseClosed,
    /// Anything about a case changed: for those who watch, not delivered unless an endpoint asks for it.
    CaseChanged,
    /// A case was told to compliance.
    CaseReportedToCompliance,
    /// The commission of the applications is to be held back (佣金緩發).
    CommissionHold,
    /// It is to be held back no longer.
    CommissionRelease,
    /// Whether the applications' customers may be called back.
    CallBackClearance,
    /// A suspicion list was sealed.
    ListSealed,
    /// Somebody looks up more than he may, or much.
    AccessAlert,
    /// What was lent is out beyond its time.
    LoanOverdue,
    /// A leak was reported: told to both named roles.
    LeakReported,
    /// A time of a leak has passed.
    LeakOverdue,
}

impl EventKind {
    /// Every kind with its name. Append-only: receivers go by the names.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::CaseAssigned, "case.assigned"),
        (Self::CaseReminder, "case.reminder"),
        (Self::CaseEscalation, "case.escalation"),
        (Self::CaseClosed, "case.closed"),
        (Self::CaseChanged, "case.changed"),
        (Self::CaseReportedToCompliance, "case.reported_to_compliance"),
        (Self::CommissionHold, "commission.hold"),
        (Self::CommissionRelease, "commission.release"),
        (Self::CallBackClearance, "call_back.clearance"),
        (Self::ListSealed, "list.sealed"),
        (Self::AccessAlert, "access.alert"),
        (Self::LoanOverdue, "loan.overdue"),
        (Self::LeakReported, "leak.reported"),
        (Self::LeakOverdue, "leak.overdue"),
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CaseAssigned => "case.assigned",
            Self::CaseReminder => "case.reminder",
            Self::CaseEscalation => "case.escalation",
            Self::CaseClosed => "case.closed",
            Self::CaseChanged => "case.changed",
            Self::CaseReportedToCompliance => "case.reported_to_compliance",
            Self::CommissionHold => "commission.hold",
            Self::CommissionRelease => "commission.release",
            Self::CallBackClearance => "call_back.clearance",
            Self::ListSealed => "list.sealed",
            Self::AccessAlert => "access.alert",
            Self::LoanOverdue => "loan.overdue",
            Self::LeakReported => "leak.reported",
            Self::LeakOverdue => "leak.overdue",
        }
    }

    /// The kind with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether an endpoint that names no kinds gets it.
    pub const fn by_default(self) -> bool {
        !matches!(self, Self::CaseChanged)
    }
}

/// A case's number, `YYYYMMDD-NNNNNN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    /// Date of the list, or of the report.
    pub day: NaiveDate,
    /// Number within the day, from 1.
    pub serial: u32,
}

/// A text that is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number is YYYYMMDD-NNNNNN")]
pub struct NotACaseNumber;

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.day.format("%Y%m%d"), self.serial)
    }
}

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(text: &str) -> Result<Self, NotACaseNumber> {
        let (day, serial) = text.split_once('-').ok_or(NotACaseNumber)?;
        let digits =
            |text: &str, least: usize| text.len() >= least && text.bytes().all(|b| b.is_ascii_digit());
        if day.len() != 8 || !digits(day, 8) || !digits(serial, 6) {
            return Err(NotACaseNumber);
        }
        let day = NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| NotACaseNumber)?;
        let number = Self { day, serial: serial.parse().map_err(|_| NotACaseNumber)? };
        // One text per number: no zeros in front of a seventh digit.
        if number.to_string() == text { Ok(number) } else { Err(NotACaseNumber) }
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

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
    /// [`EventKind::CaseReminder`].
    Reminder {
        /// The case.
        #[serde(flatten)]
        case: CaseFacts,
        /// Which clock.
        #[serde(serialize_with = "serialize_clock")]
        clock: DueClock,
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn serialize_channel<S: Serializer>(channel: &Channel, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match channel {
        Channel::IndividualAgents => "individual_agents",
        Channel::Bancassurance => "bancassurance",
        Channel::Intermediaries => "intermediaries",
        Channel::Direct => "direct",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn serialize_clock<S: Serializer>(clock: &DueClock, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match clock {
        DueClock::Investigation => "investigation",
        DueClock::Verification => "verification",
        DueClock::Assist => "assist",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn serialize_recipient<S: Serializer>(recipient: &Recipient, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match recipient {
        Recipient::Clerk => "clerk",
        Recipient::TeamLeader => "team_leader",
        Recipient::ChannelHead => "channel_head",
        Recipient::Compliance => "compliance",
        Recipient::CustomerService => "customer_service",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn serialize_outcome<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match outcome {
        Outcome::Corrected => "corrected",
        Outcome::Cleared => "cleared",
        Outcome::ConfirmedFalse => "confirmed_false",
        Outcome::Unreachable => "unreachable",
    })
}

fn serialize_clearance<S: Serializer>(clearance: &Clearance, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Answer {
        clearance: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        wait_until_time: Option<DateTime<Utc>>,
    }
    let (name, wait_until_time) = match clearance {
        Clearance::Clear => ("clear", None),
        Clearance::WaitUntil(time) => ("wait_until", Some(*time)),
        Clearance::CallAnyway => ("call_anyway", None),
    };
    Answer { clearance: name, wait_until_time }.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in EventKind::ALL {
            assert_eq!(kind.name(), name);
            assert_eq!(EventKind::from_name(name), Some(kind));
        }
        assert_eq!(EventKind::from_name("case.opened"), None);
    }

    #[test]
    fn a_case_number_has_one_text() {
        let number = CaseNumber { day: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(), serial: 7 };
        assert_eq!(number.to_string(), "20261124-000007");
        assert_eq!("20261124-000007".parse(), Ok(number));
        assert_eq!("20261124-1000000".parse(), Ok(CaseNumber { serial: 1_000_000, ..number }));
        for wrong in [
            "",
            "20261124",
            "20261124-7",
            "20261124-0000007",
            "20261324-000007",
            "2026+124-000007",
            "20261124-00000x",
        ] {
            assert_eq!(wrong.parse::<CaseNumber>(), Err(NotACaseNumber), "{wrong}");
        }
    }
}
