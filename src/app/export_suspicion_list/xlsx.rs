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
