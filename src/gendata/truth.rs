//! The truth file: what was planted, who is to find it, and what only looks like a fault. One JSON object a line,
//! `record` tells the two kinds apart.

use serde::Serialize;

use super::wire::{Channel, Kind, Request};

/// Code of a fault that no rule and no list can see.
pub(super) const UNDETECTABLE: &str = "UNDETECTABLE";

/// Who is to find a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FoundBy {
    /// The rules, when the application is judged.
    Gate,
    /// The suspicion list of the next working day.
    List,
    /// Nobody: it looks right, or it looks wrong and is excused.
    Nobody,
}

/// The verdict that a right gate reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExpectedVerdict {
    /// No blocking finding.
    Accepted,
    /// At least one blocking finding.
    Rejected,
    /// Outside article 4.
    NotApplicable,
}

/// A planted fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PlantedFault {
    pub(super) expected_code: &'static str,
    pub(super) field_path: String,
    pub(super) found_by: FoundBy,
    pub(super) cause: &'static str,
}

/// The truth about one line of the applications file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationTruth<'a> {
    /// Always `application`.
    pub(super) record: &'static str,
    pub(super) source: &'static str,
    pub(super) application_no: &'a str,
    pub(super) source_revision: &'a str,
    pub(super) request_id: &'a str,
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) expected_verdict: ExpectedVerdict,
    pub(super) faults: &'a [PlantedFault],
}

/// Names an application within a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationRef {
    pub(super) source: &'static str,
    pub(super) application_no: String,
    pub(super) kind: Kind,
    /// Party of the application, as a field path.
    pub(super) party: String,
}

/// The truth about a phone or account in more than one hand: to be found by the list, or excused and to be found by
/// nobody.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ListTruth {
    /// Always `list`.
    pub(super) record: &'static str,
    pub(super) expected_code: &'static str,
    pub(super) found_by: FoundBy,
    pub(super) excused: bool,
    pub(super) applications: Vec<ApplicationRef>,
    pub(super) cause: &'static str,
}

impl ListTruth {
    /// A sharing that the list must raise.
    pub(super) fn suspicious(
        code: &'static str,
        applications: Vec<ApplicationRef>,
        cause: &'static str,
    ) -> Self {
        Self {
            record: "list",
            expected_code: code,
            found_by: FoundBy::List,
            excused: false,
            applications,
            cause,
        }
    }

    /// A sharing that must not be raised.
    pub(super) fn excused(
        code: &'static str,
        applications: Vec<ApplicationRef>,
        cause: &'static str,
    ) -> Self {
        Self {
            record: "list",
            expected_code: code,
            found_by: FoundBy::Nobody,
            excused: true,
            applications,
            cause,
        }
    }
}

impl<'a> ApplicationTruth<'a> {
    /// The truth about a request.
    pub(super) fn new(
        request: &'a Request,
        expected_verdict: ExpectedVerdict,
        faults: &'a [PlantedFault],
    ) -> Self {
        let application = &request.application;
        Self {
            record: "application",
            source: application.source,
            application_no: &application.application_no,
            source_revision: &application.source_revision,
            request_id: &request.request_id,
            kind: application.kind,
            channel: application.channel,
            expected_verdict,
            faults,
        }
    }
}
