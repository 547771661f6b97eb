//! Synthetic insurers' applications for demonstrations, tests and benches (`zhenshi gen-data`).
//!
//! Two files are made: the applications, one `zhenshi.v1.ValidateApplicationRequest` in proto3 JSON a line, and the
//! truth about what was planted in them. The truth about an application is written and flushed before the application
//! itself. One seed gives one pair of files, byte for byte; memory does not grow with the count.
//!
//! This module is an independent oracle: it shares no code with the rules (`zhenshi-domain`), down to its own check
//! character. Several days with the lists that must follow are `story/`. To add a fault see `fault.rs`; a scenario, `scenario.rs`; a
//! county, `county.rs`; a spelling, `writing.rs`.

mod county;
mod draft;
mod fault;
mod holders;
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
pub mod story;
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

pub use self::holders::Member;
pub use self::summary::Summary;
pub use self::truth::{ExpectedVerdict, FoundBy};
pub use self::wire::{Channel, Kind};
pub use self::world::BRANCHES;

use self::luck::Luck;
use self::plan::Plan;
use self::truth::{ApplicationTruth, ListTruth, PlantedFault};
use self::wire::Request;
use self::world::{Made, Shared, World};

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
    let mut luck = Luck::new(options.seed);
    let mut world = World::new(options.seed, options.as_of, &mut luck);
    let mut summary = Summary::default();
    let mut lines = Lines::new(applications, truth);
    run(&mut world, &mut luck, options.count, &mut lines, &mut summary, |_| ())?;
    lines.finish()?;
    Ok(summary)
}

/// Makes `count` applications in the world, one after the other; `noted` gets what the list must find.
fn run<A: Write, T: Write>(
    world: &mut World,
    luck: &mut Luck,
    count: u64,
    lines: &mut Lines<A, T>,
    summary: &mut Summary,
    mut noted: impl FnMut(Shared),
) -> Result<(), GenError> {
    let plan = Plan::new(count);
    for place in 0..count {
        let row = plan.row(place, luck);
        let made = world.make(row, luck);
        summary.count(&made);
        let Made { message, verdict, faults, sharings, shared } = made;
        let request = Request { request_id: luck.uuid(), application: message };
        lines.write(&request, verdict, &faults, &sharings)?;
        shared.into_iter().for_each(&mut noted);
    }
    Ok(())
}

/// The two files of a run, on their way.
struct Lines<A, T> {
    applications: A,
    truth: T,
    text: Vec<u8>,
}

impl<A: Write, T: Write> Lines<A, T> {
    fn new(applications: A, truth: T) -> Self {
        Self { applications, truth, text: Vec::with_capacity(4096) }
    }

    /// Writes the truth about a request, then the request.
    fn write(
        &mut self,
        request: &Request,
        verdict: ExpectedVerdict,
        faults: &[PlantedFault],
        sharings: &[ListTruth],
    ) -> Result<(), GenError> {
        let truth_failed = |source| GenError::Write { file: TRUTH, source };
        let applications_failed = |source| GenError::Write { file: APPLICATIONS, source };
        self.text.clear();
        line(&mut self.text, &ApplicationTruth::new(request, verdict, faults)).map_err(truth_failed)?;
        for sharing in sharings {
            line(&mut self.text, sharing).map_err(truth_failed)?;
        }
        self.truth.write_all(&self.text).and_then(|()| self.truth.flush()).map_err(truth_failed)?;
        self.text.clear();
        line(&mut self.text, request).map_err(applications_failed)?;
        self.applications.write_all(&self.text).map_err(applications_failed)
    }

    fn finish(&mut self) -> Result<(), GenError> {
        self.applications.flush().map_err(|source| GenError::Write { file: APPLICATIONS, source })
    }
}

/// Adds one JSON line.
fn line(lines: &mut Vec<u8>, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, value)?;
    lines.push(b'\n');
    Ok(())
}
