//! Importing a file: read whole, every row checked, and only then written, either all rows or those that are right.
//!
//! A row is the whole truth of its entry: a column that the file does not have is empty in every entry that it writes. The
//! same file again changes nothing. To accept another header or word, add it in [`columns`] or [`vocabulary`].

pub mod columns;
mod read;
pub mod report;
mod row;
pub mod vocabulary;
mod workbook;

use std::collections::HashSet;

use chrono::NaiveDate;
pub use read::Format;
use read::Table;
use zhenshi_domain::shanghai;

use super::{
    Counts, EntryKind,
    entry::{Draft, Field, Flaw, Problem},
    references,
    tools::DirectoryTools,
};
use crate::{
    app::AppError,
    security::{policy::Action, principal::Principal, scope::Scope},
    store::directory::write::{Batch, NewEntry, Written},
};

/// Largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Largest content of a workbook when it is unpacked, in bytes: a small file can unpack to anything.
pub const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// Most rows below the header.
pub const MAX_ROWS: usize = 100_000;
/// Columns that are read; what stands further right is ignored.
pub const MAX_COLUMNS: usize = 64;
/// Longest cell that is read; a longer one is cut and is a problem of its row.
pub const MAX_CELL_CHARS: usize = 2_000;

/// Entries of one transaction. While it lasts no list can be closed, and while a list waits to be closed nothing is recorded:
/// it must be short. An import that is cut off between two is completed by importing the file again.
pub const ENTRIES_PER_TRANSACTION: usize = 1_000;

/// Why a file cannot be imported at all. Nothing of its content is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Over [`MAX_FILE_BYTES`].
    #[error("it is larger than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// Not as long as was said: a part of it is missing, or it is another file.
    #[error("its size is not the one that was said")]
    Incomplete,
    /// Over [`MAX_ROWS`].
    #[error("it has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// Text that is neither UTF-8 nor GB18030.
    #[error("its text is neither UTF-8 nor GB18030")]
    Encoding,
    /// A workbook of Excel 97.
    #[error("it is an old workbook (.xls): save it as .xlsx")]
    OldWorkbook,
    /// Neither text nor a workbook that can be read.
    #[error("it cannot be read")]
    Broken,
    /// Over [`MAX_UNPACKED_BYTES`].
    #[error("it unpacks to more than {MAX_UNPACKED_BYTES} bytes")]
    UnpacksTooLarge,
    /// No header.
    #[error("it is empty")]
    Empty,
    /// Columns that must be there are not.
    #[error("columns are missing: {}", .0.join(", "))]
    MissingColumns(Vec<&'static str>),
    /// A field stands in several columns.
    #[error("columns stand twice: {}", .0.join(", "))]
    DoubleColumns(Vec<&'static str>),
}

impl FileError {
    /// Its word in the catalogue.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Incomplete => "incomplete",
            Self::TooManyRows => "too-many-rows",
            Self::Encoding => "encoding",
            Self::OldWorkbook => "old-workbook",
            Self::Broken => "broken",
            Self::UnpacksTooLarge => "unpacks-too-large",
            Self::Empty => "empty",
            Self::MissingColumns(_) => "missing-columns",
            Self::DoubleColumns(_) => "double-columns",
        }
    }

    /// The columns that it is about, by their English headers.
    pub fn columns(&self) -> String {
        match self {
            Self::MissingColumns(columns) | Self::DoubleColumns(columns) => columns.join(", "),
            _ => String::new(),
        }
    }
}

