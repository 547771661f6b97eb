//! The machine-readable zone of a passport (ICAO 9303 part 4, format TD3: two lines of 44 characters) or of a passport card
//! (part 5, format TD1: three lines of 30), given as one text with line breaks or spaces between the lines or nothing.
//!
//! - TD3, second line: document number (1 to 9) with its check digit (10), nationality, birth date (14 to 19, 20), sex
//!   (21), expiry date (22 to 27, 28), optional data (29 to 42, 43), and a composite digit (44) over 1-10, 14-20 and 22-43.
//! - TD1, first line: document number (6 to 14, 15), which can go on in the optional data behind a filler (16 to 30); second
//!   line: birth date (1 to 6, 7), sex (8), expiry date (9 to 14, 15), nationality, optional data, and a composite digit
//!   (30) over 6-30 of the first line and 1-7, 9-15 and 19-29 of the second.

use chrono::NaiveDate;

use super::{
    check::{form, is_digits, outcome},
    codes, icao, short_date,
};
use crate::{application::Sex, finding::Arg, personal::Personal, reading::Reading, text::fold_number};

/// Characters of a line of TD3.
const LINE: usize = 44;
/// Characters of a line of TD1.
const CARD_LINE: usize = 30;
/// Characters of a TD3 zone.
const BOOKLET: usize = 2 * LINE;
/// Characters of the longest zone, without what stands between its lines.
pub(crate) const LONGEST: usize = 3 * CARD_LINE;
/// Stands where nothing is written.
const FILLER: char = '<';
/// No passport number is so long: what is longer was meant as a zone.
const LONGEST_NUMBER: usize = 40;

/// A text with its check digit.
struct Guarded {
    part: &'static str,
    text: String,
    digit: String,
}

/// A text that has the form of a zone.
struct Zone {
    /// Document number, birth date, expiry date, optional data if they have a digit, composite: in this order.
    guarded: Vec<Guarded>,
    born: String,
    sex: u8,
}

/// Whether a folded number is meant as a machine-readable zone.
pub(crate) fn looks_like(number: &str) -> bool {
    number.contains(FILLER) || number.len() > LONGEST_NUMBER
}

/// The document number in a machine-readable zone, if the text is one and the number's check digit is right.
pub(super) fn document_number(raw: &str) -> Option<String> {
    let folded = fold_number(raw);
    let zone = Zone::read(&folded)?;
    let number = zone.guarded.first()?;
    let bare = number.text.trim_end_matches(FILLER);
    let whole = !bare.is_empty() && !bare.contains(FILLER) && number.is_right();
    whole.then(|| bare.to_owned())
}

/// Reads a machine-readable zone.
pub(super) fn fill(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let zone = Zone::read(number);
    form(reading, codes::MRZ, zone.is_some());
    let Some(Zone { guarded, born, sex }) = zone else { return };
    for guarded in guarded {
        let args = || vec![("part", Arg::Key(guarded.part))];
        if !outcome(reading, codes::CERTIFICATE_NUMBER_CHECK_DIGIT, guarded.is_right(), args) {
            return;
        }
    }
    let birth = short_date::birth_date(&born, as_of);
    // Parts of a birth date that nobody knows are filled; then it tells nothing.
    let unknown = born.contains(FILLER);
    if outcome(reading, codes::ID_NUMBER_DATE, birth.is_some() || unknown, Vec::new) {
        reading.birth_date = birth.map(Personal::new);
        reading.sex = match sex {
            b'M' => Some(Sex::Male),
            b'F' => Some(Sex::Female),
            _ => None,
        };
    }
}

impl Guarded {
    fn new(part: &'static str, text: impl Into<String>, digit: &str) -> Self {
        Self { part, text: text.into(), digit: digit.to_owned() }
    }

    /// Whether the digit belongs to the text. That of optional data which is not there may be a filler.
    fn is_right(&self) -> bool {
        let empty = self.part == codes::OPTIONAL_DATA && self.text.bytes().all(|b| b == b'<');
        let expected = icao::check_digit(self.text.bytes());
        let given = self.digit.bytes().next();
        given.is_some() && given == expected && is_digits(&self.digit) || empty && self.digit == "<"
    }
}

