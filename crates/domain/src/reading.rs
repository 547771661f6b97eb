//! What a single value was read as, and every check that was made of it: the common answer of `identity::check` and of the
//! `check` functions in `contact/`, from which findings, `zhenshi check --values` and `zhenshi explain` are made.

use chrono::NaiveDate;

use crate::{
    application::Sex,
    finding::{Arg, Code, Severity},
    personal::Personal,
};

/// One check of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The code of the finding that a failure is.
    pub code: Code,
    /// `None` if the value passed, else the arguments of the finding.
    pub failure: Option<Vec<(&'static str, Arg)>>,
}

/// A region that a number names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Code of six digits (GB/T 2260).
    pub code: String,
    /// Names from the province down, as far as they are known.
    pub names: Vec<&'static str>,
    /// First and last year in which the code was in force; no last year means that it still is.
    pub years: Option<(u16, Option<u16>)>,
}

/// What a value holds and which checks it passed, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The normal form, if the value could be read at all.
    pub normalized: Option<Personal<String>>,
    /// Birth date that the value holds.
    pub birth_date: Option<Personal<NaiveDate>>,
    /// Sex that the value holds.
    pub sex: Option<Sex>,
    /// Region that the value names.
    pub region: Option<Region>,
    /// Every check that was made; only the failed ones when judging.
    pub checks: Vec<Check>,
    /// Whether only what failed is wanted.
    faults_only: bool,
}

impl Reading {
    /// A reading for judging, where nobody is told what passed or what the normal form is: several times as fast.
    pub(crate) fn of_faults() -> Self {
        Self { faults_only: true, ..Self::default() }
    }

    /// Notes a check that passed.
    pub fn pass(&mut self, code: Code) {
        if !self.faults_only {
            self.checks.push(Check { code, failure: None });
        }
    }

    /// Tells the normal form, if anybody wants it and there is one.
    pub(crate) fn normalize(&mut self, form: impl FnOnce() -> Option<String>) {
        if !self.faults_only {
            self.normalized = form().map(Personal::new);
        }
    }

    /// Notes a check that failed.
    pub fn fail(&mut self, code: Code, args: Vec<(&'static str, Arg)>) {
        self.checks.push(Check { code, failure: Some(args) });
    }

    /// The failed checks.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.failure.is_some())
    }

    /// Whether nothing failed that blocks by default.
    pub fn is_valid(&self) -> bool {
        !self.failures().any(|check| check.code.severity == Severity::Blocking)
    }
}
