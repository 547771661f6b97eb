//! Access to personal data in clear: one verb a file. What decides stands in `zhenshi_domain::access`; how it is kept, in
//! `store::privacy`.

pub mod classes;
pub mod decide_access;
pub mod end_access;
pub mod exports;
pub mod get_access_grant;
pub mod incidents;
pub mod list_access_grants;
pub mod list_reveals;
pub mod loans;
pub mod look_ups;
mod outsider;
pub mod request_access;
pub mod reveal_fields;
pub mod settings;
pub mod watch;

use uuid::Uuid;
use zhenshi_domain::access::Office;

use super::{App, AppError};
pub use outsider::OutsiderText;
pub use settings::{RoleLimits, Settings};

pub use crate::store::privacy::{
    access_log::{AccessEntry, IncidentFile, MOST_ACCESSES, Measure},
    class::ClassRow,
    export::{
        ExportOf,
        row::{ExportFormat, ExportKind, ExportRow, ExportState},
    },
    grant::NewGrant,
    incident::row::{IncidentRow, IncidentState},
    list::GrantFilter,
    loan::{LoanEnd, LoanFilter, LoanRow},
    reveal::{EnquirerRole, Identification},
    reveals::RevealRow,
    row::{AccessKind, GrantRow, OutsiderDocument, SubjectIds},
    target::Target,
    usage::{AlertKind, AlertRow, TooMuch},
};
use crate::{
    ids,
    security::{policy::Action, principal::Principal, role::Role},
    store::{
        StoreError,
        privacy::{
            Tools, Who,
            grant::Answer,
            text::{self, NewText},
        },
    },
};

/// The place of a role in the organisation.
pub const fn office(role: Role) -> Office {
    match role {
        Role::CustomerService => Office::CustomerService,
        Role::Clerk => Office::Clerk,
        Role::TeamLeader => Office::TeamLeader,
        Role::ChannelHead => Office::ChannelHead,
        Role::Compliance => Office::Compliance,
        Role::InformationSupervisor => Office::InformationSupervisor,
        Role::CustomerServiceManager => Office::CustomerServiceManager,
        Role::Administrator | Role::Auditor | Role::System => Office::Other,
    }
}

/// Who does `action`, with his place; refused if the policy says so.
pub(in crate::app) fn who(principal: &Principal, action: Action) -> Result<Who, AppError> {
    let scope = principal.permit(action)?;
    let leader_code = principal.staff.as_ref().map(|staff| staff.team_leader_code.clone());
    Ok(Who {
        scope,
        office: office(principal.role),
        leader_code: leader_code.unwrap_or_default(),
        identified: principal.identified.line(),
    })
}

impl App {
    fn privacy_tools(&self) -> Tools {
        Tools { clock: self.clock.clone(), entropy: self.entropy.clone() }
    }

    /// Seals what somebody wrote.
    fn seal_privacy_text(&self, words: &str) -> Result<NewText, AppError> {
        let sealing = || -> Result<NewText, StoreError> {
            let id: Uuid = ids::mint(self.clock.now(), self.entropy.as_ref())?;
            let sealed = self.sealer.seal(text::place(id), words.as_bytes(), self.entropy.as_ref())?;
            Ok(NewText { id, sealed })
        };
        sealing().map_err(|error| self.failed(&error))
    }

    /// What became of a request, in the caller's terms.
    fn grant_answer(
        &self,
        answer: Result<Answer, StoreError>,
        missing: AppError,
    ) -> Result<GrantRow, AppError> {
        use zhenshi_domain::access::approval::Refusal;
        match answer.map_err(|error| self.failed(&error))? {
            Answer::Done(row) => Ok(*row),
            Answer::Reused => Err(AppError::RequestIdReused),
            Answer::NotFound => Err(missing),
            Answer::Refused(refusal) => Err(match refusal {
                Refusal::OwnRequest | Refusal::SamePerson => AppError::SecondPersonRequired,
                Refusal::NotWaiting => AppError::AccessStateMismatch("NOT_WAITING"),
                Refusal::NotHead => AppError::AccessStateMismatch("AWAITS_HEAD"),
                Refusal::NotCustomerService => AppError::AccessStateMismatch("AWAITS_CUSTOMER_SERVICE"),
                Refusal::CustodianOnly => AppError::AccessStateMismatch("AWAITS_INFORMATION_SUPERVISOR"),
                Refusal::ManagerOnly => AppError::AccessStateMismatch("AWAITS_CUSTOMER_SERVICE_MANAGER"),
            }),
        }
    }
}

/// Whether a grant can be used now, for the transport.
pub fn is_in_force(app: &App, row: &GrantRow) -> bool {
    row.is_in_force(app.clock.now())
}
