//! The planted truth, read back: what the gate must say of each application.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::Context as _;
use serde::Deserialize;

/// What was planted, by request id.
#[derive(Debug, Default)]
pub struct Truth {
    applications: HashMap<String, Expected>,
}

/// What the gate must say of one application.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Verdict, such as `REJECTED`.
    pub verdict: String,
    /// Codes and paths that the gate must find, each once.
    pub gate: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    record: String,
    #[serde(default)]
    request_id: String,
    #[serde(default)]
    expected_verdict: String,
    #[serde(default)]
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    expected_code: String,
    field_path: String,
    found_by: String,
}

impl Truth {
    /// Reads a truth file.
    ///
    /// # Errors
    /// When it cannot be read, naming the line that is none of ours.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut truth = Self::default();
        for (number, line) in (1u64..).zip(BufReader::new(file).lines()) {
            let line: Line =
                serde_json::from_str(&line?).with_context(|| format!("truth file, line {number}"))?;
            if line.record != "application" {
                continue;
            }
            let gate = line.faults.into_iter().filter(|fault| fault.found_by == "gate");
            let expected = Expected {
                verdict: line.expected_verdict,
                gate: gate.map(|fault| (fault.expected_code, fault.field_path)).collect(),
            };
            truth.applications.insert(line.request_id, expected);
        }
        Ok(truth)
    }

    /// What is expected of the application that was sent under `request_id`.
    pub fn of(&self, request_id: &str) -> Option<&Expected> {
        self.applications.get(request_id)
    }
}
