//! The policy: who may do what, and how far.
//!
//! [`POLICY`] is the table (a row an rpc, a column a role, in each cell an [`Extent`] or a refusal); [`Principal::permit`] is
//! the only way from a caller to a [`Scope`], and every use case begins with it: nothing is looked up for who may not ask.

mod action;
mod table;

pub use action::Action;
pub use table::POLICY;

use super::{principal::Principal, role::Role, scope::Scope};

/// How far an action of a role goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// All there is. A system has it only with a token for every source and channel.
    Everything,
    /// What is of his channel, and what he has or takes part in.
    OwnChannel,
    /// What is of his branch in his channel, and what he has or takes part in.
    OwnBranch,
    /// What is of his branch or of his people in his channel, and what he has or takes part in.
    OwnTeam,
    /// What is assigned to him, and what he takes part in.
    Own,
    /// Sources and channels of the token.
    Reach,
}

impl Extent {
    /// How row security and the policy's page name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::OwnChannel => "own_channel",
            Self::OwnBranch => "own_branch",
            Self::OwnTeam => "own_team",
            Self::Own => "own",
            Self::Reach => "reach",
        }
    }
}

/// A row of the policy: one action.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The rpc.
    pub action: Action,
    /// How far each role may, in the order of [`Role::ALL`]; none is a refusal.
    pub cells: [Option<Extent>; Role::ALL.len()],
    /// Why: article, or who needs it.
    pub ground: &'static str,
}

impl Row {
    /// How far `role` may; none is a refusal.
    pub fn extent(&self, role: Role) -> Option<Extent> {
        let column = Role::ALL.iter().position(|(known, _)| *known == role)?;
        self.cells.get(column).copied().flatten()
    }
}

/// An action was refused, before anything was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} may not {}: {why}", role.name(), action.name())]
pub struct Refused {
    /// What was asked.
    pub action: Action,
    /// Who asked.
    pub role: Role,
    /// Why not.
    pub why: Refusal,
}

/// Why an action was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The policy does not give it to the role.
    #[error("the policy does not allow it")]
    Role,
    /// A system may, but only with a token for every source and channel.
    #[error("it needs a token for every source and channel")]
    WholeReach,
    /// The directory does not say of which channel the member of staff is.
    #[error("the directory does not say of which channel the member of staff is")]
    NoChannel,
    /// What it shows is shown to who is identified as well as the installation asks, and he is not.
    #[error("he is not identified as well as the installation asks")]
    Weak,
}

impl Principal {
    /// What the caller may touch in doing `action`: the first thing that every use case asks.
    ///
    /// # Errors
    /// [`Refused`], and then nothing is to be looked up: the answer is the same whether the object exists or not.
    pub fn permit(&self, action: Action) -> Result<Scope, Refused> {
        let refused = |why| Refused { action, role: self.role, why };
        let row = POLICY.iter().find(|row| row.action == action);
        let extent = row.and_then(|row| row.extent(self.role)).ok_or(refused(Refusal::Role))?;
        let channel = self.staff.as_ref().and_then(|staff| staff.channel);
        match (extent, self.role) {
            (Extent::Everything, Role::System) if !self.reach.is_everything() => {
                Err(refused(Refusal::WholeReach))
            }
            (Extent::OwnChannel | Extent::OwnBranch | Extent::OwnTeam, _) if channel.is_none() => {
                Err(refused(Refusal::NoChannel))
            }
            (Extent::Own, _) if self.staff.is_none() => Err(refused(Refusal::Role)),
            _ => Ok(Scope::permitted(self, action, extent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_row_and_every_row_its_action() {
        let rows: Vec<_> = POLICY.iter().map(|row| row.action).collect();
        assert_eq!(rows, Action::ALL);
    }

    /// Beginnings of what changes nothing, and what everybody owes.
    const HARMLESS: [&str; 7] =
        ["Get", "List", "Watch", "Export", "Explain", "AddWorkingDays", "VerifyAuditChain"];
    const OWED: &str = "ReportLeak";

    #[test]
    fn an_auditor_changes_nothing_and_an_administrator_sees_no_case() {
        for row in POLICY {
            let name = row.action.name();
            let harmless = HARMLESS.iter().any(|begin| name.starts_with(begin)) || name == OWED;
            assert!(harmless || row.extent(Role::Auditor).is_none(), "{name}");
            if ["CaseService", "SuspicionService"].contains(&row.action.service()) {
                assert_eq!(row.extent(Role::Administrator), None, "{name}");
            }
        }
    }

    #[test]
    fn only_systems_have_a_reach_and_only_people_have_what_is_their_own() {
        for row in POLICY {
            assert!(!row.ground.is_empty(), "{:?}", row.action);
            for (role, _) in Role::ALL {
                let wanted = match row.extent(role) {
                    None | Some(Extent::Everything) => true,
                    Some(Extent::Reach) => role == Role::System,
                    Some(_) => role != Role::System,
                };
                assert!(wanted, "{:?} {role:?}", row.action);
            }
        }
    }
}
