//! The first sheet of a workbook, cell by cell. The archive is unpacked once for nothing but its size before anything reads
//! it, and a cell far away makes no large table.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use super::{FileError, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED_BYTES, read::Cell};
use crate::app::directory::entry::Flaw;

/// Whole numbers from here on may have lost digits: a workbook keeps fifteen.
const EXACT_BELOW: f64 = 1e15;

/// The rows of the first sheet.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Vec<Cell>>, FileError> {
    check_size(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileError::Broken)?;
    let sheet = book.sheet_names().first().cloned().ok_or(FileError::Empty)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| FileError::Broken)?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    while let Some(found) = cells.next_cell_with_formula_metadata().map_err(|_| FileError::Broken)? {
        let (Ok(row), Ok(column)) = (usize::try_from(found.pos.0), usize::try_from(found.pos.1)) else {
            return Err(FileError::Broken);
        };
        let cell = cell(&found.value, found.formula.is_some());
        if column >= MAX_COLUMNS || (cell.text.is_empty() && cell.flaw.is_none()) {
            continue;
        }
        if row > MAX_ROWS {
            return Err(FileError::TooManyRows);
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if rows[row].len() <= column {
            rows[row].resize_with(column + 1, Cell::default);
        }
        rows[row][column] = cell;
    }
    Ok(rows)
}

/// Sizes in an archive are what its maker wrote, so it is unpacked into nothing and counted.
fn check_size(bytes: &[u8]) -> Result<(), FileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileError::Broken)?;
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| FileError::Broken)?;
        let unpacked = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| FileError::Broken)?;
        left = left.checked_sub(unpacked).ok_or(FileError::UnpacksTooLarge)?;
    }
    Ok(())
}

fn cell(value: &DataRef<'_>, is_formula: bool) -> Cell {
    let cell = match value {
        DataRef::Empty => Cell::default(),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::new(text),
        DataRef::SharedString(text) => Cell::new(text),
        DataRef::Int(number) => Cell::new(&number.to_string()),
        DataRef::Float(number) => number_cell(*number),
        DataRef::Bool(value) => Cell::new(if *value { "true" } else { "false" }),
        DataRef::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cell::new(&format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTimeIso(text) => Cell::new(text.split('T').next().unwrap_or_default()),
        DataRef::Error(_) => Cell::flawed("#", Flaw::Unusable),
    };
    // What a formula shows is what somebody's program computed last, or nothing.
    if is_formula { Cell { flaw: Some(Flaw::Formula), ..cell } } else { cell }
}

/// A number as the text that was typed: a code or a phone without a decimal point.
fn number_cell(number: f64) -> Cell {
    if number.fract() != 0.0 {
        return Cell::new(&number.to_string());
    }
    let text = format!("{number:.0}");
    if number.abs() < EXACT_BELOW { Cell::new(&text) } else { Cell::flawed(&text, Flaw::LostDigits) }
}
