//! Whether the customer of a policy may be called back now.
//!
//! A suspicion holds the call up until its case is due; one without a case yet, until the end of the third working day after
//! its list (article 13). What a case ended without the data being right is a point to verify.

use chrono::{DateTime, NaiveDate, Utc};
use zhenshi_domain::call_back::Clearance;

use super::{
    App, AppError,
    record_policy_event::{NamedPolicy, named_within},
};
use crate::{
    ids,
    security::{policy::Action, principal::Principal},
    store::policy_event::{CallBackFacts, OpenSuspicion, PolicyHead},
};

/// The answer, with what it rests on.
#[derive(Debug, Clone)]
pub struct CallBackClearance {
    /// May the customer be called?
    pub clearance: Clearance,
    /// What to verify, by list date; only if the call is to be made anyway.
    pub points: Vec<OpenSuspicion>,
    /// When the call itself is due.
    pub due_time: Option<DateTime<Utc>>,
    /// Last day of cooling-off; none while the receipt is not signed.
    pub cooling_off_end_date: Option<NaiveDate>,
}

/// Asks for the clearance of `policy`.
///
/// # Errors
/// [`AppError::OutOfScope`] if the token does not reach the source; [`AppError::PolicyNotFound`] if no application within
/// the caller's scope goes by these names; [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn call_back_clearance(
    app: &App,
    principal: &Principal,
    policy: NamedPolicy,
) -> Result<CallBackClearance, AppError> {
    let scope = principal.permit(Action::GetCallBackClearance)?;
    named_within(&scope, &policy)?;
    let now = app.clock.now();
    let application_id = policy.application.as_ref().map(ids::application_id);
    let facts = app.store.policy_facts(application_id, policy.policy_no, now).await;
    let facts = facts.map_err(|error| app.failed(&error))?;
    let within = |head: &&PolicyHead| scope.allows_application(&head.source, head.channel, &head.branch_code);
    if facts.heads.iter().find(within).is_none() {
        return Err(AppError::PolicyNotFound);
    }

    let snapshot = app.calendars.current();
    let CallBackFacts { clearance, due_time, cooling_off_end_date } =
        facts.clearance(&snapshot.calendar, &app.rules.profile, now);
    let points = if clearance == Clearance::CallAnyway { facts.suspicions } else { Vec::new() };
    Ok(CallBackClearance { clearance, points, due_time, cooling_off_end_date })
}
