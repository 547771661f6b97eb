//! The user's own file again, with a column that says what is wrong with each row. Opened by a spreadsheet program, no cell
//! of it is a formula.

use std::collections::HashMap;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Format, Imported, columns::is_problem};
use crate::{
    app::directory::entry::{Field, Flaw, Problem},
    words::{Language, WordArg, Words},
};

/// First characters by which a spreadsheet program takes a text for a formula.
pub const DANGEROUS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A report could not be made, which only a lack of memory can cause.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written")]
pub struct ReportError;

impl From<XlsxError> for ReportError {
    fn from(_: XlsxError) -> Self {
        Self
    }
}

impl Imported {
    /// What the file is.
    pub const fn format(&self) -> Format {
        self.table.format
    }

    /// The file with its problems, in its own format.
    ///
    /// # Errors
    /// When it cannot be put together.
    pub fn report(&self, words: &Words, language: Language) -> Result<Vec<u8>, ReportError> {
        let rows = self.lines(words, language);
        match self.table.format {
            Format::Csv => csv_report(&rows),
            Format::Xlsx => workbook_report(&rows),
        }
    }

    /// Header and rows as texts, the problems last; an earlier report's column is left out.
    fn lines(&self, words: &Words, language: Language) -> Vec<Vec<String>> {
        let header = &self.table.header;
        let kept: Vec<usize> = (0..header.len()).filter(|column| !is_problem(&header[*column])).collect();
        let problems: HashMap<usize, String> = self
            .problems
            .iter()
            .map(|row| {
                let said = row.problems.iter().map(|problem| sentence(words, language, *problem));
                (row.row, said.collect::<Vec<_>>().join("; "))
            })
            .collect();
        let mut first: Vec<String> = kept.iter().map(|column| header[*column].clone()).collect();
        first.push(words.message(language, "directory-problem-column", std::iter::empty()));
        let mut lines = vec![first];
        for (place, cells) in self.table.rows.iter().enumerate() {
            let text = |column: &usize| cells.get(*column).map(|cell| cell.text.clone()).unwrap_or_default();
            let mut line: Vec<String> = kept.iter().map(text).collect();
            line.push(problems.get(&(place + 2)).cloned().unwrap_or_default());
            lines.push(line);
        }
        lines
    }
}

/// What is wrong, in words.
pub fn sentence(words: &Words, language: Language, problem: Problem) -> String {
    let field =
        words.message(language, &format!("directory-field-{}", field_key(problem.field)), std::iter::empty());
    let id = format!("directory-flaw-{}", flaw_key(problem.flaw));
    words.message(language, &id, std::iter::once(("field", WordArg::Key(&field))))
}

fn csv_report(lines: &[Vec<String>]) -> Result<Vec<u8>, ReportError> {
    // The mark makes spreadsheet programs read it as UTF-8.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    for line in lines {
        writer.write_record(line.iter().map(|text| guarded(text))).map_err(|_| ReportError)?;
    }
    writer.into_inner().map_err(|_| ReportError)
}

/// An apostrophe before what would be taken for a formula; reading takes it off again.
fn guarded(text: &str) -> String {
    if text.starts_with(DANGEROUS) { format!("'{text}") } else { text.to_owned() }
}

/// Every cell is a text, so nothing is computed.
fn workbook_report(lines: &[Vec<String>]) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (row, line) in (0_u32..).zip(lines) {
        for (column, text) in (0_u16..).zip(line) {
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

/// The word of a field in the catalogue.
pub const fn field_key(field: Field) -> &'static str {
    match field {
        Field::Code => "code",
        Field::Name => "name",
        Field::Duty => "duty",
        Field::Channel => "channel",
        Field::Branch => "branch",
        Field::TeamLeader => "team-leader",
        Field::Agency => "agency",
        Field::Capacity => "capacity",
        Field::Leave => "leave",
        Field::QualifiedFrom => "qualified-from",
        Field::QualifiedUntil => "qualified-until",
        Field::Active => "active",
        Field::CertificateKind => "certificate-kind",
        Field::CertificateNumber => "certificate-number",
        Field::Phones => "phones",
        Field::Address => "address",
    }
}

/// The word of a flaw in the catalogue.
pub const fn flaw_key(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Required => "required",
        Flaw::NotOfKind => "not-of-kind",
        Flaw::TooLong => "too-long",
        Flaw::Characters => "characters",
        Flaw::UnknownWord => "unknown-word",
        Flaw::NotDate => "not-date",
        Flaw::Order => "order",
        Flaw::NotNumber => "not-number",
        Flaw::NotPhone => "not-phone",
        Flaw::NotCertificate => "not-certificate",
        Flaw::Unusable => "unusable",
        Flaw::Formula => "formula",
        Flaw::LostDigits => "lost-digits",
        Flaw::Duplicate => "duplicate",
        Flaw::UnknownCode => "unknown-code",
    }
}
