//! A story of several days: what arrives when, and what each suspicion list must say of it.
//!
//! Each day has the usual applications and, in three parts of the day, those of planted cases (`cases/`), with what the
//! core and the directory tell besides. A case is made of people and numbers that nobody else has, and says itself which
//! suspicions must follow, so the truth needs no rule. Sharings among the usual applications are kept in `ledger.rs`.
//!
//! The days: two working days, a day off after them, two more working days. The list of the fourth is missed and made a
//! day late; the fifth working day, on which nothing arrives, makes it and its own. To add a case: see `cases/mod.rs`.

mod cases;
mod ledger;
mod script;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;
use std::path::PathBuf;

use chrono::{Datelike as _, NaiveDate};

use self::ledger::Ledger;
use self::script::{Acts, Script};
use super::holders::Member;
use super::luck::Luck;
use super::summary::Summary;
use super::world::World;
use super::{AS_OF_YEARS, GenError, Lines, MAX_COUNT, create, run};

/// Days on which something arrives.
pub const DAYS: usize = 5;
/// Lists that follow.
pub const LISTS: usize = 4;
/// Parts of a day: what comes in a later part finds what came in an earlier one.
pub const PARTS: usize = 3;
/// Into which list's period each day falls: the day off into that of the working day before.
const LIST_OF_DAY: [usize; DAYS] = [0, 1, 1, 2, 3];
/// The day off.
const DAY_OFF: usize = 2;
/// The day off has so many times fewer usual applications than a working day.
const DAY_OFF_SHARE: u64 = 10;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryOptions {
    /// The seed: the same options give the same bytes.
    pub seed: u64,
    /// Usual applications of the first day.
    pub first: u64,
    /// Usual applications of each later working day.
    pub later: u64,
    /// How often each case is planted.
    pub times: u32,
    /// The days, in order; the third is a day off.
    pub days: [NaiveDate; DAYS],
    /// Where the files go.
    pub folder: PathBuf,
}

/// A story that has been written.
#[derive(Debug)]
pub struct Story {
    /// What arrives, day by day.
    pub days: Vec<Day>,
    /// What the lists must say, in order.
    pub lists: Vec<BTreeSet<Suspicion>>,
    /// How often each case was planted, by its name.
    pub cases: BTreeMap<&'static str, u64>,
    /// Cases that only look like a clue, by their name; a part of `cases`.
    pub excuses: BTreeSet<&'static str>,
    /// The usual applications, counted.
    pub summary: Summary,
}

/// A day.
#[derive(Debug)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a day. The order within it does not matter.
#[derive(Debug)]
pub struct Part {
    /// File of the applications that arrive: one request a line, in proto3 JSON.
    pub applications: PathBuf,
    /// File of the truth about them.
    pub truth: PathBuf,
    /// How many they are.
    pub count: u64,
    /// What the core tells of policies.
    pub events: Vec<PolicyTold>,
    /// What the directory is told.
    pub entries: Vec<DirectoryEntry>,
    /// Pairs that customer service has cleared.
    pub clearings: Vec<Clearing>,
}

/// What a list must say: one value, one clue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suspicion {
    /// Code of the clue.
    pub clue: &'static str,
    /// Code of the contact's owner, for a seller's contact; else empty.
    pub owner: String,
    /// Who is in it, and whether he is new.
    pub members: BTreeSet<(Member, bool)>,
}

/// What became of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyNews {
    /// Declined at underwriting.
    Declined,
    /// Not taken up by the customer.
    NotTakenUp,
    /// Surrendered.
    Surrendered,
    /// Cancelled.
    Cancelled,
    /// In force again.
    Reinstated,
}

/// An event of a policy, named by the policyholder's place in its application.
#[derive(Debug, Clone)]
pub struct PolicyTold {
    /// The application.
    pub application: Member,
    /// What happened.
    pub news: PolicyNews,
    /// Idempotency key.
    pub request_id: String,
}

/// Whose entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A seller.
    Seller,
    /// An agency.
    Agency,
    /// A member of staff.
    Staff,
}