impl Zone {
    /// The zone in a folded text; `None` if it has the form of none.
    fn read(number: &str) -> Option<Self> {
        let drawn = number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'<');
        let zone = match number.len() {
            _ if !drawn => None,
            BOOKLET => Self::booklet(number),
            LONGEST => Self::card(number),
            _ => None,
        }?;
        let expiry = &zone.guarded.get(2)?.text;
        let dated = short_date::is_day(expiry) || expiry.bytes().all(|b| b == b'<');
        let born = zone.born.bytes().all(|b| b.is_ascii_digit() || b == b'<');
        let sexed = matches!(zone.sex, b'M' | b'F' | b'<');
        (dated && born && sexed).then_some(zone)
    }

    /// TD3.
    fn booklet(number: &str) -> Option<Self> {
        let (first, second) = number.split_at_checked(LINE)?;
        let part = |from: usize, to: usize| second.get(from..to);
        let guarded = vec![
            Guarded::new(codes::DOCUMENT_NUMBER, part(0, 9)?, part(9, 10)?),
            Guarded::new(codes::BIRTH_DATE, part(13, 19)?, part(19, 20)?),
            Guarded::new(codes::EXPIRY_DATE, part(21, 27)?, part(27, 28)?),
            Guarded::new(codes::OPTIONAL_DATA, part(28, 42)?, part(42, 43)?),
            Guarded::new(
                codes::COMPOSITE,
                [part(0, 10)?, part(13, 20)?, part(21, 43)?].concat(),
                part(43, 44)?,
            ),
        ];
        let zone = Self { guarded, born: part(13, 19)?.to_owned(), sex: *second.as_bytes().get(20)? };
        first.starts_with('P').then_some(zone)
    }

    /// TD1.
    fn card(number: &str) -> Option<Self> {
        let (first, rest) = number.split_at_checked(CARD_LINE)?;
        let second = rest.get(..CARD_LINE)?;
        let part = |from: usize, to: usize| second.get(from..to);
        let whole = [first.get(5..30)?, part(0, 7)?, part(8, 15)?, part(18, 29)?].concat();
        let guarded = vec![
            Self::card_number(first)?,
            Guarded::new(codes::BIRTH_DATE, part(0, 6)?, part(6, 7)?),
            Guarded::new(codes::EXPIRY_DATE, part(8, 14)?, part(14, 15)?),
            Guarded::new(codes::COMPOSITE, whole, part(29, 30)?),
        ];
        let zone = Self { guarded, born: part(0, 6)?.to_owned(), sex: *second.as_bytes().get(7)? };
        first.starts_with(['A', 'C', 'I', 'P']).then_some(zone)
    }

    /// The document number of TD1; one of more than nine characters goes on behind a filler, its check digit last.
    fn card_number(first: &str) -> Option<Guarded> {
        let (start, digit, optional) = (first.get(5..14)?, first.get(14..15)?, first.get(15..30)?);
        let more = optional.split(FILLER).next().filter(|more| digit == "<" && more.len() > 1);
        Some(match more {
            Some(more) => {
                let (more, digit) = more.split_at_checked(more.len() - 1)?;
                Guarded::new(codes::DOCUMENT_NUMBER, format!("{start}{more}"), digit)
            }
            None => Guarded::new(codes::DOCUMENT_NUMBER, start, digit),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of ICAO 9303 part 4, appendix B, and part 5, appendix B.
    const BOOKLET: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const CARD: &str =
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    fn failed(zone: &str) -> Vec<&'static str> {
        let mut reading = Reading::default();
        fill(&mut reading, &fold_number(zone), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        reading.failures().map(|check| check.code.name).collect()
    }

    #[test]
    fn published_zones_are_right_and_name_their_document() {
        for (zone, number) in [(BOOKLET, "L898902C3"), (CARD, "D23145890")] {
            assert!(failed(zone).is_empty(), "{:?}", failed(zone));
            assert_eq!(document_number(zone).as_deref(), Some(number));
            assert_eq!(document_number(&zone.replace('\n', " ")).as_deref(), Some(number));
        }
        // A number of ten characters: the ninth is followed by a filler.
        let long = "I<UTOD23145890<7349<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<";
        let composite = icao::check_digit(
            [&long[5..30], &long[30..37], &long[38..45], &long[48..59]].concat().into_bytes(),
        );
        let long = format!("{long}{}ERIKSSON<<ANNA<MARIA<<<<<<<<<<", char::from(composite.unwrap()));
        assert_eq!(document_number(&long).as_deref(), Some("D23145890734"));
    }

    #[test]
    fn every_changed_digit_is_found() {
        for zone in [BOOKLET, CARD] {
            let folded = fold_number(zone).into_owned();
            let second = if zone == BOOKLET { LINE..2 * LINE } else { CARD_LINE..CARD_LINE + 15 };
            for place in second.filter(|place| folded.as_bytes()[*place].is_ascii_digit()) {
                let digit = if folded.as_bytes()[place] == b'9' { "0" } else { "9" };
                let mut changed = folded.clone();
                changed.replace_range(place..=place, digit);
                assert!(!failed(&changed).is_empty(), "{place}");
            }
        }
    }

    #[test]
    fn what_is_no_zone_names_no_document() {
        let first_line = &BOOKLET[..44];
        for text in ["", "<", "E12345678", "é<", first_line, &BOOKLET.replace("L898902C36", "L898902C37")] {
            assert_eq!(document_number(text), None, "{text}");
        }
    }
}
