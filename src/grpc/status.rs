//! Errors on the wire: canonical code, one `ErrorInfo` with an enumerated reason, all bad fields at once, words in the
//! caller's language. Never a value of the request.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};
use zhenshi_domain::erasure;
use zhenshi_proto::zhenshi::v1::ErrorReason;

use crate::{
    app::{AppError, WrongArgument},
    security::policy::{Refusal, Refused},
    words::{Language, WordArg, Words},
};

/// Domain of every reason.
pub const ERROR_DOMAIN: &str = "zhenshi";

/// When to try again after the database was not there: long enough for the built-in one to restart.
const RETRY_AFTER_OUTAGE: Duration = Duration::from_secs(1);
/// When to try again after the queue was full: some batches later.
const RETRY_AFTER_FULL_QUEUE: Duration = Duration::from_millis(100);

/// When to try again after too many calls were under way: some of them are done by then.
const RETRY_AFTER_OVERLOAD: Duration = Duration::from_millis(200);

/// Writes statuses in one caller's language.
#[derive(Clone)]
pub struct StatusWriter {
    words: Arc<Words>,
    language: Language,
}

impl StatusWriter {
    /// Words of `language`.
    pub const fn new(words: Arc<Words>, language: Language) -> Self {
        Self { words, language }
    }

