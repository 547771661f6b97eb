//! Cases: one use case a file in `case/`. Each begins with [`Principal::permit`](crate::security::principal::Principal::permit)
//! and ends with [`App::case_answer`].
//!
//! To add one: a file in `case/`, its function on [`Store`](crate::store::Store) in `src/store/case/`, its row in the policy.

pub mod add_comment;
pub mod answer_assist;
pub mod appeal;
pub mod assign_case;
pub mod attach_evidence;
pub mod batch;
pub mod board;
pub mod call_back;
pub mod claim_next_case;
pub mod confirmation_form;
pub mod create_case;
pub mod decide_commission;
pub mod distribute_cases;
pub mod extend_case;
pub mod fire_timers;
pub mod get_case;
pub mod get_case_statistics;
pub mod get_evidence;
pub mod hold_case;
pub mod list_case_events;
pub mod list_cases;
pub mod make_cases;
pub mod merge_cases;
mod moves;
pub mod opinions;
pub mod pause;
pub mod recompute_deadlines;
pub mod record_contact_attempt;
pub mod reopen_case;
pub mod report_agency_refusal;
pub mod return_case;
pub mod said;
pub mod start_investigation;
pub mod submit_case;
pub mod take_over_case;
pub mod verify_case;
pub mod watch_cases;
pub mod withdraw_case;

use uuid::Uuid;

use super::{App, AppError};
use crate::{
    ids,
    store::{
        StoreError,
        case::{
            Answer, CaseRefusal, CaseRow,
            change::{Command, Tools},
            request::RequestKey,
            text::{self, NewText},
        },
    },
};

/// A call that changes one case, as the transport took it apart.
#[derive(Debug, Clone)]
pub struct CaseCall {
    /// The case.
    pub case_id: Uuid,
    /// The version that the caller saw.
    pub etag: Option<i64>,
    /// Idempotency key.
    pub request: RequestKey,
}

impl CaseCall {
    /// The command of this call; `action` is what the audit entry says, `UPPER_SNAKE_CASE`.
    pub(crate) fn command(self, action: &'static str) -> Command {
        Command { case_id: self.case_id, etag: self.etag, request: Some(self.request), action }
    }
}

/// A case that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedCase {
    /// As it stands.
    pub case: CaseRow,
    /// What was made beside it.
    pub made_id: Option<Uuid>,
}

impl App {
    /// What changes need beside the case.
    pub(crate) fn case_tools(&self) -> Tools {
        let days = self.calendars.current();
        Tools {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            calendar: days.calendar.clone(),
            calendar_version: days.version.clone(),
            profile: self.rules.profile.clone(),
        }
    }

    /// Seals what somebody wrote.
    ///
    /// # Errors
    /// [`AppError::Internal`] when there is no luck to be had.
    pub(crate) fn seal_text(&self, words: &str) -> Result<NewText, AppError> {
        let sealing = || -> Result<NewText, StoreError> {
            let id = ids::mint(self.clock.now(), self.entropy.as_ref())?;
            let sealed = self.sealer.seal(text::place(id), words.as_bytes(), self.entropy.as_ref())?;
            Ok(NewText { id, sealed })
        };
        sealing().map_err(|error| self.failed(&error))
    }

    /// As [`Self::seal_text`], for what need not be written; nothing is kept of nothing.
    ///
    /// # Errors
    /// As [`Self::seal_text`].
    pub(crate) fn seal_if_any(&self, words: &str) -> Result<Option<NewText>, AppError> {
        (!words.is_empty()).then(|| self.seal_text(words)).transpose()
    }

    /// What a change came to, in the caller's terms.
    ///
    /// # Errors
    /// Whatever is not done.
    pub(crate) fn case_answer(&self, answer: Result<Answer, StoreError>) -> Result<ChangedCase, AppError> {
        match answer.map_err(|error| self.failed(&error))? {
            Answer::Done { case, made_id } => Ok(ChangedCase { case: *case, made_id }),
            Answer::Reused => Err(AppError::RequestIdReused),
            Answer::NotFound => Err(AppError::CaseNotFound),
            Answer::Stale => Err(AppError::EtagMismatch),
            Answer::Refused(refusal) => Err(refusal.into()),
        }
    }
}

impl From<CaseRefusal> for AppError {
    fn from(refusal: CaseRefusal) -> Self {
        match refusal {
            CaseRefusal::Move(refused) => Self::MoveNotAllowed(refused),
            CaseRefusal::Missing(missing) => Self::EvidenceMissing(missing),
            CaseRefusal::ValueHasOpenCase { case_no } => Self::ValueHasOpenCase { case_no },
            CaseRefusal::SecondPersonRequired => Self::SecondPersonRequired,
            CaseRefusal::NotEligible(why) => Self::StaffNotEligible(why.name()),
            CaseRefusal::PartNotFound => Self::CaseNotFound,
            CaseRefusal::ReasonRequired => Self::ReasonRequired,
            CaseRefusal::Argument(wrong) => Self::WrongArgument(wrong),
        }
    }
}
