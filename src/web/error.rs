//! What went wrong, as a person reads it: a sentence in his language and an id to quote, which is in the log too.
//!
//! A handler answers with `Result<_, PageError>`; the response carries the failure, and [`dress`] makes the page of it, because
//! only there the request's language is known. To add a failure: its variant, its line in [`PageError::says`], its words.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use uuid::Uuid;
use zhenshi_domain::erasure::Refusal;

use super::{
    Site, language,
    person::{is_partial, page_of},
    render,
    say::Say,
    session,
    view::error::{ErrorPage, ErrorPart},
};
use crate::{
    app::{AppError, WrongArgument, sign_in::Use},
    ids,
    security::policy,
};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The password has to be changed before anything else.
    #[error("the password has to be changed first")]
    MustChange,
    /// As many sign in as the service takes.
    #[error("too many people sign in at this moment")]
    Busy,
    /// A form that no page of ours has sent, or one of an earlier session.
    #[error("the form is of no page of this session")]
    ForeignForm,
    /// More bytes than a form may have.
    #[error("the form is too large")]
    TooLarge,
    /// There is no such page.
    #[error("no such page")]
    NotFound,
    /// A form or an address that cannot be read.
    #[error("the request cannot be read")]
    Unreadable,
    /// A template that does not render.
    #[error("the page cannot be made: {0}")]
    Template(#[from] askama::Error),
    /// The use case did not do it.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<policy::Refused> for PageError {
    fn from(refused: policy::Refused) -> Self {
        Self::App(refused.into())
    }
}

/// A failure on its way to [`dress`].
#[derive(Clone)]
struct Failed(Arc<PageError>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, _) = self.says();
        let mut response = status.into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

impl PageError {
    /// Status and message.
    pub(super) const fn says(&self) -> (StatusCode, &'static str) {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "page-error-signed-out"),
            Self::MustChange => (StatusCode::FORBIDDEN, "sign-in-must-change"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "sign-in-busy"),
            Self::ForeignForm => (StatusCode::FORBIDDEN, "page-error-foreign-form"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "page-error-too-large"),
            Self::NotFound => (StatusCode::NOT_FOUND, "page-error-not-found"),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "page-error-unreadable"),
            Self::Template(_) => (StatusCode::INTERNAL_SERVER_ERROR, "page-error-internal"),
            Self::App(error) => says(error),
        }
    }

    /// The incident that is in the log already.
    const fn incident(&self) -> Option<Uuid> {
        match self {
            Self::App(AppError::Internal { incident_id } | AppError::RecordRefused { incident_id }) => {
                Some(*incident_id)
            }
            _ => None,
        }
    }
}

/// Status and message of a use case's failure.
pub(super) const fn says(error: &AppError) -> (StatusCode, &'static str) {
    match error {
        AppError::NotPermitted(refused) => match refused.why {
            policy::Refusal::NoChannel => (StatusCode::FORBIDDEN, "page-error-no-channel"),
            policy::Refusal::Role | policy::Refusal::WholeReach => {
                (StatusCode::FORBIDDEN, "page-error-not-permitted")
            }
            policy::Refusal::Weak => (StatusCode::FORBIDDEN, "stronger-sign-in-required"),
        },
        AppError::StrongerSignInRequired { .. } => (StatusCode::FORBIDDEN, "stronger-sign-in-required"),
        AppError::TooManyParties { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too-many-parties"),
        AppError::Unauthenticated => (StatusCode::UNAUTHORIZED, "page-error-signed-out"),
        AppError::OutOfScope => (StatusCode::FORBIDDEN, "page-error-not-permitted"),
        AppError::CaseNotFound => (StatusCode::NOT_FOUND, "case-not-found"),
        AppError::SubmissionNotFound => (StatusCode::NOT_FOUND, "submission-not-found"),
        AppError::PolicyNotFound => (StatusCode::NOT_FOUND, "policy-not-found"),
        AppError::DirectoryEntryNotFound => (StatusCode::NOT_FOUND, "directory-entry-not-found"),
        AppError::SuspicionListNotFound => (StatusCode::NOT_FOUND, "suspicion-list-not-found"),
        AppError::SuspicionListNotSealed => (StatusCode::CONFLICT, "suspicion-list-not-sealed"),
        AppError::EventEndpointNotFound => (StatusCode::NOT_FOUND, "event-endpoint-not-found"),
        AppError::EtagMismatch => (StatusCode::CONFLICT, "page-error-changed"),
        AppError::MoveNotAllowed(_) => (StatusCode::CONFLICT, "move-not-allowed"),
        AppError::EvidenceMissing(_) => (StatusCode::UNPROCESSABLE_ENTITY, "evidence-missing"),
        AppError::EvidenceRefused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "evidence-refused"),
        AppError::ValueHasOpenCase { .. } => (StatusCode::CONFLICT, "value-has-open-case"),
        AppError::SecondPersonRequired => (StatusCode::FORBIDDEN, "second-person-required"),
        AppError::StaffNotEligible(_) => (StatusCode::CONFLICT, "staff-not-eligible"),
        AppError::ReasonRequired => (StatusCode::UNPROCESSABLE_ENTITY, "page-error-reason-required"),
        AppError::TooManyCases { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too-many-cases"),
        AppError::RequestIdReused => (StatusCode::CONFLICT, "page-error-sent-twice"),
        AppError::ListNotDue => (StatusCode::CONFLICT, "list-not-due"),
        AppError::NoWorkingDay => (StatusCode::UNPROCESSABLE_ENTITY, "no-working-day"),
        AppError::WrongArgument(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong_argument(*wrong)),
        AppError::StoreUnavailable | AppError::ShuttingDown => {
            (StatusCode::SERVICE_UNAVAILABLE, "page-error-unavailable")
        }
        AppError::ProviderUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "identity-provider-unavailable"),
        AppError::QueueFull | AppError::TooManyWatchers => {
            (StatusCode::SERVICE_UNAVAILABLE, "page-error-busy")
        }
        AppError::PositionUnknown => (StatusCode::BAD_REQUEST, "page-error-unreadable"),
        AppError::DirectoryEntryInvalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "page-error-entry"),
        AppError::DirectoryFileUnusable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "page-error-import-file"),
        AppError::AccessSubjectNotFound => (StatusCode::NOT_FOUND, "access-subject-not-found"),
        AppError::AccessRequestNotFound => (StatusCode::NOT_FOUND, "access-request-not-found"),
        AppError::AccessNotGranted(_) => (StatusCode::FORBIDDEN, "access-not-granted"),
        AppError::AccessStateMismatch(_) => (StatusCode::CONFLICT, "access-state-mismatch"),
        AppError::QuotaExceeded { .. } => (StatusCode::TOO_MANY_REQUESTS, "quota-exceeded"),
        AppError::UnmaskedExportNotFound => (StatusCode::NOT_FOUND, "unmasked-export-not-found"),
        AppError::ExportStateMismatch(_) => (StatusCode::CONFLICT, "export-state-mismatch"),
        AppError::ExportTooLarge { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "export-too-large"),
        AppError::IncidentNotFound => (StatusCode::NOT_FOUND, "incident-not-found"),
        AppError::IncidentStateMismatch(_) => (StatusCode::CONFLICT, "incident-state-mismatch"),
        AppError::ErasureSubjectNotFound => (StatusCode::NOT_FOUND, "erasure-subject-not-found"),
        AppError::ErasureRefused(refusal) => (StatusCode::CONFLICT, erasure(*refusal)),
        AppError::ReferenceInvalid => (StatusCode::UNPROCESSABLE_ENTITY, "page-error-reference"),
        AppError::RecordRefused { .. } | AppError::Internal { .. } => {
            (StatusCode::INTERNAL_SERVER_ERROR, "page-error-internal")
        }
    }
}

