//! Resident ID numbers, all made up: three of four right, the others wrong in their date, check character or a letter, so
//! that no side can stop at the same place every time. All have 18 characters, which is all that `id-card` reads.

use chrono::{Datelike as _, Days, NaiveDate};
use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

/// How many there are.
const NUMBERS: usize = 4096;
/// Days from 1930 on in which people are born: up to 2024.
const BIRTH_DAYS: u64 = 34_333;
/// Areas that every list has.
const AREAS: [&str; 8] = ["110101", "310104", "440103", "510104", "330106", "210102", "420102", "610103"];
/// Always the same numbers.
const SEED: u64 = 11_643;

/// The numbers.
pub(crate) fn numbers() -> Option<Vec<String>> {
    let mut luck = ChaCha8Rng::seed_from_u64(SEED);
    let first = NaiveDate::from_ymd_opt(1930, 1, 1)?;
    (0..NUMBERS).map(|place| number(&mut luck, first, place)).collect()
}

fn number(luck: &mut ChaCha8Rng, first: NaiveDate, place: usize) -> Option<String> {
    let born = first.checked_add_days(Days::new(luck.random_range(0..BIRTH_DAYS)))?;
    // One of twelve has a month that does not exist.
    let month = if place.is_multiple_of(12) { 13 } else { born.month() };
    let body = format!(
        "{}{:04}{month:02}{:02}{:03}",
        AREAS.choose(luck)?,
        born.year(),
        born.day(),
        luck.random_range(1..1000)
    );
    let value =
        body.bytes().fold(0_i64, |value, digit| (value * 13 + i64::from(digit.wrapping_sub(b'0'))) % 11);
    let mut check = (1 - 2 * value).rem_euclid(11);
    if place % 12 == 4 {
        check = (check + 1) % 11;
    }
    let number = if check == 10 { body + "X" } else { format!("{body}{check}") };
    Some(if place % 12 == 8 { number.replacen('0', "O", 1) } else { number })
}
