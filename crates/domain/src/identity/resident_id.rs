//! The resident ID number (公民身份號碼): 18 characters of GB 11643-1999, or 15 digits of GB 11643-1989.
//!
//! `AAAAAA YYYYMMDD SSS C`: area of the first registration (GB/T 2260), birth date, sequence (odd for men, even for
//! women), check character of ISO 7064 MOD 11-2. The 15 digits have a year of two digits, always of the 1900s, and no
//! check character; such cards ceased to be valid in 2013, but the numbers live on in old contracts.
//!
//! Only the province of the area is judged: no public list holds every county code that stands on real cards, so that
//! [`super::check`] says what it knows of the county as advice. Areas 71,
//! 81 to 83 and 9x never stand on an identity card; residence permits and foreigners' cards carry some of them.

use std::fmt;

use chrono::{Datelike as _, NaiveDate};
use thiserror::Error;

use super::{
    codes,
    region::{self, Misfit},
};
use crate::{
    application::Sex,
    finding::{Arg, Code},
    personal::Personal,
    reading::Reading,
    shanghai,
    text::fold_number,
};

/// Oldest age that is believed, in whole years.
pub const MAX_AGE: i32 = 120;

/// Characters of GB 11643-1999.
pub(super) const LEN: usize = 18;
/// Digits of GB 11643-1989.
pub(super) const OLD_LEN: usize = 15;
/// Length of the area, which both standards begin with.
const AREA_LEN: usize = 6;
/// Weights of MOD 11-2: 2^(18 - i) mod 11 for place i from 1.
const WEIGHTS: [u32; LEN - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by the weighted sum mod 11.
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";

/// A resident ID number that passed every check. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentId {
    number: [u8; LEN],
    birth_date: NaiveDate,
    from_15: bool,
}

/// What is wrong with a resident ID number: the first of these that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ResidentIdError {
    /// Neither 18 nor 15 characters.
    #[error("{actual} characters instead of 18 or 15")]
    Length {
        /// Characters after normalisation.
        actual: usize,
    },
    /// A character that cannot stand at its place.
    #[error("no digit at place {position}")]
    Character {
        /// Its place, from 1.
        position: usize,
    },
    /// The first two digits are those of no province.
    #[error("no such province")]
    Province,
    /// The birth date is no day of the calendar.
    #[error("no such birth date")]
    Date,
    /// The birth date lies after the reference date.
    #[error("born in the future")]
    Future,
    /// More than [`MAX_AGE`] years old on the reference date.
    #[error("more than 120 years old")]
    Age,
    /// The check character does not belong to the other seventeen.
    #[error("wrong check character")]
    CheckCharacter,
}

impl ResidentId {
    /// The number with 18 characters.
    pub fn number(&self) -> &str {
        // Always ASCII: it is made of digits and X only.
        std::str::from_utf8(&self.number).unwrap_or_default()
    }

    /// The area of the first registration: six digits.
    pub fn area(&self) -> &str {
        self.number().get(..AREA_LEN).unwrap_or_default()
    }

    /// Whether both are the same number.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.number == other.number
    }

    /// The birth date in it.
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// The sex in it.
    pub const fn sex(&self) -> Sex {
        if self.number[LEN - 2] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Whether it was given with 15 digits.
    pub const fn from_15(&self) -> bool {
        self.from_15
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentId(<personal>)")
    }
}

/// Reads a resident ID number as it is plausible on the day `as_of` (Asia/Shanghai).
///
/// Normalised first: NFKC, no spaces, zero-width and direction marks, `x` in upper case. Look-alikes such as the
/// Cyrillic Kha or the multiplication sign stay and are found.
///
/// # Errors
/// The first [`ResidentIdError`] that applies, in the order of the enumeration.
pub fn parse(raw: &str, as_of: NaiveDate) -> Result<ResidentId, ResidentIdError> {
    read(raw, Some(as_of))
}

