//! Medians, ratios and their promises, as JSON lines and in words.

use std::process::ExitCode;

use serde_json::json;

use crate::list::{First, Run};

/// Ten times the book may make the day's list so many times slower.
const GROWTH_PROMISE: f64 = 1.5;
/// The finding query may take this share of a full `GROUP BY`.
const FINDING_PROMISE: f64 = 0.03;
/// The first full list may take so many times the oracle's time.
const FIRST_PROMISE: f64 = 2.0;
/// Bytes by which the process may grow in one list.
const GROWN_PROMISE: u64 = 64 * 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Seconds of the very first run on the smaller and the larger book: printed, not judged.
    pub(crate) cold: [f64; 2],
    smaller: Vec<Run>,
    larger: Vec<Run>,
    pub(crate) finding: Vec<f64>,
    /// Taking the keys away afterwards: printed, not judged here, and a part of the list's time.
    pub(crate) taking: Vec<f64>,
    pub(crate) group_by: Vec<f64>,
    /// Seconds of one with the server's own memory settings: printed, not judged.
    pub(crate) group_by_as_set: f64,
    pub(crate) first: Option<First>,
}

impl Figures {
    pub(crate) fn whole(&mut self, is_large: bool, run: Run) {
        if is_large { self.larger.push(run) } else { self.smaller.push(run) }
    }

    /// Says what the queries of a round took.
    pub(crate) fn say_queries(&self, round: usize) {
        if let (Some(finding), Some(group_by)) = (self.finding.last(), self.group_by.last()) {
            eprintln!("round {round}: finding {finding:.2} s, group by {group_by:.2} s");
        }
    }

    /// Prints everything; fails when the two books have not the same suspicions, or the oracle other members.
    pub(crate) fn report(&self) -> ExitCode {
        let of = |runs: &[Run]| median(runs.iter().map(|run| run.seconds));
        let (smaller, larger) = (of(&self.smaller), of(&self.larger));
        let suspicions: Vec<i64> =
            self.smaller.iter().chain(&self.larger).map(|run| run.suspicions).collect();
        let same = suspicions.windows(2).all(|pair| pair[0] == pair[1]);
        let grown = self.smaller.iter().chain(&self.larger).map(|run| run.grown).max().unwrap_or(0);
        line(
            "tplus1_list",
            larger / smaller,
            GROWTH_PROMISE,
            &json!({ "smaller_seconds": smaller, "larger_seconds": larger, "cold_seconds": self.cold,
                "suspicions": suspicions.first(), "same_suspicions": same }),
        );
        let (finding, group_by) =
            (median(self.finding.iter().copied()), median(self.group_by.iter().copied()));
        let seconds = &json!({ "finding_seconds": finding, "group_by_seconds": group_by,
                "group_by_seconds_as_set": self.group_by_as_set,
                "taking_seconds": median(self.taking.iter().copied()) });
        line("tplus1_finding", finding / group_by, FINDING_PROMISE, seconds);
        println!(
            "{}",
            json!({ "name": "tplus1_memory", "grown_bytes": grown, "promise": GROWN_PROMISE,
                "kept": grown <= GROWN_PROMISE })
        );
        let mut right = same;
        if let Some(first) = &self.first {
            right &= first.identical;
            line(
                "tplus1_first",
                first.list_seconds / first.oracle_seconds,
                FIRST_PROMISE,
                &json!({ "list_seconds": first.list_seconds, "oracle_seconds": first.oracle_seconds,
                    "members": first.members, "identical_members": first.identical }),
            );
        }
        if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn line(name: &str, ratio: f64, promise: f64, figures: &serde_json::Value) {
    println!(
        "{}",
        json!({ "name": name, "ratio": ratio, "promise": promise, "kept": ratio <= promise, "figures": figures })
    );
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
