//! Retention and erasure (fifth text, 25): how a person's data stand, the requests, and the destruction itself.
//!
//! `person.rs` says who is meant and where his data lie, `facts.rs` what is held of him, `subject.rs` keeps his state,
//! `request.rs` the two persons, `hold.rs` holds, `sweep.rs` lets time work, `shred.rs` destroys, `ledger_mark.rs` knows how long the
//! ledger is, `scrub.rs` rewrites what is left in files, `inspect.rs` samples for the half-yearly inspection. The rules are in `zhenshi_domain::{retention, erasure}`. To add a table that holds personal
//! data: where a person's rows are found goes into `person.rs`, what becomes of them into `shred/destroy.rs`.

pub mod facts;
pub mod hold;
pub mod inspect;
pub mod ledger_mark;
pub mod person;
pub(in crate::store) mod register;
pub mod request;
pub mod scrub;
pub mod shred;
pub mod subject;
pub mod sweep;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::erasure::Refusal;

pub use self::{
    hold::{HoldGround, HoldRow},
    ledger_mark::LedgerMark,
    person::{Person, SubjectName},
    request::{ErasureGround, ErasureRow},
    shred::{Counts, Decision, Targets},
    subject::SubjectRow,
};
use super::{
    StoreError, Tx,
    audit::{self, Entry, Event},
};
use crate::{entropy::SharedEntropy, ids};

/// Kind of what audit entries of this folder are about.
const SUBJECT_KIND: &str = "erasure";

/// What became of a request about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked<T> {
    /// Done.
    Done(T),
    /// Nobody goes by that name, or there is no such destruction.
    NotFound,
    /// Not allowed as it stands.
    Refused(Refusal),
    /// The request id was used for other content.
    Reused,
}

/// Time, luck and who.
#[derive(Clone)]
pub struct Tools {
    /// When.
    pub now: DateTime<Utc>,
    /// Gives ids.
    pub entropy: SharedEntropy,
    /// Who, as the audit log names him.
    pub actor: String,
}

impl Tools {
    fn mint(&self) -> Result<Uuid, StoreError> {
        Ok(ids::mint(self.now, self.entropy.as_ref())?)
    }

    /// Leaves the audit entry and, if it has a kind, the event of what happened to `subject_ids`.
    async fn tell(
        &self,
        tx: &mut Tx,
        action: &str,
        event: Option<&'static str>,
        subject_ids: Vec<Uuid>,
        reason: String,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            id: self.mint()?,
            recorded_time: self.now,
            actor: self.actor.clone(),
            action: action.to_owned(),
            subject_kind: SUBJECT_KIND.into(),
            subject_ids: subject_ids.clone(),
            reason,
            digest: Vec::new(),
        };
        audit::append(tx, &entry).await?;
        let Some(kind) = event else { return Ok(()) };
        audit::publish(tx, &Event { id: self.mint()?, recorded_time: self.now, kind, subject_ids }).await
    }
}