const fn erasure(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::TooEarly { .. } => "erasure-too-early",
        Refusal::SamePerson => "second-person-required",
        Refusal::InUse
        | Refusal::OnHold
        | Refusal::AlreadyRequested
        | Refusal::NotRequested
        | Refusal::WrongState(_) => "erasure-state-mismatch",
    }
}

const fn wrong_argument(wrong: WrongArgument) -> &'static str {
    match wrong {
        WrongArgument::AttemptInFuture | WrongArgument::SignedInFuture => "page-error-in-future",
        WrongArgument::AttemptBeforeCase => "page-error-before-case",
        WrongArgument::OpinionDueInPast => "page-error-in-past",
        WrongArgument::ExtensionTooLong { .. } => "page-error-extension",
    }
}

/// Makes the page of a failure: of a lost session the way to sign in and back, of everything else what to read.
pub(super) async fn dress(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let partial = is_partial(&parts);
    let (page, safe) = (page_of(&parts, partial), matches!(parts.method, Method::GET | Method::HEAD));
    let headers = parts.headers.clone();
    let say = Say::new(site.words.clone(), language::of(&parts.headers));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let error = match response.extensions_mut().remove::<Failed>() {
        Some(Failed(error)) => error,
        // An extractor that could not read the address or the form says so in plain English.
        None if is_plain_refusal(&response) => Arc::new(PageError::Unreadable),
        None => return response,
    };
    if matches!(*error, PageError::SignedOut | PageError::App(AppError::Unauthenticated)) {
        return sign_in(&page, partial, safe);
    }
    if matches!(*error, PageError::MustChange) {
        return lead(&format!("/password?return={}", url_escape(&page)), partial);
    }
    if let PageError::App(AppError::NotPermitted(refused)) = &*error
        && let Ok(session) = session::find(&site, &headers, Use::Background).await
    {
        site.app.note_refused(&session.principal, *refused).await;
    }
    let (status, id) = error.says();
    let incident = error.incident().unwrap_or_else(|| {
        // Without luck the failure has no id of its own, and is shown all the same.
        let id = ids::mint(site.app.clock.now(), site.app.entropy.as_ref()).unwrap_or_default();
        tracing::info!(incident.id = %id, status = status.as_u16(), error = %error, "a page was refused");
        id
    });
    let text = say.t(id);
    let page = if partial {
        let mut part = render::page(&ErrorPart { text, incident, say: say.clone() });
        // Not in the place of what was asked for: that stays, with what was typed into it.
        part.headers_mut().insert("hx-retarget", HeaderValue::from_static("#messages"));
        part.headers_mut().insert("hx-reswap", HeaderValue::from_static("innerHTML"));
        part
    } else {
        render::page(&ErrorPage::new(&site, say, status, text, incident))
    };
    (status, page).into_response()
}

fn is_plain_refusal(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    response.status().is_client_error() && kind.starts_with("text/plain")
}

/// To sign-in, and from there back to `page`.
fn sign_in(page: &str, partial: bool, safe: bool) -> Response {
    let back: String = url_escape(page);
    // What a form wanted is not done again by coming back to its address.
    let to = if safe || partial { format!("/sign-in?return={back}") } else { "/sign-in?lost=1".to_owned() };
    lead(&to, partial)
}

/// To another page; htmx is told to load it whole.
fn lead(to: &str, partial: bool) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else { return StatusCode::UNAUTHORIZED.into_response() };
    if partial {
        (StatusCode::UNAUTHORIZED, [("hx-redirect", to)]).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
    }
}

/// `text` as the value of a query.
pub(super) fn url_escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
