//! A workbook: the members with a frozen row of headings and a filter, and a sheet of the list's facts. Every cell is a
//! text, so that no number loses its zeros or its last digits.
//!
//! Rows go into a temporary file as they come (constant memory); the workbook is put together at the end, while it leaves.

use std::io::{self, Write};

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{facts::Book, sheet::Heading};

/// Rows of a sheet, the headings apart: Excel's own limit is one more.
pub(super) const MAX_ROWS: u32 = 1_048_575;
/// Number format of a text.
const TEXT: &str = "@";
/// Colour behind headings.
const HEADING_COLOUR: u32 = 0x00DD_E6F0;
/// Widths of the two columns of facts, in characters.
const FACT_WIDTHS: [f64; 2] = [24.0, 72.0];

/// A workbook under way.
pub(super) struct XlsxBook {
    workbook: Workbook,
    headings: Vec<Heading>,
    text: Format,
    bold: Format,
    /// Sheets of members so far.
    sheets: usize,
    /// Rows of the newest one, the headings apart.
    rows: u32,
    max_rows: u32,
}

impl XlsxBook {
    /// Begins with the headings. After `max_rows` rows a further sheet is begun.
    pub(super) fn begin(headings: &[Heading], max_rows: u32) -> io::Result<Self> {
        let bold = Format::new().set_bold().set_num_format(TEXT);
        let bold =
            bold.set_background_color(Color::RGB(HEADING_COLOUR)).set_border_bottom(FormatBorder::Thin);
        let mut book = Self {
            workbook: Workbook::new(),
            headings: headings.to_vec(),
            text: Format::new().set_num_format(TEXT),
            bold,
            sheets: 0,
            rows: 0,
            max_rows,
        };
        book.add_sheet().map_err(other)?;
        Ok(book)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        self.rows = 0;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        for (column, heading) in (0..).zip(&self.headings) {
            sheet.set_column_width(column, heading.width)?;
            sheet.set_column_format(column, &self.text)?;
            sheet.write_string_with_format(0, column, &heading.text, &self.bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        self.add_row(cells).map_err(other)
    }

    fn add_row(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        if self.rows == self.max_rows {
            self.filter()?;
            self.add_sheet()?;
        }
        self.rows += 1;
        let row = self.rows;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &self.text)?;
        }
        Ok(())
    }

    fn filter(&mut self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.headings.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let rows = self.rows;
        self.workbook.worksheet_from_index(self.sheets - 1)?.autofilter(0, 0, rows, last)?;
        Ok(())
    }

    /// Adds the facts and writes the whole workbook.
    pub(super) fn end(mut self, book: &Book, out: impl Write + Send) -> io::Result<()> {
        self.put_together(book, out).map_err(other)
    }

    fn put_together(&mut self, book: &Book, out: impl Write + Send) -> Result<(), XlsxError> {
        self.filter()?;
        for place in 0..self.sheets {
            let name =
                if place == 0 { book.members.clone() } else { format!("{} {}", book.members, place + 1) };
            self.workbook.worksheet_from_index(place)?.set_name(name)?;
        }
        let made = ExcelDateTime::from_timestamp(book.made.timestamp())?;
        self.workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let (bold, text) = (self.bold.clone(), self.text.clone());
        let sheet: &mut Worksheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&book.facts)?;
        for (column, width) in (0..).zip(FACT_WIDTHS) {
            sheet.set_column_width(column, width)?;
        }
        for (row, (name, value)) in (0..).zip(&book.lines) {
            sheet.write_string_with_format(row, 0, name, &bold)?;
            sheet.write_string_with_format(row, 1, value, &text)?;
        }
        self.workbook.save_to_writer(out)
    }
}

/// An error of the library as one of writing. Its words name cells and limits, never values.
fn other(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader as _, Xlsx};
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_list_longer_than_a_sheet_goes_on_in_a_further_one() {
        let headings = ["号", "数"].map(|text| Heading { text: text.into(), width: 8.0 });
        let mut book = XlsxBook::begin(&headings, 2).unwrap();
        for number in 1..=5 {
            book.row(&[number.to_string(), "007".to_owned()]).unwrap();
        }
        let facts = Book {
            members: "清单".into(),
            facts: "信息".into(),
            lines: vec![("行".into(), "5".into())],
            made: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
        };
        let mut file = Vec::new();
        book.end(&facts, &mut file).unwrap();

        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        assert_eq!(read.sheet_names(), ["清单", "清单 2", "清单 3", "信息"]);
        let mut numbers = Vec::new();
        for (sheet, rows) in [("清单", 2), ("清单 2", 2), ("清单 3", 1)] {
            let range = read.worksheet_range(sheet).unwrap();
            let texts: Vec<Vec<String>> =
                range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
            assert_eq!((texts[0].join(" ").as_str(), texts.len()), ("号 数", 1 + rows), "{sheet}");
            numbers.extend(texts[1..].iter().map(|row| row.join(" ")));
        }
        assert_eq!(numbers, ["1 007", "2 007", "3 007", "4 007", "5 007"]);
    }

    #[test]
    fn a_list_as_long_as_a_sheet_needs_no_other() {
        let headings = [Heading { text: "号".into(), width: 8.0 }];
        let mut book = XlsxBook::begin(&headings, 2).unwrap();
        for number in 1..=2 {
            book.row(&[number.to_string()]).unwrap();
        }
        assert_eq!((book.sheets, book.rows), (1, 2));
    }
}
