//! `[privacy]`: how much one person may look up, and how fast a leak is dealt with.

use serde::{Deserialize, Serialize};
use zhenshi_domain::access::quota::{
    CUSTOMERS_TOLD, LOOK_UPS_A_DAY, LOOK_UPS_A_MINUTE, Limits, REVEALS_A_DAY, REVEALS_A_MINUTE,
};

use super::ConfigError;
use crate::security::role::Role;

/// A leak is taken up within so many minutes (fifth text, 27: at once).
const ACKNOWLEDGE_MINUTES: u32 = 60;
/// The file of an export is destroyed after so many days.
const EXPORT_DAYS: u32 = 7;
/// A first measure is taken against a leak within so many minutes.
const ACT_MINUTES: u32 = 240;

/// `[privacy]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// Parties that one person may reveal in a minute.
    pub reveals_a_minute: u32,
    /// Parties that one person may reveal in a day of Asia/Shanghai.
    pub reveals_a_day: u32,
    /// Looks of one person at masked data, in a minute.
    pub look_ups_a_minute: u32,
    /// Looks of one person at masked data, in a day.
    pub look_ups_a_day: u32,
    /// Different customers whose clear data one person has seen in a day, from which on others are told.
    pub customers_told: u32,
    /// Minutes within which somebody of the two named roles has to take a leak up.
    pub acknowledge_minutes: u32,
    /// Days after which the file of an export of unmasked data is destroyed.
    pub export_days: u32,
    /// Minutes within which a first measure has to be taken against a leak.
    pub act_minutes: u32,
    /// Roles for which other limits hold.
    pub role: Vec<RoleLimits>,
}

/// `[[privacy.role]]`: limits of one role; what is left out is as for everybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleLimits {
    /// Name of the role, as in docs/policy.md.
    pub name: String,
    /// As `reveals_a_minute`.
    pub reveals_a_minute: Option<u32>,
    /// As `reveals_a_day`.
    pub reveals_a_day: Option<u32>,
    /// As `look_ups_a_minute`.
    pub look_ups_a_minute: Option<u32>,
    /// As `look_ups_a_day`.
    pub look_ups_a_day: Option<u32>,
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            reveals_a_minute: REVEALS_A_MINUTE,
            reveals_a_day: REVEALS_A_DAY,
            look_ups_a_minute: LOOK_UPS_A_MINUTE,
            look_ups_a_day: LOOK_UPS_A_DAY,
            customers_told: CUSTOMERS_TOLD,
            acknowledge_minutes: ACKNOWLEDGE_MINUTES,
            export_days: EXPORT_DAYS,
            act_minutes: ACT_MINUTES,
            role: Vec::new(),
        }
    }
}

impl Privacy {
    /// What a person of `role` may reveal.
    pub fn reveals(&self, role: Role) -> Limits {
        let own = self.of(role);
        Limits {
            a_minute: own.and_then(|own| own.reveals_a_minute).unwrap_or(self.reveals_a_minute),
            a_day: own.and_then(|own| own.reveals_a_day).unwrap_or(self.reveals_a_day),
        }
    }

    /// What a person of `role` may look at.
    pub fn look_ups(&self, role: Role) -> Limits {
        let own = self.of(role);
        Limits {
            a_minute: own.and_then(|own| own.look_ups_a_minute).unwrap_or(self.look_ups_a_minute),
            a_day: own.and_then(|own| own.look_ups_a_day).unwrap_or(self.look_ups_a_day),
        }
    }

    fn of(&self, role: Role) -> Option<&RoleLimits> {
        self.role.iter().find(|own| own.name == role.name())
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        for own in &self.role {
            if !Role::ALL.iter().any(|(role, _)| role.name() == own.name) {
                return Err(ConfigError::Value {
                    key: "privacy.role.name",
                    problem: format!("{} is no role; docs/policy.md names them", own.name),
                });
            }
        }
        if self.acknowledge_minutes == 0 || self.act_minutes < self.acknowledge_minutes {
            return Err(ConfigError::Value {
                key: "privacy.act_minutes",
                problem: "give at least privacy.acknowledge_minutes, and that at least 1".into(),
            });
        }
        if !(1..=31).contains(&self.export_days) {
            return Err(ConfigError::Value {
                key: "privacy.export_days",
                problem: "give a number from 1 to 31".into(),
            });
        }
        if self.customers_told == 0 {
            return Err(ConfigError::Value {
                key: "privacy.customers_told",
                problem: "with 0 every reveal would be told of; give at least 1".into(),
            });
        }
        Ok(())
    }
}
