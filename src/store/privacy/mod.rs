//! Access to personal data in clear: requests and grants, reveals, and what people wrote about them.
//!
//! Each file is one verb or one table; to add one, add a file with its function over [`Tx`](crate::store::Tx). What decides
//! stands in `crates/domain/src/access`; here it is asked under the row's lock, and the migration holds it once more.

pub mod access_log;
pub mod class;
pub(in crate::store) mod evidence;
pub mod export;
pub mod grant;
pub mod incident;
pub mod list;
pub mod loan;
pub(in crate::store) mod register;
pub mod request;
pub mod reveal;
pub mod reveals;
pub mod row;
pub mod target;
pub mod text;
pub mod usage;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::{Office, approval::Member};

use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    ids,
    security::scope::Scope,
    store::{StoreError, audit::Entry},
};

/// Who acts, with his place in the organisation.
#[derive(Debug, Clone)]
pub struct Who {
    /// What he may touch.
    pub scope: Scope,
    /// His place.
    pub office: Office,
    /// Whom he reports to, as the directory says.
    pub leader_code: String,
    /// How he was identified, in a line.
    pub identified: String,
}

impl Who {
    /// His staff code; empty for a system.
    pub fn code(&self) -> &str {
        self.scope.staff().unwrap_or_default()
    }

    /// As the decisions see him.
    pub fn member(&self) -> Member<'_> {
        let (channel, branch_code) = self.scope.home();
        Member {
            code: self.code(),
            office: self.office,
            channel,
            branch_code,
            leader_code: &self.leader_code,
        }
    }
}

/// What the functions here need besides the database.
#[derive(Clone)]
pub struct Tools {
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids.
    pub entropy: SharedEntropy,
}

impl Tools {
    /// An entry of the audit log about `subject_ids`.
    fn entry(
        &self,
        actor: &str,
        action: &str,
        subject_kind: &str,
        subject_ids: Vec<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Entry, StoreError> {
        Ok(Entry {
            id: ids::mint(now, self.entropy.as_ref())?,
            recorded_time: now,
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject_ids,
            reason: String::new(),
            digest: Vec::new(),
        })
    }
}
