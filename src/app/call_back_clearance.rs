//! Whether the customer of a policy may be called back now.
//!
//! Until cases exist, a suspicion is open from its list on while the application still has the value, and is to be verified
//! by the end of the third working day after the list (article 13).

use chrono::{DateTime, NaiveDate, Utc};
use zhenshi_domain::{
    application::ApplicationKind,
    call_back::{Clearance, clearance, due_time, verified_time},
    cooling_off::last_day,
    policy::PolicyStanding,
};

use super::{App, AppError, record_policy_event::NamedPolicy, record_policy_event::permit};
use crate::{
    ids,
    security::principal::Principal,
    store::policy_event::{OpenSuspicion, PolicyHead},
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
/// the caller's reach goes by these names; [`AppError::StoreUnavailable`].
pub async fn call_back_clearance(
    app: &App,
    principal: &Principal,
    policy: NamedPolicy,
) -> Result<CallBackClearance, AppError> {
    permit(principal, &policy)?;
    let now = app.clock.now();
    let application_id = policy.application.as_ref().map(ids::application_id);
    let facts = app.store.policy_facts(application_id, policy.policy_no, now).await;
    let facts = facts.map_err(|error| app.failed(&error))?;
    let within = |head: &&PolicyHead| principal.reach.allows(&head.source, head.channel);
    if facts.heads.iter().find(within).is_none() {
        return Err(AppError::PolicyNotFound);
    }

    let cooling_off_end_date = cooling_off_end(app, &facts.heads, &facts.standing);
    let due_time = due_time(&facts.standing, cooling_off_end_date);
    let snapshot = app.calendars.current();
    let verified =
        facts.suspicions.iter().map(|open| verified_time(&snapshot.calendar, open.list_date).value);
    let clearance = clearance(&facts.standing, due_time, verified, now);
    let points = if clearance == Clearance::CallAnyway { facts.suspicions } else { Vec::new() };
    Ok(CallBackClearance { clearance, points, due_time, cooling_off_end_date })
}

/// The last day of cooling-off, by the product of the contract. Where that is not known, no line for a class matches: the
/// earlier end holds, and nobody is called too late.
fn cooling_off_end(app: &App, heads: &[PolicyHead], standing: &PolicyStanding) -> Option<NaiveDate> {
    let receipt_date = standing.receipt_date?;
    let contract = heads.iter().find(|head| head.kind == ApplicationKind::NewBusiness).or(heads.first())?;
    let days = app.rules.profile.cooling_off_days(contract.product.sale(contract.channel), receipt_date);
    Some(last_day(standing.cooling_off_end_date, receipt_date, days))
}
