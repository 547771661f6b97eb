//! `[case]`: when the day's cases are distributed. How cases are judged stands in the rule profile.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use zhenshi_domain::timer::DEFAULT_WORK_BEGINS;

/// `[case]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// Time of day in Asia/Shanghai at which sorting ends and the day's cases are distributed.
    pub release_time: NaiveTime,
}

impl Default for Case {
    fn default() -> Self {
        Self { release_time: DEFAULT_WORK_BEGINS }
    }
}
