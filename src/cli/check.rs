//! `zhenshi check --values`: judges single values, one JSON object a line, as the labelled test cases have them.
//!
//! Input: `id`, `kind` (the names of [`ValueKind::NAMES`], `calendar` and `calendar_day`), `input`, `as_of`. Output: one
//! line for each, in the same order. To add a kind, see [`crate::app::values`]. Nothing is stored, and an error names the
//! line and never what stands in it.

mod calendar;

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, anyhow, bail};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use zhenshi_domain::{calendar::Calendar, finding::Severity, reading::Reading, shanghai};

use super::{Context, EXIT_FINDINGS, output};
use crate::app::values::ValueKind;

/// Name of the standard input.
const STDIN: &str = "-";

/// Flags of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File of values, one JSON object a line: `id`, `kind`, `input`, `as_of` (default: today in Asia/Shanghai). `-` reads
    /// stdin.
    #[arg(long, value_name = "FILE")]
    values: PathBuf,
}

/// One value to judge. Other keys, such as the labels of test cases, are not looked at.
#[derive(Deserialize)]
struct Line {
    id: String,
    kind: String,
    input: Value,
    as_of: Option<NaiveDate>,
}

/// What came out of one line.
struct Answer {
    /// What is printed.
    line: Value,
    /// Whether it counts for the exit code.
    invalid: bool,
}

/// Judges every value. Exit code 1 if one is invalid, 3 if a line cannot be read.
pub fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let calendar = Calendar::shipped()?;
    let today = shanghai::date(context.clock.now());
    let mut invalid = false;
    for (place, line) in open(&args.values)?.lines().enumerate() {
        let line = line.with_context(|| format!("cannot read {}", args.values.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = judge(&line, today, &calendar).with_context(|| format!("line {}", place + 1))?;
        output::json(&answer.line);
        invalid |= answer.invalid;
    }
    Ok(if invalid { ExitCode::from(EXIT_FINDINGS) } else { ExitCode::SUCCESS })
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path == Path::new(STDIN) {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn judge(line: &str, today: NaiveDate, calendar: &Calendar) -> anyhow::Result<Answer> {
    // serde's own words could quote the value.
    let Line { id, kind, input, as_of } = serde_json::from_str(line)
        .map_err(|_| anyhow!("must be an object with id, kind, input and as_of"))?;
    if let Some(line) = calendar::answer(&id, &kind, &input, calendar)? {
        return Ok(Answer { line, invalid: false });
    }
    let Some(kind) = ValueKind::named(&kind) else { bail!("no such kind") };
    let Some(value) = input.as_str() else { bail!("input must be a text") };
    let reading = kind.read(value, as_of.unwrap_or(today));
    Ok(Answer { invalid: !reading.is_valid(), line: verdict(&id, &reading) })
}

fn verdict(id: &str, reading: &Reading) -> Value {
    let codes = |severity| -> Vec<&str> {
        let failed = reading.failures().filter(|check| check.code.severity == severity);
        // Each code once, in the order of the checks.
        let mut seen = BTreeSet::new();
        failed.map(|check| check.code.name).filter(|code| seen.insert(*code)).collect()
    };
    let mut line = json!({
        "id": id,
        "verdict": if reading.is_valid() { "valid" } else { "invalid" },
        "findings": codes(Severity::Blocking),
        "advisories": codes(Severity::Advisory),
    });
    if let (Some(normalized), Some(line)) = (&reading.normalized, line.as_object_mut()) {
        line.insert("normalized".to_owned(), Value::from(normalized.expose().as_str()));
    }
    line
}

#[cfg(test)]
mod tests;
