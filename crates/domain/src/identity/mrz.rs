//! The machine-readable zone of a passport (ICAO 9303 part 4, format TD3): two lines of 44 characters, given as one text
//! with a line break or a space between them or nothing.
//!
//! Second line: document number (1 to 9) with its check digit (10), nationality, birth date (14 to 19, 20), sex (21),
//! expiry date (22 to 27, 28), optional data (29 to 42, 43), and a composite digit (44) over 1-10, 14-20 and 22-43.

use chrono::NaiveDate;

use super::{
    check::{form, is_digits, outcome},
    codes, icao, short_date,
};
use crate::{application::Sex, finding::Arg, personal::Personal, reading::Reading};

/// Characters of a line.
const LINE: usize = 44;
/// Stands where nothing is written.
const FILLER: char = '<';
/// No passport number is so long: what is longer was meant as a zone.
const LONGEST_NUMBER: usize = 40;

/// Whether a folded number is meant as a machine-readable zone.
pub(super) fn looks_like(number: &str) -> bool {
    number.contains(FILLER) || number.len() > LONGEST_NUMBER
}

/// Reads a machine-readable zone.
pub(super) fn fill(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let second = second_line(number);
    form(reading, codes::MRZ, second.is_some());
    let Some(second) = second else { return };
    for (part, from, to) in [
        (codes::DOCUMENT_NUMBER, 0, 9),
        (codes::BIRTH_DATE, 13, 19),
        (codes::EXPIRY_DATE, 21, 27),
        (codes::OPTIONAL_DATA, 28, 42),
    ] {
        if !check_part(reading, part, second.get(from..to), second.get(to..=to)) {
            return;
        }
    }
    let whole = [0..10, 13..20, 21..43].map(|range| second.get(range).unwrap_or_default()).concat();
    if !check_part(reading, codes::COMPOSITE, Some(&whole), second.get(43..)) {
        return;
    }
    let born = second.get(13..19).unwrap_or_default();
    let birth = short_date::birth_date(born, as_of);
    // Parts of a birth date that nobody knows are filled; then it tells nothing.
    let unknown = born.contains(FILLER);
    if outcome(reading, codes::ID_NUMBER_DATE, birth.is_some() || unknown, Vec::new) {
        reading.birth_date = birth.map(Personal::new);
        reading.sex = match second.as_bytes().get(20) {
            Some(b'M') => Some(Sex::Male),
            Some(b'F') => Some(Sex::Female),
            _ => None,
        };
    }
}

/// The second line of a text that has the form of a zone.
fn second_line(number: &str) -> Option<&str> {
    let (first, second) = number.split_at_checked(LINE)?;
    let drawn = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'<');
    let expiry = second.get(21..27)?;
    let dated = short_date::is_day(expiry) || expiry.bytes().all(|b| b == b'<');
    let born = second.get(13..19)?.bytes().all(|b| b.is_ascii_digit() || b == b'<');
    let sexed = matches!(second.as_bytes().get(20), Some(b'M' | b'F' | b'<'));
    (first.starts_with('P') && second.len() == LINE && drawn(number) && dated && born && sexed)
        .then_some(second)
}

/// Checks a digit. That of optional data which is not there may be a filler.
fn check_part(reading: &mut Reading, part: &'static str, text: Option<&str>, digit: Option<&str>) -> bool {
    let text = text.unwrap_or_default();
    let empty = part == codes::OPTIONAL_DATA && text.bytes().all(|b| b == b'<');
    let expected = icao::check_digit(text.bytes());
    let given = digit.unwrap_or_default();
    let right = given.bytes().next() == expected && is_digits(given) || empty && given == "<";
    let args = || vec![("part", Arg::Key(part))];
    outcome(reading, codes::CERTIFICATE_NUMBER_CHECK_DIGIT, right, args)
}
