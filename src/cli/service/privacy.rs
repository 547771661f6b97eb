//! How much people may look up, and how fast a leak is dealt with: out of the configuration.

use chrono::TimeDelta;

use crate::{
    app::privacy::{RoleLimits, Settings},
    config::Privacy,
    security::role::Role,
};

/// The settings that `config` says.
pub(super) fn settings(config: &Privacy) -> Settings {
    let limits = |role| RoleLimits { role, reveals: config.reveals(role), look_ups: config.look_ups(role) };
    Settings {
        roles: Role::ALL.into_iter().map(|(role, _)| limits(role)).collect(),
        customers_told: config.customers_told,
        acknowledge_within: TimeDelta::minutes(config.acknowledge_minutes.into()),
        export_lasts: TimeDelta::days(config.export_days.into()),
        act_within: TimeDelta::minutes(config.act_minutes.into()),
    }
}