/// An entry of the directory.
#[derive(Debug, Clone)]
pub struct DirectoryEntry {
    /// Whose.
    pub kind: EntryKind,
    /// Code.
    pub code: String,
    /// Phones.
    pub phones: Vec<String>,
    /// Address: province, city, district, detail.
    pub address: Option<[String; 4]>,
    /// Number of the resident ID card, of a person who is known by it.
    pub resident_id: String,
    /// Name; empty for an agency.
    pub name: String,
}

/// A pair of customers whom a verified case clears for a value.
#[derive(Debug, Clone)]
pub struct Clearing {
    /// List in which they stand.
    pub list: usize,
    /// Clue with which they stand there.
    pub clue: &'static str,
    /// The two.
    pub pair: [Member; 2],
}

impl Story {
    /// Writes the files of a story, and says what must follow from them.
    ///
    /// # Errors
    /// [`GenError::TooMany`] and [`GenError::AsOfOutOfRange`] before anything is written, [`GenError::Create`] and
    /// [`GenError::Write`] when a file cannot be made or written.
    pub fn write(options: &StoryOptions) -> Result<Self, GenError> {
        let usual = options.later.checked_mul(DAYS as u64).and_then(|later| later.checked_add(options.first));
        if usual.is_none_or(|usual| usual > MAX_COUNT) {
            return Err(GenError::TooMany);
        }
        if options.days.iter().any(|day| !AS_OF_YEARS.contains(&day.year())) {
            return Err(GenError::AsOfOutOfRange);
        }
        let mut luck = Luck::new(options.seed);
        let mut world = World::new(options.seed, options.days[0], &mut luck);
        let mut ledger = Ledger::default();
        let mut summary = Summary::default();
        let mut script = None;
        let mut days = Vec::with_capacity(DAYS);
        for (place, date) in options.days.into_iter().enumerate() {
            (world.as_of, world.list) = (date, LIST_OF_DAY[place]);
            let mut parts = Vec::with_capacity(PARTS);
            for part in 0..PARTS {
                let (mut written, mut lines) = open(options, place, part)?;
                if part == 0 {
                    written.count = usual_count(options, place);
                    let noted = |shared| ledger.note(world_list(place), shared);
                    run(&mut world, &mut luck, written.count, &mut lines, &mut summary, noted)?;
                }
                // After the first day's usual applications, which begin with one that others can share with.
                let script = match &mut script {
                    Some(script) => script,
                    empty => empty.insert(Script::play(&mut world, &mut luck, options.times)),
                };
                let Acts { sends, events, entries, clearings } = script.acts(place, part);
                written.count += sends.len() as u64;
                for sent in sends {
                    lines.write(&sent.request, sent.verdict, &sent.faults, &[])?;
                }
                lines.finish()?;
                parts.push(Part { events, entries, clearings, ..written });
            }
            days.push(Day { date, parts });
        }
        let Script { mut lists, cases, excuses, .. } = script.unwrap_or_default();
        for (list, suspicions) in lists.iter_mut().zip(ledger.into_lists()) {
            list.extend(suspicions);
        }
        Ok(Self { days, lists, cases, excuses, summary })
    }
}

const fn world_list(day: usize) -> usize {
    LIST_OF_DAY[day]
}

fn usual_count(options: &StoryOptions, day: usize) -> u64 {
    match day {
        0 => options.first,
        DAY_OFF => options.later / DAY_OFF_SHARE,
        _ => options.later,
    }
}

type File = BufWriter<std::fs::File>;

fn open(options: &StoryOptions, day: usize, part: usize) -> Result<(Part, Lines<File, File>), GenError> {
    let path = |what: &str| options.folder.join(format!("day-{}-{}-{what}.jsonl", day + 1, part + 1));
    let (applications, truth) = (path("applications"), path("truth"));
    let lines = Lines::new(BufWriter::new(create(&applications)?), BufWriter::new(create(&truth)?));
    let part = Part {
        applications,
        truth,
        count: 0,
        events: Vec::new(),
        entries: Vec::new(),
        clearings: Vec::new(),
    };
    Ok((part, lines))
}
