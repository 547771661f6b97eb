//! Judging one application and recording the submission.

use std::sync::Arc;

use tracing::Instrument as _;
use uuid::Uuid;
use zhenshi_domain::{
    application::Application,
    rule::{age_date, judge_with},
};

use super::{App, AppError, directory::facts::facts, measure, prepare::prepare, recorder::WhenFull};
use crate::{
    security::{policy::Action, principal::Principal},
    store::{
        record::{Answer, Outcome},
        submission::{Decision, FindingRow},
    },
};

/// An application on its way in.
pub struct Submitted {
    /// Idempotency key.
    pub request_id: Uuid,
    /// HMAC of the content: see [`App::request_digest`].
    pub digest: [u8; 32],
    /// The application.
    pub application: Application,
}

impl App {
    /// The digest by which a repeat is told from other content: HMAC of the encoded message without its request id and
    /// language.
    pub fn request_digest(&self, encoded: &[u8]) -> [u8; 32] {
        crate::security::fingerprint::keyed_digest(&self.digest_key, &[b"request v1", encoded])
    }
}

/// Judges `application` and says what the verdict is, without recording anything.
///
/// # Errors
/// [`AppError::OutOfScope`] if the caller may not send it.
pub fn judge_only(app: &App, principal: &Principal, application: &Application) -> Result<Decision, AppError> {
    permit(principal, Action::ValidateApplication, application)?;
    Ok(decide(app, application))
}

/// Judges the application and records the submission; a repeat is answered from the record. `when_full` says what becomes of it
/// when too many are waiting.
///
/// # Errors
/// [`AppError::RequestIdReused`] for other content under the same request id, [`AppError::QueueFull`] when too many are
/// waiting, [`AppError::StoreUnavailable`] when the database does not answer; [`AppError::OutOfScope`].
pub async fn validate_application(
    app: &App,
    principal: &Principal,
    submitted: Submitted,
    when_full: WhenFull,
) -> Result<Answer, AppError> {
    permit(principal, Action::ValidateApplication, &submitted.application)?;
    let decision = decide(app, &submitted.application);
    let item = prepare(app, principal, submitted, decision);
    let recorded =
        app.recorder.record_or(Arc::new(item), when_full).instrument(tracing::info_span!("record"));
    match recorded.await? {
        Outcome::Recorded(answer) | Outcome::Replayed(answer) => Ok(answer),
        Outcome::Reused => Err(AppError::RequestIdReused),
    }
}

/// Whether `principal` may do `action` with `application`.
///
/// # Errors
/// [`AppError::NotPermitted`] whatever the application is; [`AppError::OutOfScope`] for this one.
pub(super) fn permit(
    principal: &Principal,
    action: Action,
    application: &Application,
) -> Result<(), AppError> {
    let scope = principal.permit(action)?;
    let (source, channel) = (&application.key.source, application.channel);
    let allowed = scope.allows_application(source, channel, &application.branch_code);
    if allowed { Ok(()) } else { Err(AppError::OutOfScope) }
}

/// Judges. Of an application that is not recorded only those values are fingerprinted that the directory holds.
pub(super) fn decide(app: &App, application: &Application) -> Decision {
    let _judging = tracing::info_span!("judge").entered();
    let decided_time = app.clock.now();
    let as_of = age_date(application, decided_time);
    let (directory_version, facts) = {
        // Held for the look-ups only: a refresh waits for it.
        let directory = app.directory.snapshot();
        let facts =
            directory.is_loaded().then(|| facts(&directory, &app.fingerprints.get(), application, as_of));
        (directory.version_name(), facts.unwrap_or_default())
    };
    let judgement = judge_with(application, &app.rules.profile, &facts, decided_time);
    measure::count(application, &judgement);
    Decision {
        verdict: judgement.verdict,
        findings: judgement.findings.iter().map(FindingRow::from).collect(),
        rule_set_version: app.rules.version.clone(),
        calendar_version: app.calendars.current().version.clone(),
        directory_version,
        decided_time,
    }
}
