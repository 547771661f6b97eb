//! Two sides that take turns, and what comes out: the median of the rounds' ratios, as JSON and in words.

use std::time::{Duration, Instant};

use serde_json::json;

/// Rounds; odd in number, for the median.
const ROUNDS: usize = 5;
/// Turns of each side in a round. Short ones, by turns, so that what the machine does meanwhile meets both alike.
const TURNS: usize = 20;
/// Shortest length of a turn.
const TURN: Duration = Duration::from_millis(20);

/// Something that is measured.
pub(crate) struct Side {
    name: &'static str,
    /// Things that one call of `work` does.
    things: usize,
    work: Box<dyn Fn()>,
}

impl Side {
    /// A side whose `work` does `things` things.
    pub(crate) fn new(name: &'static str, things: usize, work: impl Fn() + 'static) -> Self {
        Self { name, things, work: Box::new(work) }
    }

    /// One turn: nanoseconds for each thing.
    fn turn(&self) -> f64 {
        let start = Instant::now();
        let mut calls = 0_u32;
        while start.elapsed() < TURN {
            (self.work)();
            calls += 1;
        }
        let things = f64::from(calls) * f64::from(u32::try_from(self.things).unwrap_or(u32::MAX));
        start.elapsed().as_secs_f64() * 1e9 / things
    }
}

/// Ours against another.
pub(crate) struct Duel {
    name: &'static str,
    ours: Side,
    other: Side,
    /// Ours may take so many times as long; `None` for a line that only explains another.
    limit: Option<f64>,
    notes: Vec<(&'static str, usize)>,
}

impl Duel {
    /// A duel in which ours may take `limit` times as long, if anything is promised.
    pub(crate) fn new(name: &'static str, ours: Side, other: Side, limit: Option<f64>) -> Self {
        Self { name, ours, other, limit, notes: Vec::new() }
    }

    /// A number that explains the line.
    #[must_use]
    pub(crate) fn noting(mut self, name: &'static str, value: usize) -> Self {
        self.notes.push((name, value));
        self
    }

    /// Runs all rounds, prints the line, and says whether the promise was kept.
    pub(crate) fn run(&self) -> bool {
        self.ours.turn();
        self.other.turn();
        let rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|round| self.round(round % 2 == 1)).collect();
        let ratios: Vec<f64> = rounds.iter().map(|(own, other)| own / other).collect();
        let ratio = median(ratios.clone());
        let kept = self.limit.is_none_or(|limit| ratio <= limit);
        let (own, other) = (
            median(rounds.iter().map(|round| round.0).collect()),
            median(rounds.iter().map(|round| round.1).collect()),
        );
        let mut line = json!({
            "name": self.name,
            "ratio": rounded(ratio, 3),
            "ratios": ratios.into_iter().map(|ratio| rounded(ratio, 3)).collect::<Vec<_>>(),
            "ours": self.ours.name,
            "ours_ns": rounded(own, 1),
            "other": self.other.name,
            "other_ns": rounded(other, 1),
        });
        if let Some(limit) = self.limit {
            line["promise"] = json!(limit);
            line["kept"] = json!(kept);
        }
        for (name, value) in &self.notes {
            line[*name] = json!(value);
        }
        println!("{line}");
        let verdict = if kept { "kept" } else { "NOT KEPT" };
        let promise = self.limit.map_or_else(String::new, |limit| format!(" (promised {limit}: {verdict})"));
        let Self { name, ours, other: rival, .. } = self;
        eprintln!(
            "{name}: {} takes {own:.0} ns, {ratio:.3} times the {other:.0} ns of {}{promise}",
            ours.name, rival.name
        );
        kept
    }

    /// Nanoseconds of both sides: the medians of their turns.
    fn round(&self, other_first: bool) -> (f64, f64) {
        let (mut own, mut other) = (Vec::with_capacity(TURNS), Vec::with_capacity(TURNS));
        for _ in 0..TURNS {
            if other_first {
                other.push(self.other.turn());
                own.push(self.ours.turn());
            } else {
                own.push(self.ours.turn());
                other.push(self.other.turn());
            }
        }
        (median(own), median(other))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}
