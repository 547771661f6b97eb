//! How much people may look up, and how fast a leak is dealt with: as it is configured.

use chrono::TimeDelta;
use zhenshi_domain::access::quota::Limits;

use crate::security::role::Role;

/// What one person of a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleLimits {
    /// The role.
    pub role: Role,
    /// Parties revealed in clear.
    pub reveals: Limits,
    /// Looks at masked data.
    pub look_ups: Limits,
}

/// The settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// One entry a role.
    pub roles: Vec<RoleLimits>,
    /// Different customers whose clear data one person has seen in a day, from which on others are told.
    pub customers_told: u32,
    /// How long until somebody has to take a leak up.
    pub acknowledge_within: TimeDelta,
    /// How long the file of an export is kept.
    pub export_lasts: TimeDelta,
    /// How long until a first measure has to be taken against it.
    pub act_within: TimeDelta,
}

/// Nothing at all: of a role that has no entry.
const NOTHING: Limits = Limits { a_minute: 0, a_day: 0 };

impl Settings {
    /// What a person of `role` may reveal.
    pub fn reveals(&self, role: Role) -> Limits {
        self.of(role).map_or(NOTHING, |own| own.reveals)
    }

    /// What a person of `role` may look at.
    pub fn look_ups(&self, role: Role) -> Limits {
        self.of(role).map_or(NOTHING, |own| own.look_ups)
    }

    fn of(&self, role: Role) -> Option<&RoleLimits> {
        self.roles.iter().find(|own| own.role == role)
    }
}
