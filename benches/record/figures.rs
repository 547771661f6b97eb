//! Medians and percentiles, whether the two sides wrote the same, and a line's JSON.

use serde_json::{Value, json};

use crate::database::TableSize;

/// How far rows and bytes may be apart.
const TOLERANCE: f64 = 0.02;

/// One run.
pub(crate) struct Run {
    /// Callers or clients.
    pub(crate) callers: usize,
    /// Submissions a second.
    pub(crate) per_second: f64,
    /// Half of the callers waited less, milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 waited less, milliseconds.
    pub(crate) p99_ms: f64,
    /// What it left, for each submission.
    pub(crate) sizes: Vec<TableSize>,
}

impl Run {
    fn bytes(&self) -> f64 {
        self.sizes.iter().map(|size| size.bytes).sum()
    }

    fn rows(&self) -> f64 {
        self.sizes.iter().map(|size| size.rows).sum()
    }
}

/// The middle of an odd number of values.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The smallest waiting time that `percent` of 100 do not exceed, microseconds in, milliseconds out.
pub(crate) fn percentile_ms(sorted_micros: &[u32], percent: usize) -> f64 {
    let place = (sorted_micros.len() * percent).div_ceil(100).saturating_sub(1);
    sorted_micros.get(place).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
}

/// What the two sides did not write alike; nothing if all is well. Rows are compared in every round, bytes with the `quiet`
/// run of pgbench, in which PostgreSQL reserved no pages for clients that were waiting.
pub(crate) fn agree(ours: &[Run], theirs: &[&Run], quiet: &Run) -> Vec<String> {
    let mut found = Vec::new();
    for (round, (ours, theirs)) in (1..).zip(ours.iter().zip(theirs)) {
        for (own, other) in ours.sizes.iter().zip(&theirs.sizes) {
            if apart(own.rows, other.rows) {
                found.push(format!("round {round}, rows of {}: {} and {}", own.table, own.rows, other.rows));
            }
        }
    }
    let own = middle(ours, Run::bytes);
    if apart(own, quiet.bytes()) {
        found.push(format!("bytes: {own:.0} and {:.0}, by table in the first round:", quiet.bytes()));
        for (own, other) in ours.iter().take(1).flat_map(|run| run.sizes.iter().zip(&quiet.sizes)) {
            found.push(format!("{}: {:.0} and {:.0}", own.table, own.bytes, other.bytes));
        }
    }
    found
}

fn apart(own: f64, other: f64) -> bool {
    (own - other).abs() > TOLERANCE * other
}

/// Ours against pgbench, all rounds.
pub(crate) struct Duel<'a> {
    pub(crate) name: &'static str,
    pub(crate) callers: usize,
    pub(crate) submissions: usize,
    pub(crate) promise: Option<f64>,
    pub(crate) ours: &'a [Run],
    /// pgbench's fastest run of each round.
    pub(crate) theirs: Vec<&'a Run>,
    /// The run of pgbench whose sizes count.
    pub(crate) quiet: &'a Run,
    /// pgbench with as many clients as we have callers, and how many times its p99 ours may be.
    pub(crate) waiting: Option<(&'a [Run], f64)>,
}

fn middle<'a>(runs: impl IntoIterator<Item = &'a Run>, figure: impl Fn(&Run) -> f64) -> f64 {
    median(runs.into_iter().map(figure))
}

fn rounded(value: f64, digits: i32) -> Value {
    let scale = 10f64.powi(digits);
    json!((value * scale).round() / scale)
}

impl Duel<'_> {
    fn theirs(&self) -> impl Iterator<Item = &Run> {
        self.theirs.iter().copied()
    }

    fn ratios(&self) -> impl Iterator<Item = f64> {
        self.ours.iter().zip(&self.theirs).map(|(own, other)| own.per_second / other.per_second)
    }

    /// The median of the rounds' ratios: the two runs of a round stand beside each other in time.
    fn ratio(&self) -> f64 {
        median(self.ratios())
    }

    fn p99_ratio(&self) -> Option<f64> {
        self.waiting.map(|(theirs, _)| {
            median(self.ours.iter().zip(theirs).map(|(own, other)| own.p99_ms / other.p99_ms))
        })
    }

    /// Whether what is promised holds; nothing if nothing is.
    fn kept(&self) -> Option<bool> {
        let promise = self.promise?;
        let waiting =
            self.waiting.is_none_or(|(_, limit)| self.p99_ratio().is_some_and(|ratio| ratio <= limit));
        Some(self.ratio() >= promise && waiting)
    }

    /// The line as one JSON object.
    pub(crate) fn json(&self) -> Value {
        let mut line = json!({
            "name": self.name,
            "ratio": rounded(self.ratio(), 2),
            "ratios": self.ratios().map(|ratio| rounded(ratio, 2)).collect::<Vec<_>>(),
            "callers": self.callers,
            "per_second": rounded(middle(self.ours, |run| run.per_second), 0),
            "p50_ms": rounded(middle(self.ours, |run| run.p50_ms), 1),
            "p99_ms": rounded(middle(self.ours, |run| run.p99_ms), 1),
            "pgbench_clients": self.theirs.iter().map(|run| run.callers).collect::<Vec<_>>(),
            "pgbench_per_second": rounded(middle(self.theirs(), |run| run.per_second), 0),
            "submissions": self.submissions,
            "rows_per_submission": rounded(middle(self.ours, Run::rows), 2),
            "pgbench_rows_per_submission": rounded(middle(self.theirs(), Run::rows), 2),
            "bytes_per_submission": rounded(middle(self.ours, Run::bytes), 0),
            "pgbench_bytes_per_submission": rounded(self.quiet.bytes(), 0),
            "pgbench_bytes_with_reserved_pages": rounded(middle(self.theirs(), Run::bytes), 0),
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
        });
        if let (Some((theirs, limit)), Some(ratio)) = (self.waiting, self.p99_ratio()) {
            line["p99_ratio"] = rounded(ratio, 2);
            line["p99_limit"] = rounded(limit, 2);
            line["pgbench_p99_ms"] = rounded(middle(theirs, |run| run.p99_ms), 1);
        }
        if let (Some(promise), Some(kept)) = (self.promise, self.kept()) {
            line["promise"] = rounded(promise, 2);
            line["kept"] = json!(kept);
        }
        line
    }

    /// The line in words.
    pub(crate) fn text(&self) -> String {
        let verdict = match self.kept() {
            Some(true) => ": kept",
            Some(false) => ": NOT KEPT",
            None => "",
        };
        let promise =
            self.promise.map_or_else(String::new, |promise| format!(" (promised {promise}{verdict})"));
        let waiting =
            self.p99_ratio().map_or_else(String::new, |ratio| format!(", p99 {ratio:.2} times pgbench's"));
        format!("{}: {:.2} times pgbench{waiting}{promise}", self.name, self.ratio())
    }
}