/// A file to be imported.
pub struct ImportRequest {
    /// Kind of the entries.
    pub kind: EntryKind,
    /// The file: CSV or XLSX.
    pub bytes: Vec<u8>,
    /// Write the rows that are right although others are not.
    pub partial: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// What came of an import.
pub struct Imported {
    /// What was done; nothing where a row was wrong and `partial` was not asked for.
    pub counts: Counts,
    /// Rows with an entry.
    pub rows: usize,
    /// Whether the rows that are right were written.
    pub written: bool,
    /// What is wrong with each row, from the top; rows that are right are left out.
    pub problems: Vec<RowProblems>,
    /// Headers that were understood, and as what.
    pub mapping: Vec<(String, Field)>,
    /// Headers that were not.
    pub ignored: Vec<String>,
    table: Table,
    /// Numbers of the rows that are right, in the order of their drafts.
    right: Vec<usize>,
    /// Every code of the file, of rows that are right and of others.
    codes: HashSet<String>,
}

/// What is wrong with a row.
pub struct RowProblems {
    /// Number of the row in the file, the header being 1.
    pub row: usize,
    /// What; at least one.
    pub problems: Vec<Problem>,
}

/// Reads and checks the whole file, and writes its entries.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::DirectoryFileUnusable`] for a file that cannot be read at all;
/// [`AppError::StoreUnavailable`]. Rows that are wrong are no error.
pub async fn import(
    tools: &DirectoryTools,
    principal: &Principal,
    request: ImportRequest,
) -> Result<Imported, AppError> {
    let scope = principal.permit(Action::ImportDirectory)?;
    let ImportRequest { kind, bytes, partial, dry_run } = request;
    let today = shanghai::date(tools.clock.now());
    let making = tools.clone();
    let checked = tokio::task::spawn_blocking(move || check(kind, &bytes, today));
    let (mut imported, drafts) = checked.await.map_err(|_| FileError::Broken)??;
    let present = references::present(tools, drafts.iter().map(|draft| &draft.entry)).await;
    let present = present.map_err(|error| tools.failed(&error))?;
    let drafts = imported.check_references(kind, drafts, &present, partial);
    if !imported.problems.is_empty() && !partial {
        return Ok(imported);
    }
    let entries = tokio::task::spawn_blocking(move || {
        drafts.into_iter().map(|draft| draft.into_new(&making)).collect()
    });
    let entries = entries.await.map_err(|_| FileError::Broken)?;
    imported.counts = write(tools, &scope, entries, dry_run).await?;
    imported.written = !dry_run;
    Ok(imported)
}

impl Imported {
    /// Moves rows that name an entry which is neither `present` nor in the file to those that are wrong, and returns the
    /// others' drafts. Of a file that is imported in part only the rows that are right are there to be named.
    fn check_references(
        &mut self,
        kind: EntryKind,
        mut drafts: Vec<Draft>,
        present: &HashSet<references::Name>,
        partial: bool,
    ) -> Vec<Draft> {
        loop {
            let right: HashSet<String> = drafts.iter().map(|draft| draft.entry.code.clone()).collect();
            let in_file = if partial { &right } else { &self.codes };
            let is_there = |name: &references::Name| {
                present.contains(name) || (name.0 == kind && in_file.contains(&name.1))
            };
            let rows = std::mem::take(&mut self.right);
            let before = drafts.len();
            let mut kept = Vec::with_capacity(before);
            for (draft, row) in drafts.into_iter().zip(rows) {
                let problems = references::problems(&draft.entry, is_there);
                if problems.is_empty() {
                    kept.push(draft);
                    self.right.push(row);
                } else {
                    self.problems.push(RowProblems { row, problems });
                }
            }
            drafts = kept;
            // Without a row another may name nothing any more.
            if drafts.len() == before || !partial {
                self.problems.sort_by_key(|problem| problem.row);
                return drafts;
            }
        }
    }
}

/// Writes the entries, [`ENTRIES_PER_TRANSACTION`] at a time.
async fn write(
    tools: &DirectoryTools,
    scope: &Scope,
    entries: Vec<NewEntry>,
    dry_run: bool,
) -> Result<Counts, AppError> {
    let mut sum = Counts::default();
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let batch = Batch {
            entries: entries.by_ref().take(ENTRIES_PER_TRANSACTION).collect(),
            epoch: tools.fingerprints.epoch(),
            scope: scope.clone(),
            request: None,
            expected_revision: None,
            dry_run,
        };
        let written = tools.store.write_directory(tools.record(), batch).await;
        // Only a request with a key or a revision can end otherwise.
        if let Written::Done(counts) = written.map_err(|error| tools.failed(&error))? {
            sum.created += counts.created;
            sum.changed += counts.changed;
            sum.unchanged += counts.unchanged;
        }
    }
    Ok(sum)
}

/// Reads the file and checks every row; the drafts are those of the rows that are right.
fn check(kind: EntryKind, bytes: &[u8], today: NaiveDate) -> Result<(Imported, Vec<Draft>), FileError> {
    let table = read::table(bytes)?;
    let header = columns::understand(kind, &table.header)?;
    let (mut drafts, mut right, mut problems, mut rows) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut codes = HashSet::new();
    for (place, cells) in table.rows.iter().enumerate() {
        if cells.iter().all(|cell| cell.text.is_empty()) {
            continue;
        }
        rows += 1;
        let (draft, mut found) = row::draft(kind, &header, cells);
        // A cell that could not be read says so once: what its absence causes is not another problem.
        let unread: HashSet<Field> = found.iter().map(|problem| problem.field).collect();
        found.extend(draft.problems(today).into_iter().filter(|problem| !unread.contains(&problem.field)));
        if !draft.entry.code.is_empty() && !codes.insert(draft.entry.code.clone()) {
            found.push(Problem { field: Field::Code, flaw: Flaw::Duplicate });
        }
        if found.is_empty() {
            drafts.push(draft);
            right.push(place + 2);
        } else {
            problems.push(RowProblems { row: place + 2, problems: found });
        }
    }
    let imported = Imported {
        counts: Counts::default(),
        rows,
        written: false,
        problems,
        mapping: header.mapping(&table.header),
        ignored: header.ignored(&table.header),
        table,
        right,
        codes,
    };
    Ok((imported, drafts))
}

#[cfg(test)]
mod tests;