    /// The language that it writes.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The status of a failed use case: the one place where errors become codes.
    #[expect(clippy::too_many_lines, reason = "a table: one arm an error")]
    pub fn app(&self, error: &AppError) -> Status {
        match error {
            AppError::Unauthenticated => {
                self.write(Code::Unauthenticated, ErrorReason::TokenInvalid, &[], None)
            }
            AppError::OutOfScope => self.write(Code::PermissionDenied, ErrorReason::OutOfScope, &[], None),
            AppError::SubmissionNotFound => {
                self.write(Code::NotFound, ErrorReason::SubmissionNotFound, &[], None)
            }
            AppError::PolicyNotFound => self.write(Code::NotFound, ErrorReason::PolicyNotFound, &[], None),
            AppError::NotPermitted(refused) => self.refused(*refused),
            AppError::DirectoryEntryNotFound => {
                self.write(Code::NotFound, ErrorReason::DirectoryEntryNotFound, &[], None)
            }
            AppError::DirectoryEntryInvalid { kind, problems } => self
                .invalid(super::convert::directory::violations(*kind, problems, &self.words, self.language)),
            AppError::DirectoryFileUnusable(error) => {
                let why = [("problem", error.key().to_owned()), ("columns", error.columns())];
                self.write(Code::InvalidArgument, ErrorReason::DirectoryFileUnusable, &why, None)
            }
            AppError::EtagMismatch => self.write(Code::Aborted, ErrorReason::EtagMismatch, &[], None),
            AppError::EventEndpointNotFound => {
                self.write(Code::NotFound, ErrorReason::EventEndpointNotFound, &[], None)
            }
            AppError::SuspicionListNotFound => {
                self.write(Code::NotFound, ErrorReason::SuspicionListNotFound, &[], None)
            }
            AppError::SuspicionListNotSealed => {
                self.write(Code::FailedPrecondition, ErrorReason::SuspicionListNotSealed, &[], None)
            }
            AppError::CaseNotFound => self.write(Code::NotFound, ErrorReason::CaseNotFound, &[], None),
            AppError::MoveNotAllowed(refused) => {
                let allowed: Vec<_> = refused.allowed.iter().map(|action| action.name()).collect();
                let what = [("state", refused.state.name().to_owned()), ("allowed_moves", allowed.join(","))];
                self.write(Code::FailedPrecondition, ErrorReason::MoveNotAllowed, &what, None)
            }
            AppError::EvidenceMissing(missing) => {
                let missing = [("missing", missing.join(","))];
                self.write(Code::FailedPrecondition, ErrorReason::EvidenceMissing, &missing, None)
            }
            AppError::ValueHasOpenCase { case_no } => {
                let open = [("case_no", case_no.clone())];
                self.write(Code::FailedPrecondition, ErrorReason::ValueHasOpenCase, &open, None)
            }
            AppError::SecondPersonRequired => {
                self.write(Code::PermissionDenied, ErrorReason::SecondPersonRequired, &[], None)
            }
            AppError::StaffNotEligible(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::FailedPrecondition, ErrorReason::StaffNotEligible, &why, None)
            }
            AppError::ReasonRequired => self.invalid(vec![self.violation("reason", "violation-required")]),
            AppError::TooManyCases { limit, actual } => {
                let counts = [("limit", limit.to_string()), ("actual", actual.to_string())];
                self.write(Code::InvalidArgument, ErrorReason::TooManyCases, &counts, None)
            }
            AppError::WrongArgument(wrong) => self.invalid(vec![self.wrong_argument(*wrong)]),
            AppError::EvidenceRefused(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::InvalidArgument, ErrorReason::EvidenceRefused, &why, None)
            }
            AppError::AccessSubjectNotFound => {
                self.write(Code::NotFound, ErrorReason::AccessSubjectNotFound, &[], None)
            }
            AppError::AccessRequestNotFound => {
                self.write(Code::NotFound, ErrorReason::AccessRequestNotFound, &[], None)
            }
            AppError::AccessNotGranted(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::PermissionDenied, ErrorReason::AccessNotGranted, &why, None)
            }
            AppError::AccessStateMismatch(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::FailedPrecondition, ErrorReason::AccessStateMismatch, &why, None)
            }
            AppError::StrongerSignInRequired { acr, amr } => {
                let asked = [("required_acr", acr.clone()), ("required_amr", amr.clone())];
                self.write(Code::PermissionDenied, ErrorReason::StrongerSignInRequired, &asked, None)
            }
            AppError::TooManyParties { limit, actual } => {
                let counts = [("limit", limit.to_string()), ("actual", actual.to_string())];
                self.write(Code::InvalidArgument, ErrorReason::TooManyParties, &counts, None)
            }
            AppError::QuotaExceeded { allowed, wait } => {
                let allowed = [("allowed", allowed.to_string())];
                self.write(Code::ResourceExhausted, ErrorReason::QuotaExceeded, &allowed, Some(*wait))
            }
            AppError::IncidentNotFound => {
                self.write(Code::NotFound, ErrorReason::IncidentNotFound, &[], None)
            }
            AppError::UnmaskedExportNotFound => {
                self.write(Code::NotFound, ErrorReason::UnmaskedExportNotFound, &[], None)
            }
            AppError::ExportStateMismatch(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::FailedPrecondition, ErrorReason::ExportStateMismatch, &why, None)
            }
            AppError::ExportTooLarge { limit, actual } => {
                let counts = [("limit", limit.to_string()), ("actual", actual.to_string())];
                self.write(Code::InvalidArgument, ErrorReason::ExportTooLarge, &counts, None)
            }
            AppError::IncidentStateMismatch(why) => {
                let why = [("why", (*why).to_owned())];
                self.write(Code::FailedPrecondition, ErrorReason::IncidentStateMismatch, &why, None)
            }
            AppError::ErasureSubjectNotFound => {
                self.write(Code::NotFound, ErrorReason::ErasureSubjectNotFound, &[], None)
            }
            AppError::ErasureRefused(erasure::Refusal::TooEarly { from }) => {
                let from = [("not_before", from.to_string())];
                self.write(Code::FailedPrecondition, ErrorReason::ErasureTooEarly, &from, None)
            }
            AppError::ErasureRefused(refusal) => {
                let why = [("why", why_not_erased(*refusal).to_owned())];
                self.write(Code::FailedPrecondition, ErrorReason::ErasureStateMismatch, &why, None)
            }
            AppError::ReferenceInvalid => self.invalid(vec![self.violation("reference", "violation-format")]),
            AppError::RequestIdReused => {
                self.write(Code::AlreadyExists, ErrorReason::RequestIdReused, &[], None)
            }
            AppError::ListNotDue => self.write(Code::FailedPrecondition, ErrorReason::ListNotDue, &[], None),
            AppError::NoWorkingDay => self.write(Code::InvalidArgument, ErrorReason::NoWorkingDay, &[], None),
            AppError::QueueFull => {
                static PREPARED: Prepared = Prepared::new();
                PREPARED.get(self, ErrorReason::QueueFull, RETRY_AFTER_FULL_QUEUE)
            }
            AppError::TooManyWatchers => self.overloaded(),
            AppError::PositionUnknown => self.page_token(),
            AppError::ShuttingDown => {
                self.write(Code::Unavailable, ErrorReason::ShuttingDown, &[], Some(RETRY_AFTER_OUTAGE))
            }
            AppError::ProviderUnavailable => self.write(
                Code::Unavailable,
                ErrorReason::IdentityProviderUnavailable,
                &[],
                Some(RETRY_AFTER_OUTAGE),
            ),
            AppError::StoreUnavailable => {
                self.write(Code::Unavailable, ErrorReason::StoreUnavailable, &[], Some(RETRY_AFTER_OUTAGE))
            }
            AppError::RecordRefused { incident_id } => {
                let incident = [("incident_id", incident_id.to_string())];
                self.write(Code::Internal, ErrorReason::RecordRefused, &incident, None)
            }
            AppError::Internal { incident_id } => {
                let incident = [("incident_id", incident_id.to_string())];
                self.write(Code::Internal, ErrorReason::Internal, &incident, None)
            }
        }
    }

    /// `PERMISSION_DENIED` for what the policy does not let the caller do, whatever it was asked about.
    pub fn refused(&self, refused: Refused) -> Status {
        let reason = match refused.why {
            Refusal::WholeReach => ErrorReason::AdministrationOnly,
            Refusal::Role | Refusal::NoChannel => ErrorReason::ActionNotPermitted,
            Refusal::Weak => ErrorReason::StrongerSignInRequired,
        };
        let metadata =
            [("action", refused.action.name().to_owned()), ("role", refused.role.name().to_owned())];
        self.write(Code::PermissionDenied, reason, &metadata, None)
    }

    /// `INVALID_ARGUMENT` naming every field that cannot be read.
    pub fn invalid(&self, violations: Vec<FieldViolation>) -> Status {
        let mut details = self.details(ErrorReason::InvalidRequest, &[]);
        details.set_bad_request(violations);
        self.finish(Code::InvalidArgument, ErrorReason::InvalidRequest, details)
    }

    /// `INVALID_ARGUMENT` for more insureds than one application may have.
    pub fn too_many_insureds(&self, limit: usize, actual: usize) -> Status {
        let metadata = [("limit", limit.to_string()), ("actual", actual.to_string())];
        self.write(Code::InvalidArgument, ErrorReason::TooManyInsureds, &metadata, None)
    }

    /// `INVALID_ARGUMENT` for a page token that is not ours, or not for these arguments.
    pub fn page_token(&self) -> Status {
        self.write(Code::InvalidArgument, ErrorReason::PageTokenInvalid, &[], None)
    }

    /// `INVALID_ARGUMENT` for a message that cannot be decoded. What it holds is not quoted.
    pub fn malformed(&self) -> Status {
        self.write(Code::InvalidArgument, ErrorReason::MalformedMessage, &[], None)
    }

    /// `RESOURCE_EXHAUSTED` for a message of more than `limit_bytes`.
    pub fn too_large(&self, limit_bytes: usize) -> Status {
        let metadata = [("limit_bytes", limit_bytes.to_string())];
        self.write(Code::ResourceExhausted, ErrorReason::MessageTooLarge, &metadata, None)
    }

    /// `UNIMPLEMENTED` for a service or method that there is not.
    pub fn unknown_method(&self) -> Status {
        self.write(Code::Unimplemented, ErrorReason::MethodUnknown, &[], None)
    }

    /// `UNIMPLEMENTED` for compressed messages.
    pub fn encoding(&self) -> Status {
        self.write(Code::Unimplemented, ErrorReason::EncodingUnsupported, &[], None)
    }

    /// `INVALID_ARGUMENT` for what is not gRPC.
    pub fn content_type(&self) -> Status {
        self.write(Code::InvalidArgument, ErrorReason::ContentTypeUnsupported, &[], None)
    }

    /// `DEADLINE_EXCEEDED` after `limit`, the caller's or the server's.
    pub fn deadline(&self, limit: Duration) -> Status {
        self.write(Code::DeadlineExceeded, ErrorReason::DeadlineExceeded, &[limit_ms(limit)], None)
    }

    /// `RESOURCE_EXHAUSTED` for a caller that may ask again after `wait`.
    pub fn rate_limited(&self, wait: Duration) -> Status {
        self.write(Code::ResourceExhausted, ErrorReason::RateLimited, &[], Some(wait))
    }

    /// `RESOURCE_EXHAUSTED` because too much is under way; nothing of this call was begun.
    pub fn overloaded(&self) -> Status {
        static PREPARED: Prepared = Prepared::new();
        PREPARED.get(self, ErrorReason::Overloaded, RETRY_AFTER_OVERLOAD)
    }

    /// `ABORTED`: the stream stood still for `limit`.
    pub fn stream_idle(&self, limit: Duration) -> Status {
        self.write(Code::Aborted, ErrorReason::StreamIdle, &[limit_ms(limit)], None)
    }

    /// `UNAVAILABLE`: the connection is old, another one may be opened at once.
    pub fn connection_aged(&self) -> Status {
        self.write(Code::Unavailable, ErrorReason::ConnectionAged, &[], Some(Duration::ZERO))
    }

    /// The sentence of a field violation.
    pub fn violation(&self, path: impl Into<String>, id: &str) -> FieldViolation {
        FieldViolation::new(path, self.words.message(self.language, id, std::iter::empty()))
    }

    /// The sentence of a field violation that says more than its id.
    pub fn violation_with<'a>(
        &self,
        path: impl Into<String>,
        id: &str,
        args: impl Iterator<Item = (&'a str, WordArg<'a>)>,
    ) -> FieldViolation {
        FieldViolation::new(path, self.words.message(self.language, id, args))
    }

    /// The sentence of a value that does not go with its case.
    fn wrong_argument(&self, wrong: WrongArgument) -> FieldViolation {
        match wrong {
            WrongArgument::AttemptInFuture | WrongArgument::SignedInFuture => {
                self.violation(wrong.path(), "violation-future")
            }
            WrongArgument::AttemptBeforeCase => self.violation(wrong.path(), "violation-before-case"),
            WrongArgument::OpinionDueInPast => self.violation(wrong.path(), "violation-past"),
            WrongArgument::ExtensionTooLong { left } => {
                let args = [("left", WordArg::Number(left.into()))];
                self.violation_with(wrong.path(), "violation-extension", args.into_iter())
            }
        }
    }

    fn write(
        &self,
        code: Code,
        reason: ErrorReason,
        metadata: &[(&str, String)],
        retry: Option<Duration>,
    ) -> Status {
        let mut details = self.details(reason, metadata);
        if retry.is_some() {
            details.set_retry_info(retry);
        }
        self.finish(code, reason, details)
    }

    fn details(&self, reason: ErrorReason, metadata: &[(&str, String)]) -> ErrorDetails {
        let metadata: HashMap<String, String> =
            metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let mut details = ErrorDetails::new();
        details.set_error_info(reason_name(reason), ERROR_DOMAIN, metadata);
        details.set_localized_message(self.language.as_tag(), self.sentence(self.language, reason));
        details
    }

    /// The status's own message is for developers: English. The caller's language is in the details.
    fn finish(&self, code: Code, reason: ErrorReason, details: ErrorDetails) -> Status {
        Status::with_error_details(code, self.sentence(Language::En, reason), details)
    }

    fn sentence(&self, language: Language, reason: ErrorReason) -> String {
        let id = reason_name(reason).to_lowercase().replace('_', "-");
        self.words.message(language, &id, std::iter::empty())
    }
}

