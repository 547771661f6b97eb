//! The one way in for both formats.

use std::io::{self, Write as _};

use super::{
    Format,
    csv::CsvSheet,
    facts::Book,
    pieces::{PieceWriter, gone},
    sheet::Heading,
    xlsx::{MAX_ROWS, XlsxBook},
};

/// Longest text of a cell, in characters: Excel's limit is a little higher.
const MAX_CELL_CHARS: usize = 32_000;

/// A file under way.
pub(super) enum SheetWriter {
    Csv(Box<CsvSheet<PieceWriter>>, Watch),
    Xlsx(Box<XlsxBook>, PieceWriter),
}

/// Tells whether anybody still reads.
pub(super) type Watch = tokio::sync::mpsc::Sender<Result<Vec<u8>, crate::app::AppError>>;

impl SheetWriter {
    /// Begins with the headings.
    pub(super) fn begin(format: Format, headings: &[Heading], out: PieceWriter) -> io::Result<Self> {
        match format {
            Format::Csv => {
                let texts: Vec<String> = headings.iter().map(|heading| heading.text.clone()).collect();
                let watch = out.watch();
                Ok(Self::Csv(Box::new(CsvSheet::begin(&texts, out)?), watch))
            }
            Format::Xlsx => Ok(Self::Xlsx(Box::new(XlsxBook::begin(headings, MAX_ROWS)?), out)),
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|cell| clean(cell)).collect();
        match self {
            Self::Csv(sheet, _) => sheet.row(&cells),
            Self::Xlsx(book, _) => book.row(&cells),
        }
    }

    /// Ends the work early when nobody reads: a workbook says nothing before its end.
    pub(super) fn check(&self) -> io::Result<()> {
        let closed = match self {
            Self::Csv(_, watch) => watch.is_closed(),
            Self::Xlsx(_, out) => !out.is_read(),
        };
        if closed { Err(gone()) } else { Ok(()) }
    }

    /// Writes what is left; the facts stand in a workbook only.
    pub(super) fn end(self, book: &Book) -> io::Result<()> {
        match self {
            Self::Csv(sheet, _) => sheet.end()?.flush(),
            Self::Xlsx(members, mut out) => {
                members.end(book, &mut out)?;
                out.flush()
            }
        }
    }
}

/// A text as a cell may hold it: one line, no control characters, of bounded length.
fn clean(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_CELL_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_one_line_of_bounded_length() {
        assert_eq!(clean("a\nb\u{1}c\td"), "a b c d");
        assert_eq!(clean(&"字".repeat(40_000)).chars().count(), MAX_CELL_CHARS);
    }
}
