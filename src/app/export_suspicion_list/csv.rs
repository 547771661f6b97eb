//! Comma-separated values as Excel in China opens them: UTF-8 with a byte order mark, lines ended by CRLF (RFC 4180), and
//! no cell that a spreadsheet would take for a formula.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a cell must not begin with: a spreadsheet calculates what comes behind it. With the full-width forms, which some
/// input methods and programs take for the same.
const FORMULA_BEGINNINGS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|'];

/// A sheet of comma-separated values.
pub(super) struct CsvSheet<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> CsvSheet<W> {
    /// Begins with the headings.
    pub(super) fn begin(headings: &[String], mut out: W) -> io::Result<Self> {
        out.write_all(BOM)?;
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        let mut sheet = Self { writer };
        sheet.row(headings)?;
        Ok(sheet)
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        let guarded: Vec<Cow<'_, str>> = cells.iter().map(|cell| guard(cell)).collect();
        self.writer.write_record(guarded.iter().map(|cell| cell.as_bytes())).map_err(io::Error::from)
    }

    /// Writes what is left, and gives the way out back.
    pub(super) fn end(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}

/// A cell that no spreadsheet takes for a formula: one that could be has an apostrophe before it, as a person would type.
pub(in crate::app) fn guard(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA_BEGINNINGS) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_formula_is_guarded_and_nothing_else() {
        for cell in [
            "=1+1",
            "+86 139",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            "|cmd",
            "=HYPERLINK(\"http://x\")",
        ] {
            assert_eq!(guard(cell), format!("'{cell}"), "{cell}");
        }
        for cell in ["", "139****0001", "1****************9", "测*", "a=b", "'=1", " =1", "2026-11-23"] {
            assert_eq!(guard(cell), cell, "{cell}");
        }
    }

    #[test]
    fn a_sheet_is_utf8_with_a_mark_and_crlf() {
        let mut sheet = CsvSheet::begin(&["甲".to_owned(), "b".to_owned()], Vec::new()).unwrap();
        sheet.row(&["=1,\"2\"".to_owned(), "多\n行".to_owned()]).unwrap();
        let text = String::from_utf8(sheet.end().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}甲,b\r\n\"'=1,\"\"2\"\"\",\"多\n行\"\r\n");
    }
}
