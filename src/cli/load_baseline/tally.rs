//! What became of the lines: counted for the summary, and told line by line in the report. Codes and field paths, never a
//! value.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zhenshi_domain::{finding::Severity, verdict::Verdict};

use crate::{app::Decision, grpc::lines::Unreadable};

/// Why a line was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Longer than a line may be.
    TooLong,
    /// Not in the encoding of the file.
    Encoding,
    /// A row that cannot be taken apart, or has another number of cells than there are headings.
    Row,
    /// Not an application.
    Application(Unreadable),
    /// The database refused it.
    Refused,
    /// Recorded before with other content: the file was loaded by another version of this program.
    Changed,
}

impl Fault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLong | Self::Application(Unreadable::TooLarge) => "TOO_LARGE",
            Self::Encoding => "NOT_IN_THE_ENCODING",
            Self::Row => "NOT_A_ROW",
            Self::Application(Unreadable::NotJson) => "NOT_JSON",
            Self::Application(Unreadable::NotAnApplication) => "NOT_AN_APPLICATION",
            Self::Application(Unreadable::TooManyInsureds) => "TOO_MANY_INSUREDS",
            Self::Application(Unreadable::Fields(_)) => "FIELD_UNREADABLE",
            Self::Refused => "RECORD_REFUSED",
            Self::Changed => "RECORDED_OTHERWISE",
        }
    }

    fn fields(&self) -> &[String] {
        match self {
            Self::Application(Unreadable::Fields(fields)) => fields,
            _ => &[],
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        if !self.fields().is_empty() {
            write!(f, " {}", self.fields().join(", "))?;
        }
        Ok(())
    }
}

/// What became of one line.
#[derive(Debug)]
pub(super) enum Fate {
    /// Judged, and recorded unless nothing is to be.
    Judged(Decision),
    /// Passed over.
    Faulty(Fault),
    /// Nothing stood in it.
    Empty,
}

/// The counts of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// Applications accepted: their contacts are in force.
    pub(super) accepted: u64,
    /// Applications rejected: recorded, without contacts.
    pub(super) rejected: u64,
    /// Applications outside article 4.
    pub(super) not_applicable: u64,
    /// Lines passed over.
    pub(super) unreadable: u64,
    /// Rejected applications by the code of a blocking finding; one with several codes counts under each.
    pub(super) rejected_by_code: BTreeMap<String, u64>,
    /// Lines passed over by reason.
    pub(super) unreadable_by_code: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts a line.
    pub(super) fn count(&mut self, fate: &Fate) {
        let decision = match fate {
            Fate::Empty => return,
            Fate::Faulty(fault) => {
                self.unreadable += 1;
                *self.unreadable_by_code.entry(fault.code().to_owned()).or_default() += 1;
                return;
            }
            Fate::Judged(decision) => decision,
        };
        match decision.verdict {
            Verdict::Accepted => self.accepted += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
            Verdict::Rejected => {
                self.rejected += 1;
                let blocking = decision.findings.iter().filter(|row| row.severity == Severity::Blocking);
                for code in blocking.map(|row| row.code.as_str()).collect::<BTreeSet<_>>() {
                    *self.rejected_by_code.entry(code.to_owned()).or_default() += 1;
                }
            }
        }
    }

    /// Whether every line was taken as it is.
    pub(super) const fn is_clean(&self) -> bool {
        self.rejected == 0 && self.unreadable == 0
    }

    /// Applications and lines passed over.
    pub(super) const fn total(&self) -> u64 {
        self.accepted + self.rejected + self.not_applicable + self.unreadable
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} accepted, {} rejected, {} not applicable, {} lines passed over",
            self.accepted, self.rejected, self.not_applicable, self.unreadable
        )?;
        for (what, counts) in
            [("rejected", &self.rejected_by_code), ("passed over", &self.unreadable_by_code)]
        {
            for (code, count) in counts {
                writeln!(f, "  {what}: {code} {count}")?;
            }
        }
        Ok(())
    }
}

/// The line of the report for a line of the file; nothing if there is nothing to mend.
pub(super) fn report(line: u64, fate: &Fate) -> Option<Value> {
    match fate {
        Fate::Faulty(fault) => {
            Some(json!({ "line": line, "problem": fault.code(), "fields": fault.fields() }))
        }
        Fate::Judged(decision) if decision.verdict == Verdict::Rejected => {
            let blocking = decision.findings.iter().filter(|row| row.severity == Severity::Blocking);
            let findings: Vec<Value> =
                blocking.map(|row| json!({ "code": row.code, "field_path": row.field_path })).collect();
            Some(json!({ "line": line, "verdict": "REJECTED", "findings": findings }))
        }
        Fate::Judged(_) | Fate::Empty => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::submission::FindingRow;

    fn decision(verdict: Verdict, codes: &[(&str, Severity)]) -> Fate {
        let finding = |(code, severity): &(&str, Severity)| FindingRow {
            code: (*code).to_owned(),
            field_path: "policyholder.name".into(),
            severity: *severity,
            article: None,
            args: BTreeMap::new(),
        };
        Fate::Judged(Decision {
            verdict,
            findings: codes.iter().map(finding).collect(),
            rule_set_version: String::new(),
            calendar_version: String::new(),
            directory_version: String::new(),
            decided_time: chrono::DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn lines_are_counted_by_what_became_of_them() {
        let rejected = decision(
            Verdict::Rejected,
            &[("A", Severity::Blocking), ("A", Severity::Blocking), ("B", Severity::Advisory)],
        );
        let faulty = Fate::Faulty(Fault::Application(Unreadable::Fields(vec!["application.kind".into()])));
        let mut tally = Tally::default();
        for fate in
            [&rejected, &faulty, &Fate::Empty, &decision(Verdict::Accepted, &[("C", Severity::Advisory)])]
        {
            tally.count(fate);
        }
        assert_eq!((tally.accepted, tally.rejected, tally.unreadable, tally.total()), (1, 1, 1, 3));
        assert_eq!(tally.rejected_by_code, BTreeMap::from([("A".to_owned(), 1)]));
        assert_eq!(tally.unreadable_by_code, BTreeMap::from([("FIELD_UNREADABLE".to_owned(), 1)]));
        assert!(!tally.is_clean());

        let told = report(7, &rejected).unwrap();
        assert_eq!(told["findings"].as_array().unwrap().len(), 2);
        assert_eq!(report(8, &faulty).unwrap()["fields"][0], "application.kind");
        assert_eq!(report(9, &decision(Verdict::Accepted, &[])), None);
    }
}