/// The number with 18 characters, if its structure is right; without regard to any date.
pub fn canonical(raw: &str) -> Option<String> {
    read(raw, None).ok().map(|id| id.number().to_owned())
}

fn read(raw: &str, as_of: Option<NaiveDate>) -> Result<ResidentId, ResidentIdError> {
    // As nearly every number is written: nothing to fold.
    if let Some(number) = eighteen(raw) {
        return judge(number, false, as_of);
    }
    let folded = fold_number(raw);
    let actual = folded.chars().count();
    let from_15 = actual == OLD_LEN;
    if !from_15 && actual != LEN {
        return Err(ResidentIdError::Length { actual });
    }
    // Every character of 18 that is no digit, X at the end excepted, ends here; so the rest is ASCII.
    let wrong = |(index, c): (usize, char)| !(c.is_ascii_digit() || c == 'X' && index == LEN - 1);
    if let Some(index) = folded.chars().enumerate().position(wrong) {
        return Err(ResidentIdError::Character { position: index + 1 });
    }
    let number = if from_15 { upgraded(folded.as_bytes()) } else { whole(folded.as_bytes()) }
        .ok_or(ResidentIdError::Length { actual })?;
    judge(number, from_15, as_of)
}

/// Judges 17 digits and a check character.
fn judge(number: [u8; LEN], from_15: bool, as_of: Option<NaiveDate>) -> Result<ResidentId, ResidentIdError> {
    if !is_province(number[0], number[1]) {
        return Err(ResidentIdError::Province);
    }
    let birth_date = birth_date(&number).ok_or(ResidentIdError::Date)?;
    if let Some(as_of) = as_of {
        if birth_date > as_of {
            return Err(ResidentIdError::Future);
        }
        if shanghai::age(birth_date, as_of) > MAX_AGE {
            return Err(ResidentIdError::Age);
        }
    }
    if check_character(&number) != number[LEN - 1] {
        return Err(ResidentIdError::CheckCharacter);
    }
    Ok(ResidentId { number, birth_date, from_15 })
}

/// The bytes of 17 digits and a check character.
pub(super) fn eighteen(number: &str) -> Option<[u8; LEN]> {
    let bytes = whole(number.as_bytes())?;
    let (last, digits) = bytes.split_last()?;
    let fits = digits.iter().all(u8::is_ascii_digit) && (last.is_ascii_digit() || *last == b'X');
    fits.then_some(bytes)
}

/// The bytes as a number of 18 characters, if there are so many.
fn whole(digits: &[u8]) -> Option<[u8; LEN]> {
    digits.try_into().ok()
}

/// The 18 characters of an old number: the century after the area, the check character at the end.
fn upgraded(digits: &[u8]) -> Option<[u8; LEN]> {
    let (area, rest) = digits.split_at_checked(AREA_LEN)?;
    let mut number = whole(&[area, b"19", rest, b"0"].concat())?;
    number[LEN - 1] = check_character(&number);
    Some(number)
}

/// The checks in the order in which [`parse`] makes them.
const CHECKS: [Code; 7] = [
    codes::ID_NUMBER_LENGTH,
    codes::ID_NUMBER_CHARACTER,
    codes::ID_NUMBER_PROVINCE,
    codes::ID_NUMBER_DATE,
    codes::ID_NUMBER_FUTURE,
    codes::ID_NUMBER_AGE,
    codes::ID_NUMBER_CHECK_CHARACTER,
];

/// What is said of the region once all of them have passed.
const ADVICE: [Code; 2] = [codes::REGION_CODE_UNKNOWN, codes::REGION_CODE_NOT_IN_FORCE];

