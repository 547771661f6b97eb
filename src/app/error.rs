//! Why a use case did not do what was asked, in the caller's terms.

use uuid::Uuid;

use crate::store::StoreError;

/// Failure of a use case. The transport maps each variant to one code and one reason.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No token, or none in force.
    #[error("the token is missing or not in force")]
    Unauthenticated,
    /// The caller may not send this source or channel.
    #[error("the caller may not send this source or channel")]
    OutOfScope,
    /// No submission of that id within the caller's reach.
    #[error("no such submission within the caller's reach")]
    SubmissionNotFound,
    /// No application within the caller's reach goes by these names.
    #[error("no such policy within the caller's reach")]
    PolicyNotFound,
    /// The policy does not let the caller do this at all; nothing was looked up.
    #[error(transparent)]
    NotPermitted(#[from] crate::security::policy::Refused),
    /// No entry of that code in the directory within the caller's channels.
    #[error("no such entry in the directory within the caller's channels")]
    DirectoryEntryNotFound,
    /// The entry cannot be kept as it was given.
    #[error("the entry has {} problem(s)", problems.len())]
    DirectoryEntryInvalid {
        /// Kind of the entry.
        kind: super::directory::EntryKind,
        /// What is wrong.
        problems: Vec<super::directory::entry::Problem>,
    },
    /// The file cannot be imported at all.
    #[error("the file cannot be imported: {0}")]
    DirectoryFileUnusable(#[from] super::directory::import::FileError),
    /// The entry changed since the caller saw it.
    #[error("the entry changed since the caller saw it")]
    EtagMismatch,
    /// No endpoint of events ever went by that name.
    #[error("no such endpoint of events")]
    EventEndpointNotFound,
    /// There is no suspicion list of that kind and day.
    #[error("no such suspicion list")]
    SuspicionListNotFound,
    /// The suspicion list is still being written.
    #[error("the suspicion list is not sealed yet")]
    SuspicionListNotSealed,
    /// No case of that id within the caller's reach, or nothing of the case that was named.
    #[error("no such case within the caller's reach")]
    CaseNotFound,
    /// The state of the case does not allow it to this caller.
    #[error(transparent)]
    MoveNotAllowed(#[from] zhenshi_domain::case::RefusedMove),
    /// Something is missing for the outcome.
    #[error("missing for the outcome: {}", .0.join(", "))]
    EvidenceMissing(Vec<&'static str>),
    /// Another case of the same value is open.
    #[error("case {case_no} of the same value is open")]
    ValueHasOpenCase {
        /// Its number.
        case_no: String,
    },
    /// A second person has to do this.
    #[error("a second person has to do this")]
    SecondPersonRequired,
    /// The member of staff cannot have the case.
    #[error("the member of staff cannot have the case: {0}")]
    StaffNotEligible(&'static str),
    /// Somebody has the case already: why it goes to another has to be said.
    #[error("a reason is required for a case that somebody has")]
    ReasonRequired,
    /// More cases than one call may change.
    #[error("{actual} cases in one call, the limit is {limit}")]
    TooManyCases {
        /// Most cases of a call.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
    /// The file cannot be evidence.
    #[error("the file cannot be evidence: {0}")]
    EvidenceRefused(&'static str),
    /// A value of the request does not go with the case as it is.
    #[error("{} does not go with the case", .0.path())]
    WrongArgument(crate::store::case::refusal::WrongArgument),
    /// There is nothing of these ids to which access could be asked.
    #[error("no such customer, party or case")]
    AccessSubjectNotFound,
    /// No request or grant of that id within the caller's extent.
    #[error("no such request for access within the caller's extent")]
    AccessRequestNotFound,
    /// Neither a grant in force nor an assignment covers it.
    #[error("not covered by a grant or an assignment: {0}")]
    AccessNotGranted(&'static str),
    /// The request does not wait for this decision, or not for this caller's.
    #[error("the request does not wait for this decision: {0}")]
    AccessStateMismatch(&'static str),
    /// He is not identified as well as whoever sees values in plain has to be.
    #[error("a sign-in by the identity provider is needed, with acr of {acr:?} and amr {amr:?}")]
    StrongerSignInRequired {
        /// Classes of which one is needed, with commas between them; empty: any.
        acr: String,
        /// Methods that are needed, all of them; empty: none in particular.
        amr: String,
    },
    /// More parties than may be revealed at once.
    #[error("{actual} parties at once, {limit} are allowed")]
    TooManyParties {
        /// Most parties.
        limit: usize,
        /// How many there are, as far as they were counted.
        actual: usize,
    },
    /// The caller has looked up as much as he may.
    #[error("{allowed} are allowed in this time")]
    QuotaExceeded {
        /// How much is allowed.
        allowed: u32,
        /// When he may again.
        wait: std::time::Duration,
    },
    /// No incident of that id within the caller's extent.
    #[error("no such incident within the caller's extent")]
    IncidentNotFound,
    /// No export of that id within the caller's extent.
    #[error("no such export within the caller's extent")]
    UnmaskedExportNotFound,
    /// The state of the export does not allow it, or not to this caller.
    #[error("the state of the export does not allow it: {0}")]
    ExportStateMismatch(&'static str),
    /// More parties than one export may have.
    #[error("{actual} parties in one export, the limit is {limit}")]
    ExportTooLarge {
        /// Most parties.
        limit: i64,
        /// How many there are.
        actual: i64,
    },
    /// The state of the incident does not allow it.
    #[error("the state of the incident does not allow it: {0}")]
    IncidentStateMismatch(&'static str),
    /// No person, hold or destruction of these ids.
    #[error("no such person, hold or destruction")]
    ErasureSubjectNotFound,
    /// A legal period runs, a hold is in place, or the state does not allow it.
    #[error(transparent)]
    ErasureRefused(zhenshi_domain::erasure::Refusal),
    /// The number of a matter is none.
    #[error("a reference has letters, digits and - _ . / : only, at most 64")]
    ReferenceInvalid,
    /// The request id was used for other content.
    #[error("the request id was used for other content")]
    RequestIdReused,
    /// The day of the list is still to come.
    #[error("the day of the list is still to come")]
    ListNotDue,
    /// There is no list on a day that is no working day.
    #[error("the day is no working day")]
    NoWorkingDay,
    /// The queue is full: nothing was recorded.
    #[error("the queue of applications is full")]
    QueueFull,
    /// As many watch as this process serves.
    #[error("too many watch already")]
    TooManyWatchers,
    /// There has been no such position yet: the token is of another database.
    #[error("the position of the token is not of this database")]
    PositionUnknown,
    /// The service is ending: nothing was recorded.
    #[error("the service is shutting down")]
    ShuttingDown,
    /// The identity provider has not said yet by which keys its tokens are known.
    #[error("the identity provider cannot be reached")]
    ProviderUnavailable,
    /// The database cannot be reached just now.
    #[error("the database cannot be reached")]
    StoreUnavailable,
    /// The database refused this one submission; `incident_id` finds the reason in the log.
    #[error("the database refused the submission (incident {incident_id})")]
    RecordRefused {
        /// Finds the log line.
        incident_id: Uuid,
    },
    /// Something else; `incident_id` finds it in the log.
    #[error("internal error (incident {incident_id})")]
    Internal {
        /// Finds the log line.
        incident_id: Uuid,
    },
}

impl AppError {
    /// The caller's half of a store error; the other half is logged under the incident. A passing error is logged by
    /// whoever knows how many callers it meets.
    pub fn from_store(error: &StoreError, incident_id: Uuid) -> Self {
        if error.is_passing() {
            return Self::StoreUnavailable;
        }
        tracing::error!(error = %error, incident.id = %incident_id, "a store call failed, incident {incident_id}");
        if matches!(error, StoreError::Refused { .. }) {
            Self::RecordRefused { incident_id }
        } else {
            Self::Internal { incident_id }
        }
    }
}

impl super::App {
    /// Maps a store error, minting the incident's id.
    pub(super) fn failed(&self, error: &StoreError) -> AppError {
        if error.is_passing() {
            tracing::warn!(error = %error, "the store is not available");
        }
        // Without luck the incident has no id of its own, and the error is reported all the same.
        let incident_id = crate::ids::mint(self.clock.now(), self.entropy.as_ref()).unwrap_or_default();
        AppError::from_store(error, incident_id)
    }

    /// The failure of a file on its way out, minting the incident's id.
    pub(super) fn failed_to_write(&self, error: &std::io::Error) -> AppError {
        let incident_id = crate::ids::mint(self.clock.now(), self.entropy.as_ref()).unwrap_or_default();
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // Whoever asked for it has gone away.
            tracing::debug!("an export was not read to its end");
        } else {
            tracing::error!(error = %error, incident.id = %incident_id, "an export failed, incident {incident_id}");
        }
        AppError::Internal { incident_id }
    }
}
