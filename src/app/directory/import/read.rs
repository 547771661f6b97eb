//! A file as a table of texts: CSV in UTF-8 or GB18030, or a workbook. Whatever it is, reading it is bounded.

use encoding_rs::GB18030;

use super::{FileError, MAX_CELL_CHARS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, workbook};
use crate::app::directory::entry::Flaw;

/// First bytes of a ZIP archive, which a workbook is.
const ZIP: &[u8] = b"PK\x03\x04";
/// First bytes of a workbook of Excel 97.
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
/// Byte-order marks of UTF-16.
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
/// Byte-order mark of UTF-8.
const BOM: &str = "\u{feff}";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with commas.
    Csv,
    /// A workbook (`OOXML`).
    Xlsx,
}

/// One cell as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// What it says, trimmed.
    pub(super) text: String,
    /// Why it cannot be used as it is.
    pub(super) flaw: Option<Flaw>,
}

impl Cell {
    /// A cell of `text`: trimmed, without the apostrophe that a report puts before what looks like a formula, and cut if
    /// it is too long.
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(super::report::DANGEROUS));
        let text = guarded.unwrap_or(text);
        match text.char_indices().nth(MAX_CELL_CHARS) {
            Some((end, _)) => Self { text: text[..end].to_owned(), flaw: Some(Flaw::TooLong) },
            None => Self { text: text.to_owned(), flaw: None },
        }
    }

    /// A cell that says `text` and cannot be used.
    pub(super) fn flawed(text: &str, flaw: Flaw) -> Self {
        Self { flaw: Some(flaw), ..Self::new(text) }
    }
}

/// A file: its header and the rows below.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) format: Format,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// Reads a file of either format.
///
/// # Errors
/// What makes it unreadable as a whole.
pub(super) fn table(bytes: &[u8]) -> Result<Table, FileError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileError::TooLarge);
    }
    let (format, mut rows) = if bytes.starts_with(ZIP) {
        (Format::Xlsx, workbook::rows(bytes)?)
    } else if bytes.starts_with(OLE) {
        return Err(FileError::OldWorkbook);
    } else {
        (Format::Csv, csv_rows(&text(bytes)?)?)
    };
    if rows.first().is_none_or(|header| header.iter().all(|cell| cell.text.is_empty())) {
        return Err(FileError::Empty);
    }
    let header = rows.remove(0).into_iter().map(|cell| cell.text).collect();
    Ok(Table { format, header, rows })
}

/// The text of a CSV file: UTF-8 if it is that, else GB18030.
fn text(bytes: &[u8]) -> Result<String, FileError> {
    if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(FileError::Encoding);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.strip_prefix(BOM).unwrap_or(text).to_owned());
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or(FileError::Encoding)
}

fn csv_rows(text: &str) -> Result<Vec<Vec<Cell>>, FileError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| FileError::Broken)? {
        if rows.len() > MAX_ROWS {
            return Err(FileError::TooManyRows);
        }
        rows.push(record.iter().take(MAX_COLUMNS).map(Cell::new).collect());
    }
    Ok(rows)
}
