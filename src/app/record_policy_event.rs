//! Recording what the core says of a policy.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{application::ApplicationKey, policy::PolicyEventKind};

use super::{App, AppError};
use crate::{
    security::{policy::Action, principal::Principal, scope::Scope},
    store::policy_event::{NewPolicyEvent, PolicyEventOutcome},
};

/// How a caller names a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPolicy {
    /// The system that the caller says it speaks of; empty if it does not say.
    pub source: String,
    /// The application, if it is named.
    pub application: Option<ApplicationKey>,
    /// The policy's number; empty if it is not named.
    pub policy_no: String,
}

/// An event on its way in.
pub struct SentPolicyEvent {
    /// Idempotency key.
    pub request_id: Uuid,
    /// HMAC of what was sent: see [`App::request_digest`].
    pub digest: [u8; 32],
    /// Which policy.
    pub policy: NamedPolicy,
    /// What happened.
    pub kind: PolicyEventKind,
    /// When.
    pub occurred_time: DateTime<Utc>,
}

/// An event that is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedPolicyEvent {
    /// Its id.
    pub id: Uuid,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
}

/// Records the event; a repeat is answered from the record. The policy need not be known.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::OutOfScope`] if the token does not reach the source, [`AppError::RequestIdReused`],
/// [`AppError::StoreUnavailable`].
pub async fn record_policy_event(
    app: &App,
    principal: &Principal,
    sent: SentPolicyEvent,
) -> Result<RecordedPolicyEvent, AppError> {
    named_within(&principal.permit(Action::RecordPolicyEvent)?, &sent.policy)?;
    let new = NewPolicyEvent {
        caller: principal.caller.clone(),
        request_id: sent.request_id,
        digest: sent.digest,
        application: sent.policy.application,
        policy_no: sent.policy.policy_no,
        kind: sent.kind,
        occurred_time: sent.occurred_time,
    };
    let recorded = app.store.record_policy_event(app.clock.clone(), app.entropy.clone(), new).await;
    match recorded.map_err(|error| app.failed(&error))? {
        PolicyEventOutcome::Recorded { id, recorded_time } => Ok(RecordedPolicyEvent { id, recorded_time }),
        PolicyEventOutcome::Reused => Err(AppError::RequestIdReused),
    }
}

/// The token must reach the source; who does not say of which source he speaks must reach every one.
pub(super) fn named_within(scope: &Scope, policy: &NamedPolicy) -> Result<(), AppError> {
    let reaches = |sources: &[String]| !policy.source.is_empty() && sources.contains(&policy.source);
    if scope.sources().is_none_or(reaches) { Ok(()) } else { Err(AppError::OutOfScope) }
}

#[cfg(test)]
mod tests {

    use zhenshi_domain::application::Channel;

    use super::*;
    use crate::security::principal::Reach;

    #[test]
    fn a_token_speaks_of_its_own_sources_only() {
        let may = |sources: &[&str], source: &str| {
            let reach = Reach {
                sources: sources.iter().map(|&source| source.to_owned()).collect(),
                channels: vec![Channel::Direct],
            };
            let principal = Principal::system("test", reach);
            let policy = NamedPolicy { source: source.into(), application: None, policy_no: "P-1".into() };
            named_within(&principal.permit(Action::RecordPolicyEvent).unwrap(), &policy).is_ok()
        };
        assert!(may(&["core"], "core") && may(&["*"], "core") && may(&["*"], ""));
        assert!(!may(&["core"], "bank") && !may(&["core"], "") && !may(&[""], ""));
    }
}
