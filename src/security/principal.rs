//! Who calls, and what a caller may touch.

use std::sync::Arc;

use zhenshi_domain::application::Channel;

use super::{
    identified::{Identified, Method},
    role::Role,
};

/// Channels and sources that a caller may send and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Sources; `*` stands for all.
    pub sources: Vec<String>,
    /// Channels.
    pub channels: Vec<Channel>,
}

/// The word for "every source" in a token.
pub const ALL_SOURCES: &str = "*";

/// What the names of members of staff begin with in audit entries and on timelines; no system's may.
pub const STAFF_PREFIX: &str = "staff:";

/// Every channel.
pub const ALL_CHANNELS: [Channel; 4] =
    [Channel::IndividualAgents, Channel::Bancassurance, Channel::Intermediaries, Channel::Direct];

impl Reach {
    /// Every source and channel.
    pub fn everything() -> Self {
        Self { sources: vec![ALL_SOURCES.to_owned()], channels: ALL_CHANNELS.to_vec() }
    }

    /// Whether every source and channel is within reach: what concerns the whole book needs that.
    pub fn is_everything(&self) -> bool {
        self.sources.iter().any(|own| own == ALL_SOURCES)
            && ALL_CHANNELS.iter().all(|channel| self.channels.contains(channel))
    }

    /// Whether an application of `source` and `channel` is within reach.
    pub fn allows(&self, source: &str, channel: Channel) -> bool {
        self.sources.iter().any(|own| own == ALL_SOURCES || own == source) && self.channels.contains(&channel)
    }
}

/// Where a member of staff works, as the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffScope {
    /// His code in the directory.
    pub staff_code: String,
    /// His channel; none for who works for all of them.
    pub channel: Option<Channel>,
    /// His branch; empty for the head office.
    pub branch_code: String,
    /// Whom he reports to; empty if nobody.
    pub team_leader_code: String,
}

/// An authenticated caller: its name, never its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Name of the calling system, or `staff:<code>`: what audit entries and timelines call it.
    pub caller: Arc<str>,
    /// Sources and channels of the token. Of a person it is as wide as his channel; his role narrows it further.
    pub reach: Arc<Reach>,
    /// What the caller is.
    pub role: Role,
    /// Where the caller works; none for a system.
    pub staff: Option<Arc<StaffScope>>,
    /// How he was identified.
    pub identified: Identified,
}

impl Principal {
    /// The system `caller`, whose token has this reach. Identified by that token, until said otherwise; so is [`Self::member`].
    pub fn system(caller: impl Into<Arc<str>>, reach: impl Into<Arc<Reach>>) -> Self {
        Self {
            caller: caller.into(),
            reach: reach.into(),
            role: Role::System,
            staff: None,
            identified: Identified::by(Method::Token),
        }
    }

    /// A part of this program that a person with the keyring in his hands has started: it reaches everything.
    pub fn whole(caller: impl Into<Arc<str>>) -> Self {
        Self::system(caller, Reach::everything()).identified_by(Identified::by(Method::Process))
    }

    /// A member of staff, as the directory describes him.
    pub fn member(role: Role, staff: StaffScope) -> Self {
        let channels = staff.channel.map_or_else(|| ALL_CHANNELS.to_vec(), |own| vec![own]);
        let reach = Reach { sources: vec![ALL_SOURCES.to_owned()], channels };
        Self {
            caller: format!("{STAFF_PREFIX}{}", staff.staff_code).into(),
            reach: Arc::new(reach),
            role,
            staff: Some(Arc::new(staff)),
            identified: Identified::by(Method::Token),
        }
    }

    /// The same, identified in another way.
    #[must_use]
    pub fn identified_by(self, identified: Identified) -> Self {
        Self { identified, ..self }
    }

    /// Whether both are the same caller with the same rights, however they were identified.
    pub fn has_rights_of(&self, other: &Self) -> bool {
        (&self.caller, &self.reach, self.role, &self.staff)
            == (&other.caller, &other.reach, other.role, &other.staff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_needs_both_source_and_channel() {
        let reach = Reach { sources: vec!["core".into()], channels: vec![Channel::Direct] };
        assert!(reach.allows("core", Channel::Direct));
        assert!(!reach.allows("core", Channel::Bancassurance));
        assert!(!reach.allows("bank", Channel::Direct));
        let all = Reach { sources: vec![ALL_SOURCES.into()], channels: vec![Channel::Direct] };
        assert!(all.allows("bank", Channel::Direct));
        assert!(!all.is_everything() && Reach::everything().is_everything());
    }

    #[test]
    fn a_member_of_staff_is_named_by_his_code() {
        let staff = StaffScope {
            staff_code: "ST-1".into(),
            channel: Some(Channel::Direct),
            branch_code: "B-1".into(),
            team_leader_code: String::new(),
        };
        let clerk = Principal::member(Role::Clerk, staff);
        assert_eq!((&*clerk.caller, clerk.reach.channels.len()), ("staff:ST-1", 1));
    }
}