/// A refusal that is the same for everybody who speaks a language, written once: who is turned away by the thousand a second
/// must cost less than who is served.
struct Prepared([OnceLock<Status>; Language::COUNT]);

impl Prepared {
    const fn new() -> Self {
        Self([const { OnceLock::new() }; Language::COUNT])
    }

    /// `RESOURCE_EXHAUSTED` with `reason`, in the words of `writer`.
    fn get(&self, writer: &StatusWriter, reason: ErrorReason, retry: Duration) -> Status {
        let write = || writer.write(Code::ResourceExhausted, reason, &[], Some(retry));
        let place = self.0.get(writer.language as usize);
        place.map_or_else(write, |status| status.get_or_init(write).clone())
    }
}

fn limit_ms(limit: Duration) -> (&'static str, String) {
    ("limit_ms", limit.as_millis().to_string())
}

/// The reason as `ErrorInfo` carries it.
pub fn reason_name(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}
/// Why a destruction is not possible, as metadata name it.
const fn why_not_erased(refusal: erasure::Refusal) -> &'static str {
    match refusal {
        erasure::Refusal::InUse => "IN_USE",
        erasure::Refusal::TooEarly { .. } => "TOO_EARLY",
        erasure::Refusal::OnHold => "ON_HOLD",
        erasure::Refusal::SamePerson => "SAME_PERSON",
        erasure::Refusal::AlreadyRequested => "ALREADY_REQUESTED",
        erasure::Refusal::NotRequested => "NOT_REQUESTED",
        erasure::Refusal::WrongState(_) => "STATE",
    }
}
