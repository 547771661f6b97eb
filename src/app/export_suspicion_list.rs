//! A sealed list as a file: a workbook or comma-separated values, one row a member, always masked.
//!
//! The file is made while it leaves: one page of suspicions is in memory at a time, read and opened by one task and
//! written by another, and the caller's reading sets the pace. What is in the file: [`sheet`]; how it looks: [`xlsx`],
//! [`csv`]. To add a column, see [`sheet`]; to add a format, a writer beside these two and a variant of [`Format`].

mod csv;
pub(in crate::app) use csv::guard;
mod facts;
mod pieces;
mod sheet;
mod writer;
mod xlsx;

use std::{io, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::mpsc;

use self::{
    facts::{Counts, facts},
    pieces::PieceWriter,
    sheet::{Cells, headings},
    writer::SheetWriter,
};
use super::{
    App, AppError, ListKind, SuspicionFilter, SuspicionListRow,
    get_suspicion_list::get_sealed,
    list_suspicions::page,
    suspicions::{ShownSuspicion, customers, entry, open_parties},
};
use crate::{
    security::{policy::Action, principal::Principal, scope::Scope},
    words::{Language, Words},
};

pub use self::pieces::PIECE_BYTES;
pub(crate) use self::sheet::certificate as certificate_word;

/// Action of the audit entry of an export.
pub const ACTION_EXPORT: &str = "EXPORT_SUSPICION_LIST";

/// Suspicions that are read at a time.
const PAGE: u16 = 100;
/// Pages that may be read ahead of the writer.
const PAGES_AHEAD: usize = 2;
/// Pieces that may be written ahead of the reader.
const PIECES_AHEAD: usize = 4;

/// Format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Comma-separated values.
    Csv,
}

impl Format {
    /// Ending of the file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// Media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A file on its way.
pub struct ExportedFile {
    /// A name for it.
    pub file_name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes, at most [`PIECE_BYTES`] at a time, or what became of it.
    pub pieces: mpsc::Receiver<Result<Vec<u8>, AppError>>,
}

/// What the writing task knows besides the rows.
struct Export {
    list: SuspicionListRow,
    format: Format,
    language: Language,
    words: Arc<Words>,
    exported_by: String,
    exported_time: DateTime<Utc>,
}

/// Exports the list of `kind` of the day `list_date`, as far as the caller's scope goes, with words in `language`. The
/// export is in the audit log before its first byte is made.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::SuspicionListNotFound`], [`AppError::SuspicionListNotSealed`], [`AppError::StoreUnavailable`]; later ones
/// come instead of a piece, and the file is then not whole.
pub async fn export_suspicion_list(
    app: &Arc<App>,
    principal: &Principal,
    (kind, list_date): (ListKind, NaiveDate),
    format: Format,
    words: Arc<Words>,
    language: Language,
) -> Result<ExportedFile, AppError> {
    let scope = principal.permit(Action::ExportSuspicionList)?;
    app.count_look_up(principal, Action::ExportSuspicionList).await?;
    let list = get_sealed(app, scope.clone(), kind, list_date).await?;
    let entry = entry(app, &scope, ACTION_EXPORT, "suspicion_list", vec![list.id])
        .map_err(|error| app.failed(&error))?;
    let exported_time = entry.recorded_time;
    app.store.audit(scope.clone(), entry).await.map_err(|error| app.failed(&error))?;

    let file_name = file_name(&list, format);
    let (pages, read) = mpsc::channel(PAGES_AHEAD);
    let (out, pieces) = mpsc::channel(PIECES_AHEAD);
    let exported_by = scope.actor().to_owned();
    let (reader, by, list_id) = (app.clone(), principal.clone(), list.id);
    tokio::spawn(async move { read_pages(&reader, &by, &scope, list_id, pages).await });
    let export = Export { list, format, language, words, exported_by, exported_time };
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let failed = out.clone();
        if let Err(stopped) = write(&export, read, out) {
            // Nobody reads any more, or the reading failed, or there is no room for the workbook's rows.
            let error = match stopped {
                Stopped::Reading(error) => error,
                Stopped::Writing(error) => app.failed_to_write(&error),
            };
            let _ = failed.blocking_send(Err(error));
        }
    });
    Ok(ExportedFile { file_name, content_type: format.content_type(), pieces })
}

fn file_name(list: &SuspicionListRow, format: Format) -> String {
    let kind = match list.kind {
        ListKind::Daily => "suspicion-list",
        ListKind::SelfInspection => "self-inspection-list",
    };
    format!("{kind}-{}.{}", list.list_date, format.ending())
}

type PageOf = Result<Vec<ShownSuspicion>, AppError>;

async fn read_pages(
    app: &App,
    by: &Principal,
    scope: &Scope,
    list_id: uuid::Uuid,
    pages: mpsc::Sender<PageOf>,
) {
    let mut filter = SuspicionFilter::default();
    loop {
        let read = match page(app, scope, list_id, filter.clone(), PAGE).await {
            Ok(page) => {
                filter.after = page.next;
                open(app, by, scope, page.suspicions).await
            }
            Err(error) => Err(error),
        };
        let last = filter.after.is_none() || read.is_err();
        // A writer that has gone away needs no more.
        if pages.send(read).await.is_err() || last {
            return;
        }
    }
}

/// A page with its parties, counted before they are opened.
async fn open(app: &App, by: &Principal, scope: &Scope, mut shown: Vec<ShownSuspicion>) -> PageOf {
    app.count_shown(by, Action::ExportSuspicionList, customers(&shown)).await?;
    open_parties(app, scope, &mut shown).await?;
    Ok(shown)
}

/// Why a file was not written to its end.
enum Stopped {
    Reading(AppError),
    Writing(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Writing(error)
    }
}

fn write(
    export: &Export,
    mut pages: mpsc::Receiver<PageOf>,
    out: mpsc::Sender<Result<Vec<u8>, AppError>>,
) -> Result<(), Stopped> {
    let (words, language) = (&*export.words, export.language);
    let pieces = PieceWriter::new(out);
    let mut writer = SheetWriter::begin(export.format, &headings(words, language), pieces)?;
    let mut counts = Counts::default();
    while let Some(page) = pages.blocking_recv() {
        for shown in page.map_err(Stopped::Reading)? {
            counts.suspicions += 1;
            for member in &shown.members {
                counts.members += 1;
                writer.row(
                    &Cells { words, language, number: counts.suspicions, shown: &shown, member }.row(),
                )?;
            }
        }
        writer.check()?;
    }
    let book = facts::Book {
        members: words.message(language, "list-sheet-members", std::iter::empty()),
        facts: words.message(language, "list-sheet-facts", std::iter::empty()),
        lines: facts(export, counts),
        made: export.exported_time,
    };
    writer.end(&book)?;
    Ok(())
}
