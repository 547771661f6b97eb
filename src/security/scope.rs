//! How far one permitted action goes: nothing is read or changed without one.
//!
//! A [`Scope`] is made by [`Principal::permit`] and by nobody else; what the service does by itself runs under
//! [`Scope::system`]. The store takes it in every transaction, so that row security knows it too.

use std::sync::Arc;

use zhenshi_domain::application::Channel;

use super::{
    policy::{Action, Extent},
    principal::{ALL_CHANNELS, ALL_SOURCES, Principal, Reach, StaffScope},
    role::Role,
};

/// Actor of what the service does by itself.
pub const SYSTEM_ACTOR: &str = "system";

/// How far one permitted action goes, and who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    actor: Arc<str>,
    role: Role,
    action: Option<Action>,
    extent: Extent,
    reach: Option<Arc<Reach>>,
    staff: Option<Arc<StaffScope>>,
}

/// What decides whether a case is within a scope. Empty texts stand for nobody and nowhere.
#[derive(Debug, Clone, Copy)]
pub struct CaseOf<'a> {
    /// Lead channel.
    pub channel: Channel,
    /// Branch; empty for the head office.
    pub branch_code: &'a str,
    /// Team leader who answers for it.
    pub team_leader_code: &'a str,
    /// Whom it is assigned to.
    pub assignee: &'a str,
    /// Members of staff who take part: copied, or asked for assistance.
    pub participants: &'a [&'a str],
}

impl Scope {
    /// The service itself: jobs, recorder, start. Never on behalf of a caller.
    pub fn system() -> Self {
        Self {
            actor: SYSTEM_ACTOR.into(),
            role: Role::System,
            action: None,
            extent: Extent::Everything,
            reach: None,
            staff: None,
        }
    }

    /// For [`Principal::permit`], which has looked into the policy.
    pub(super) fn permitted(principal: &Principal, action: Action, extent: Extent) -> Self {
        Self {
            actor: principal.caller.clone(),
            role: principal.role,
            action: Some(action),
            extent,
            reach: Some(principal.reach.clone()),
            staff: principal.staff.clone(),
        }
    }

    /// Who acts, as audit entries and timelines name him: a system's name, or `staff:<code>`.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// What he is.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What he does; none for the service itself.
    pub const fn action(&self) -> Option<Action> {
        self.action
    }

    /// How far it goes.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether the service itself acts, on nobody's behalf.
    pub const fn is_service(&self) -> bool {
        self.action.is_none()
    }

    /// Whether nothing is beyond it: then no filter is needed.
    pub fn is_everything(&self) -> bool {
        self.extent == Extent::Everything
    }

    /// The one channel whose cases and entries are within it; none where the extent is no channel.
    pub fn channel(&self) -> Option<Channel> {
        match self.extent {
            Extent::OwnChannel | Extent::OwnBranch | Extent::OwnTeam => self.staff.as_ref()?.channel,
            Extent::Everything | Extent::Own | Extent::Reach => None,
        }
    }

    /// The one branch (empty: the head office) of that channel; none where the whole channel is within it.
    pub fn branch(&self) -> Option<&str> {
        match self.extent {
            Extent::OwnBranch | Extent::OwnTeam => {
                self.staff.as_ref().map(|staff| staff.branch_code.as_str())
            }
            Extent::Everything | Extent::OwnChannel | Extent::Own | Extent::Reach => None,
        }
    }

    /// The team leader whose people's cases of that channel are within it beside the branch's.
    pub fn team_leader(&self) -> Option<&str> {
        match self.extent {
            Extent::OwnTeam => self.staff.as_ref().map(|staff| staff.staff_code.as_str()),
            _ => None,
        }
    }

    /// The member of staff who acts; what is assigned to him and what he takes part in is within every extent.
    pub fn staff(&self) -> Option<&str> {
        self.staff.as_ref().map(|staff| staff.staff_code.as_str())
    }

    /// Channel and branch of the member of staff who acts, whatever the extent; of a system there is none.
    pub fn home(&self) -> (Option<Channel>, &str) {
        self.staff.as_ref().map_or((None, ""), |staff| (staff.channel, staff.branch_code.as_str()))
    }

    /// Sources and channels of a token; none where the extent is another one.
    pub fn reach(&self) -> Option<&Reach> {
        match self.extent {
            Extent::Reach => self.reach.as_deref(),
            _ => None,
        }
    }

    /// The channels whose applications and entries are within it.
    pub fn channels(&self) -> Vec<Channel> {
        match (self.reach(), self.channel()) {
            (Some(reach), _) => reach.channels.clone(),
            (None, Some(own)) => vec![own],
            (None, None) if self.is_everything() => ALL_CHANNELS.to_vec(),
            (None, None) => Vec::new(),
        }
    }

    /// The sources whose applications are within it; none where every one is.
    pub fn sources(&self) -> Option<&[String]> {
        let sources = &self.reach()?.sources;
        (!sources.iter().any(|source| source == ALL_SOURCES)).then_some(sources)
    }

    /// Whether a case is within it.
    pub fn allows_case(&self, case: &CaseOf<'_>) -> bool {
        if self.extent == Extent::Reach {
            // A case can have members of any source.
            return self.reach().is_some_and(|reach| {
                reach.sources.iter().any(|own| own == ALL_SOURCES) && reach.channels.contains(&case.channel)
            });
        }
        self.allows_area(Some(case.channel), case.branch_code, case.team_leader_code)
            || self.staff().is_some_and(|own| own == case.assignee || case.participants.contains(&own))
    }

    /// Whether an application of `source`, `channel` and branch is within it, with its submissions.
    pub fn allows_application(&self, source: &str, channel: Channel, branch_code: &str) -> bool {
        match self.reach() {
            Some(reach) => reach.allows(source, channel),
            None => self.allows_area(Some(channel), branch_code, ""),
        }
    }

    /// Whether an entry of the directory is within it. One without a channel is of every channel; one without a branch is
    /// of every branch.
    pub fn allows_entry(&self, channel: Option<Channel>, branch_code: &str) -> bool {
        let Some(channel) = channel else { return true };
        match self.reach() {
            Some(reach) => reach.channels.contains(&channel),
            None if branch_code.is_empty() => {
                self.is_everything() || self.channel().is_some_and(|own| own == channel)
            }
            None => self.allows_area(Some(channel), branch_code, ""),
        }
    }

    fn allows_area(&self, channel: Option<Channel>, branch_code: &str, team_leader_code: &str) -> bool {
        if self.is_everything() {
            return true;
        }
        let of_channel = self.channel().is_some_and(|own| Some(own) == channel);
        let of_branch = self.branch().is_none_or(|own| own == branch_code);
        let of_team = self.team_leader().is_some_and(|own| own == team_leader_code);
        of_channel && (of_branch || of_team)
    }
}