/// A code with its arguments.
type Fault = (Code, Vec<(&'static str, Arg)>);

/// The code of the finding that an error is.
fn failure(error: ResidentIdError) -> Fault {
    let number = |count: usize| Arg::Number(u32::try_from(count).unwrap_or(u32::MAX));
    match error {
        ResidentIdError::Length { actual } => (codes::ID_NUMBER_LENGTH, vec![("length", number(actual))]),
        ResidentIdError::Character { position } => {
            (codes::ID_NUMBER_CHARACTER, vec![("position", number(position))])
        }
        ResidentIdError::Province => (codes::ID_NUMBER_PROVINCE, Vec::new()),
        ResidentIdError::Date => (codes::ID_NUMBER_DATE, Vec::new()),
        ResidentIdError::Future => (codes::ID_NUMBER_FUTURE, Vec::new()),
        ResidentIdError::Age => (codes::ID_NUMBER_AGE, vec![("limit", Arg::Number(MAX_AGE.unsigned_abs()))]),
        ResidentIdError::CheckCharacter => (codes::ID_NUMBER_CHECK_CHARACTER, Vec::new()),
    }
}

/// Reads a resident ID number with every check, the advice on its region last.
pub(super) fn fill(reading: &mut Reading, raw: &str, as_of: NaiveDate) {
    reading.checks.reserve(CHECKS.len() + ADVICE.len());
    match parse(raw, as_of) {
        Err(error) => {
            let fault = failure(error);
            for check in CHECKS.into_iter().take_while(|check| check.name != fault.0.name) {
                reading.pass(check);
            }
            reading.fail(fault.0, fault.1);
            reading.normalized = Some(Personal::new(fold_number(raw).into_owned()));
        }
        Ok(id) => {
            for check in CHECKS {
                reading.pass(check);
            }
            let advice = advice(&id);
            for check in ADVICE {
                match &advice {
                    Some((code, args)) if code.name == check.name => {
                        reading.fail(check, args.clone());
                        break;
                    }
                    _ => reading.pass(check),
                }
            }
            reading.region = Some(region::look_up(id.area()));
            reading.birth_date = Some(Personal::new(id.birth_date()));
            reading.sex = Some(id.sex());
            reading.normalized = Some(Personal::new(id.number().to_owned()));
        }
    }
}

/// What is wrong with a resident ID number as it was read, or the advice on its region; without what [`fill`] tells beside.
pub(super) fn fault(read: &Result<ResidentId, ResidentIdError>) -> Option<Fault> {
    match read {
        Err(error) => Some(failure(*error)),
        Ok(id) => advice(id),
    }
}

/// Whether the region is known and was in force in the year of birth.
fn advice(id: &ResidentId) -> Option<Fault> {
    let born = u16::try_from(id.birth_date().year()).unwrap_or_default();
    let year = |reason, year: u16| vec![("reason", Arg::Key(reason)), ("year", Arg::Number(year.into()))];
    Some(match region::misfit(id.area(), born)? {
        Misfit::Unknown => (codes::REGION_CODE_UNKNOWN, Vec::new()),
        Misfit::NotYet(first) => (codes::REGION_CODE_NOT_IN_FORCE, year("not-yet", first)),
        Misfit::NoLonger(last) => (codes::REGION_CODE_NOT_IN_FORCE, year("no-longer", last)),
    })
}

/// Provinces of GB/T 2260 that stand on identity cards.
pub(super) const fn is_province(first: u8, second: u8) -> bool {
    match first {
        b'1' | b'6' => second >= b'1' && second <= b'5',
        b'2' => second >= b'1' && second <= b'3',
        b'3' => second >= b'1' && second <= b'7',
        b'4' => second >= b'1' && second <= b'6',
        b'5' => second >= b'0' && second <= b'4',
        _ => false,
    }
}

/// The birth date at places 7 to 14, if it is a day of the calendar. Places 1 to 17 must be digits.
pub(super) fn birth_date(number: &[u8; LEN]) -> Option<NaiveDate> {
    let value = |from: usize, to: usize| {
        number[from..to].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    };
    NaiveDate::from_ymd_opt(i32::try_from(value(6, 10)).ok()?, value(10, 12), value(12, 14))
}

/// The check character of MOD 11-2 over the first seventeen, which must be digits.
pub(super) fn check_character(number: &[u8; LEN]) -> u8 {
    let sum: u32 = WEIGHTS.iter().zip(number).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}
