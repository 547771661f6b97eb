//! Verdicts and findings counted by channel and code, beside what was planted.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::truth::Expected;

/// What the gate found of one code, against what was planted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CodeScore {
    /// Planted and found, at the same field.
    pub hits: u64,
    /// Planted and not found.
    pub missed: u64,
    /// Found where nothing was planted.
    pub unplanted: u64,
}

impl CodeScore {
    /// Share of what was found that was planted; 1 when nothing was found.
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.hits + self.unplanted)
    }

    /// Share of what was planted that was found; 1 when nothing was planted.
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.hits + self.missed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a demo are far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Everything counted.
#[derive(Debug, Default, Serialize)]
pub struct Scoreboard {
    /// Applications that were answered.
    pub answered: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Answers whose verdict was another than the planted one.
    pub wrong_verdicts: u64,
    /// Seconds from the first call to the last answer.
    pub seconds: f64,
    /// Verdicts by channel: accepted, rejected, not applicable.
    pub channels: BTreeMap<String, [u64; 3]>,
    /// Blocking findings by code.
    pub codes: BTreeMap<String, CodeScore>,
}

/// Verdicts in the order of the columns.
const VERDICTS: [&str; 3] = ["ACCEPTED", "REJECTED", "NOT_APPLICABLE"];

impl Scoreboard {
    /// Every application was answered as planted.
    pub fn is_exact(&self) -> bool {
        let exact = |score: &CodeScore| score.missed == 0 && score.unplanted == 0;
        self.failed == 0 && self.wrong_verdicts == 0 && self.codes.values().all(exact)
    }

    /// Adds what another run counted.
    pub(super) fn add(&mut self, other: Self) {
        let Self { answered, failed, wrong_verdicts, seconds, channels, codes } = other;
        self.answered += answered;
        self.failed += failed;
        self.wrong_verdicts += wrong_verdicts;
        self.seconds += seconds;
        for (channel, counts) in channels {
            let own = self.channels.entry(channel).or_default();
            own.iter_mut().zip(counts).for_each(|(own, count)| *own += count);
        }
        for (code, score) in codes {
            let own = self.codes.entry(code).or_default();
            own.hits += score.hits;
            own.missed += score.missed;
            own.unplanted += score.unplanted;
        }
    }

    /// Counts one answer: its verdict and its blocking findings as (code, field path).
    pub(super) fn count(
        &mut self,
        channel: &str,
        verdict: &str,
        found: &[(String, String)],
        expected: &Expected,
    ) {
        self.answered += 1;
        if verdict != expected.verdict {
            self.wrong_verdicts += 1;
        }
        if let Some(column) = VERDICTS.iter().position(|known| *known == verdict) {
            self.channels.entry(channel.to_owned()).or_default()[column] += 1;
        }
        for finding in found {
            let score = self.codes.entry(finding.0.clone()).or_default();
            if expected.gate.contains(finding) { score.hits += 1 } else { score.unplanted += 1 }
        }
        for planted in expected.gate.iter().filter(|planted| !found.contains(planted)) {
            self.codes.entry(planted.0.clone()).or_default().missed += 1;
        }
    }
}

impl fmt::Display for Scoreboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = if self.seconds > 0.0 { ratio_of(self.answered, self.seconds) } else { 0.0 };
        writeln!(
            f,
            "\n{} applications answered in {:.1} s ({rate:.0} a second, one connection), {} calls failed, {} verdicts \
             other than planted\n",
            self.answered, self.seconds, self.failed, self.wrong_verdicts
        )?;
        writeln!(f, "{:<20} {:>10} {:>10} {:>15}", "channel", "accepted", "rejected", "not applicable")?;
        for (channel, [accepted, rejected, not_applicable]) in &self.channels {
            writeln!(f, "{channel:<20} {accepted:>10} {rejected:>10} {not_applicable:>15}")?;
        }
        writeln!(
            f,
            "\n{:<28} {:>8} {:>8} {:>8} {:>10} {:>10} {:>8}",
            "finding", "planted", "found", "missed", "unplanted", "precision", "recall"
        )?;
        for (code, score) in &self.codes {
            writeln!(
                f,
                "{code:<28} {:>8} {:>8} {:>8} {:>10} {:>10.3} {:>8.3}",
                score.hits + score.missed,
                score.hits,
                score.missed,
                score.unplanted,
                score.precision(),
                score.recall()
            )?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a demo are far below 2^52")]
fn ratio_of(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, path: &str) -> (String, String) {
        (code.into(), path.into())
    }

    #[test]
    fn a_finding_at_another_field_is_both_missed_and_unplanted() {
        let mut board = Scoreboard::default();
        let expected = Expected { verdict: "REJECTED".into(), gate: vec![finding("A", "x")] };
        board.count("c", "REJECTED", &[finding("A", "y")], &expected);
        assert_eq!(board.codes["A"], CodeScore { hits: 0, missed: 1, unplanted: 1 });
        board.count("c", "ACCEPTED", &[finding("A", "x")], &expected);
        assert_eq!(board.codes["A"], CodeScore { hits: 1, missed: 1, unplanted: 1 });
        assert_eq!(board.wrong_verdicts, 1);
        assert!((board.codes["A"].precision() - 0.5).abs() < f64::EPSILON);
    }
}
