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
    /// The request id was used for other content.
    #[error("the request id was used for other content")]
    RequestIdReused,
    /// The queue is full: nothing was recorded.
    #[error("the queue of applications is full")]
    QueueFull,
    /// The service is ending: nothing was recorded.
    #[error("the service is shutting down")]
    ShuttingDown,
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
}
