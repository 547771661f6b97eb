//! Policy events: kept as they were sent, read as of a cut; and what is news again because of one.
//!
//! An event is recorded like a batch of applications: under the list gate, with an audit entry and an outbox event. The
//! contacts of a policy that counts again wait for the next list.

mod heads;
mod pending;
mod requeue;
mod row;
mod standing;

use std::sync::Arc;

use chrono::{DateTime, Utc};
pub use heads::PolicyHead;
pub(super) use pending::names_of_events;
pub use row::PolicyEventRow;
pub(super) use row::event_digest;
pub(in crate::store) use standing::facts;
pub use standing::{CallBackFacts, OpenSuspicion, PolicyFacts};
use uuid::Uuid;
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind},
    policy::{PolicyEventKind, PolicyNames},
};

use super::{
    Scope, Store, StoreError, Tx,
    audit::{self, Entry, Event},
    record::gate,
};
use crate::{clock::SharedClock, entropy::SharedEntropy, ids};

/// Action of the audit entry that a policy event leaves.
pub const ACTION_RECORD_POLICY_EVENT: &str = "RECORD_POLICY_EVENT";
/// Kind of the outbox event that a policy event leaves.
pub const EVENT_POLICY_RECORDED: &str = "policy.recorded";

/// An event to be recorded.
#[derive(Debug, Clone)]
pub struct NewPolicyEvent {
    /// Who sent it.
    pub caller: Arc<str>,
    /// Its idempotency key.
    pub request_id: Uuid,
    /// HMAC of its content.
    pub digest: [u8; 32],
    /// The application that the policy came from, if the caller named it.
    pub application: Option<ApplicationKey>,
    /// The policy's number; empty if the caller did not name it.
    pub policy_no: String,
    /// What happened.
    pub kind: PolicyEventKind,
    /// When, as the caller says.
    pub occurred_time: DateTime<Utc>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyEventOutcome {
    /// It was recorded, now or by an earlier call with the same content.
    Recorded {
        /// Its id.
        id: Uuid,
        /// When it was recorded.
        recorded_time: DateTime<Utc>,
    },
    /// The caller used the request id for other content.
    Reused,
}

impl Store {
    /// Records an event, once per caller and request id.
    ///
    /// # Errors
    /// When the transaction fails; then the same call again says what stands.
    pub async fn record_policy_event(
        &self,
        clock: SharedClock,
        entropy: SharedEntropy,
        new: NewPolicyEvent,
    ) -> Result<PolicyEventOutcome, StoreError> {
        // What follows from an event is the service's doing: it may concern cases of any channel.
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { record(tx, &clock, &entropy, &new).await })
        })
        .await
    }

    /// The events known before `cut` of the policies that [`policy_events_before`] finds.
    ///
    /// # Errors
    /// When the database cannot be reached or a row does not hold what this version writes.
    pub async fn policy_events(
        &self,
        application_ids: Vec<Uuid>,
        policy_nos: Vec<String>,
        cut: DateTime<Utc>,
    ) -> Result<Vec<PolicyEventRow>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move { policy_events_before(tx, &application_ids, &policy_nos, cut).await })
        })
        .await
    }
}

async fn record(
    tx: &mut Tx,
    clock: &SharedClock,
    entropy: &SharedEntropy,
    new: &NewPolicyEvent,
) -> Result<PolicyEventOutcome, StoreError> {
    let recorded_time = gate::pass(tx, clock).await?.recorded_time;
    let row = PolicyEventRow {
        id: ids::mint(recorded_time, entropy.as_ref())?,
        caller: new.caller.to_string(),
        request_id: new.request_id,
        request_digest: new.digest,
        application_id: new.application.as_ref().map(ids::application_id),
        policy_no: new.policy_no.clone(),
        kind: new.kind,
        occurred_time: new.occurred_time,
        recorded_time,
    };
    if !row::insert(tx, &row).await? {
        return earlier(tx, &row).await;
    }
    requeue::counting_again(tx, &row).await?;
    pending::leave(tx, &row).await?;
    let entry = Entry {
        id: ids::mint(recorded_time, entropy.as_ref())?,
        recorded_time,
        actor: row.caller.clone(),
        action: ACTION_RECORD_POLICY_EVENT.into(),
        subject_kind: "policy_event".into(),
        subject_ids: vec![row.id],
        reason: String::new(),
        digest: row.digest().to_vec(),
    };
    audit::append(tx, &entry).await?;
    let event = Event {
        id: ids::mint(recorded_time, entropy.as_ref())?,
        recorded_time,
        kind: EVENT_POLICY_RECORDED,
        subject_ids: vec![row.id],
    };
    audit::publish(tx, &event).await?;
    Ok(PolicyEventOutcome::Recorded { id: row.id, recorded_time })
}

/// What stands under the request id of `repeat`.
async fn earlier(tx: &mut Tx, repeat: &PolicyEventRow) -> Result<PolicyEventOutcome, StoreError> {
    let stored = sqlx::query!(
        "SELECT id, request_digest, recorded_time FROM policy_event WHERE caller = $1 AND request_id = $2",
        repeat.caller,
        repeat.request_id,
    )
    .fetch_one(tx)
    .await?;
    Ok(if stored.request_digest == repeat.request_digest {
        PolicyEventOutcome::Recorded { id: stored.id, recorded_time: stored.recorded_time }
    } else {
        PolicyEventOutcome::Reused
    })
}

/// The events known before `cut` that name one of `application_ids` or `policy_nos`, or a name that another of them ties
/// to one of these; in the order in which they became known. Give them to
/// [`PolicyBook`](zhenshi_domain::policy::PolicyBook) to tell the standing of each policy.
///
/// # Errors
/// When the database cannot be reached or a row does not hold what this version writes.
pub async fn policy_events_before(
    tx: &mut Tx,
    application_ids: &[Uuid],
    policy_nos: &[String],
    cut: DateTime<Utc>,
) -> Result<Vec<PolicyEventRow>, StoreError> {
    row::named_before(tx, application_ids, policy_nos, cut).await
}

/// The names under which the policy of an application may be spoken of: the application itself, the one that a servicing
/// change or a claim belongs to, and the policy's number. Codes are those of the plain columns; empty ones name nothing.
pub fn policy_names(
    application_id: Uuid,
    source: &str,
    original_application_no: &str,
    policy_no: &str,
) -> PolicyNames {
    let mut application_ids = vec![application_id.as_u128()];
    if !original_application_no.is_empty() {
        application_ids.push(original_id(source, original_application_no).as_u128());
    }
    let policy_nos = if policy_no.is_empty() { Vec::new() } else { vec![policy_no.to_owned()] };
    PolicyNames { application_ids, policy_nos }
}

/// The id of the application for a new contract that a servicing change or a claim of `source` belongs to.
fn original_id(source: &str, application_no: &str) -> Uuid {
    ids::application_id(&ApplicationKey {
        source: source.to_owned(),
        kind: ApplicationKind::NewBusiness,
        application_no: application_no.to_owned(),
    })
}
