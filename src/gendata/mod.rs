//! Synthetic insurers' applications for demonstrations, tests and benches (`zhenshi gen-data`).
//!
//! Two files are made: the applications, one `zhenshi.v1.ValidateApplicationRequest` in proto3 JSON a line, and the
//! truth about what was planted in them. The truth about an application is written and flushed before the application
//! itself. One seed gives one pair of files, byte for byte; memory does not grow with the count.
//!
//! This module is an independent oracle: it shares no code with the rules (`zhenshi-domain`), down to its own check
//! character. To add a fault see `fault.rs`; a scenario, `scenario.rs`; a
//! county, `county.rs`; a spelling, `writing.rs`.

mod county;
mod draft;
mod fault;
mod household;
mod id_number;
mod luck;
mod memory;
mod name;
mod people;
mod plan;
mod plant;
mod scenario;
mod serial;
mod summary;
#[cfg(test)]
mod tests;
mod truth;
mod unseen;
mod wire;
mod world;
mod writing;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike as _, NaiveDate};

pub use self::summary::Summary;
pub use self::truth::{ExpectedVerdict, FoundBy};
pub use self::wire::Channel;

use self::luck::Luck;
use self::plan::Plan;
use self::truth::ApplicationTruth;
use self::wire::Request;
use self::world::{Made, World};

/// The most applications that one run makes: beyond it numbers of people could repeat.
pub const MAX_COUNT: u64 = 100_000_000;
/// The years that `as_of` may lie in: people of every age then have birth dates that ID numbers can hold.
pub const AS_OF_YEARS: std::ops::RangeInclusive<i32> = 2000..=2090;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenOptions {
    /// How many applications, at most [`MAX_COUNT`].
    pub count: u64,
    /// The seed: the same seed, count and day give the same bytes.
    pub seed: u64,
    /// The day around which the applications are dated: none is dated later, none more than 30 days earlier.
    pub as_of: NaiveDate,
    /// Where the applications go (JSON lines).
    pub out: PathBuf,
    /// Where the truth goes (JSON lines).
    pub truth: PathBuf,
}

/// Why nothing, or not everything, was made.
#[derive(Debug, thiserror::Error)]
pub enum GenError {
    /// More applications than one run can keep apart.
    #[error("at most {MAX_COUNT} applications can be made in one run")]
    TooMany,
    /// A day for which no plausible people can be made.
    #[error("the day must lie in the years {} to {}", AS_OF_YEARS.start(), AS_OF_YEARS.end())]
    AsOfOutOfRange,
    /// Applications and truth in one file.
    #[error("applications and truth need two files")]
    SameFile,
    /// A file could not be made.
    #[error("cannot create {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line could not be written.
    #[error("cannot write the {file} file")]
    Write {
        /// `applications` or `truth`.
        file: &'static str,
        /// Why.
        source: io::Error,
    },
}

/// Makes the two files of the options, replacing what was there. The truth is on the disk when it returns.
///
/// # Errors
/// Those of [`generate`], and [`GenError::SameFile`] and [`GenError::Create`]. A run that fails leaves what it wrote.
pub fn generate_files(options: &GenOptions) -> Result<Summary, GenError> {
    if options.out == options.truth {
        return Err(GenError::SameFile);
    }
    let mut truth = create(&options.truth)?;
    let mut applications = BufWriter::new(create(&options.out)?);
    let summary = generate(options, &mut applications, &mut truth)?;
    truth.sync_all().map_err(|source| GenError::Write { file: TRUTH, source })?;
    Ok(summary)
}

fn create(path: &Path) -> Result<File, GenError> {
    File::create(path).map_err(|source| GenError::Create { path: path.to_owned(), source })
}

const APPLICATIONS: &str = "applications";
const TRUTH: &str = "truth";

/// Makes `options.count` applications and the truth about them, in order, holding one at a time. Each application's
/// truth is written and flushed first. The files named in the options are not touched.
///
/// # Errors
/// [`GenError::TooMany`] and [`GenError::AsOfOutOfRange`] before anything is written, [`GenError::Write`] when a
/// writer fails.
pub fn generate(
    options: &GenOptions,
    applications: &mut impl Write,
    truth: &mut impl Write,
) -> Result<Summary, GenError> {
    if options.count > MAX_COUNT {
        return Err(GenError::TooMany);
    }
    if !AS_OF_YEARS.contains(&options.as_of.year()) {
        return Err(GenError::AsOfOutOfRange);
    }
    let truth_failed = |source| GenError::Write { file: TRUTH, source };
    let applications_failed = |source| GenError::Write { file: APPLICATIONS, source };
    let plan = Plan::new(options.count);
    let mut luck = Luck::new(options.seed);
    let mut world = World::new(options.seed, options.as_of, &mut luck);
    let mut summary = Summary::default();
    let mut lines = Vec::with_capacity(4096);
    for place in 0..options.count {
        let row = plan.row(place, &mut luck);
        let made = world.make(row, &mut luck);
        summary.count(&made);
        let Made { message, verdict, faults, sharings } = made;
        let request = Request { request_id: luck.uuid(), application: message };
        let known = ApplicationTruth::new(&request, verdict, &faults);
        lines.clear();
        line(&mut lines, &known).map_err(truth_failed)?;
        for sharing in &sharings {
            line(&mut lines, sharing).map_err(truth_failed)?;
        }
        truth.write_all(&lines).and_then(|()| truth.flush()).map_err(truth_failed)?;
        lines.clear();
        line(&mut lines, &request).map_err(applications_failed)?;
        applications.write_all(&lines).map_err(applications_failed)?;
    }
    applications.flush().map_err(applications_failed)?;
    Ok(summary)
}

/// Adds one JSON line.
fn line(lines: &mut Vec<u8>, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, value)?;
    lines.push(b'\n');
    Ok(())
}
