//! What a run made, counted.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::truth::ExpectedVerdict;
use super::wire::Channel;
use super::world::Made;

/// Counts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Applications made.
    pub applications: u64,
    /// Applications by channel.
    pub by_channel: BTreeMap<Channel, u64>,
    /// Applications by the verdict that they must get.
    pub by_verdict: BTreeMap<ExpectedVerdict, u64>,
    /// Faults by the code that must be found, `UNDETECTABLE` included.
    pub planted: BTreeMap<&'static str, u64>,
    /// Phones and accounts in more than one hand that the list must raise.
    pub suspicious_sharings: u64,
    /// Phones and accounts in more than one hand that are excused.
    pub excused_sharings: u64,
}

impl Summary {
    /// Counts one application.
    pub(super) fn count(&mut self, made: &Made) {
        self.applications += 1;
        *self.by_channel.entry(made.message.channel).or_default() += 1;
        *self.by_verdict.entry(made.verdict).or_default() += 1;
        for fault in &made.faults {
            *self.planted.entry(fault.expected_code).or_default() += 1;
        }
        for sharing in &made.sharings {
            let counter =
                if sharing.excused { &mut self.excused_sharings } else { &mut self.suspicious_sharings };
            *counter += 1;
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let planted: u64 = self.planted.values().sum();
        write!(
            f,
            "{} applications made, {planted} faults planted in them, {} suspicious and {} excused sharings",
            self.applications, self.suspicious_sharings, self.excused_sharings
        )
    }
}
