//! The settings of cases in the rule profile (`[case]`): when work begins, how long verifiers and other channels have,
//! compliance's share, and which signatures count. Part of the profile, because they decide whether a case is late and
//! whether it may end.

use chrono::NaiveTime;

use crate::{
    case::verification::DEFAULT_SAMPLED_PER_MILLE,
    deadline::{ASSIST_WORKING_DAYS, VERIFICATION_WORKING_DAYS},
    timer::DEFAULT_WORK_BEGINS,
};

/// Most working days of a clock: more is a typing error.
pub const MAX_WORKING_DAYS: u16 = 20;

/// How cases are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseSettings {
    /// When work begins, in Asia/Shanghai: reminders and escalations are sent then.
    pub work_begins: NaiveTime,
    /// Working days in which a submission is to be verified.
    pub verification_working_days: u16,
    /// Working days in which another channel is to answer.
    pub assist_working_days: u16,
    /// Of a thousand cases that compliance need not verify, so many it verifies.
    pub sampled_per_mille: u16,
    /// An electronic signature is as good as one by hand.
    pub electronic_signatures: bool,
}

impl Default for CaseSettings {
    fn default() -> Self {
        Self {
            work_begins: DEFAULT_WORK_BEGINS,
            verification_working_days: VERIFICATION_WORKING_DAYS,
            assist_working_days: ASSIST_WORKING_DAYS,
            sampled_per_mille: DEFAULT_SAMPLED_PER_MILLE,
            electronic_signatures: false,
        }
    }
}
