//! Residence permits for Hong Kong, Macau and Taiwan residents (港澳居民居住證、臺灣居民居住證; 國辦發〔2018〕81號, article 3): 18
//! characters built like the resident ID number, the area exactly 810000, 820000 or 830000.

use chrono::NaiveDate;

use super::{
    check::{form, outcome},
    codes, region,
    resident_id::{self, LEN, MAX_AGE, eighteen},
};
use crate::{application::Sex, finding::Arg, personal::Personal, reading::Reading, shanghai};

/// Areas of Hong Kong and of Macau.
const HK_MACAU: [&str; 2] = ["810000", "820000"];
/// Area of Taiwan; 710000, its code in GB/T 2260, stands on no card.
const TAIWAN: [&str; 1] = ["830000"];

/// Reads the number of a permit for Hong Kong or Macau residents.
pub(super) fn fill_hk_macau(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let fits = HK_MACAU.iter().any(|area| number.starts_with(area));
    fill(reading, number, fits, codes::HK_MACAU_RESIDENCE_PERMIT, as_of);
}

/// Reads the number of a permit for Taiwan residents.
pub(super) fn fill_taiwan(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let fits = TAIWAN.iter().any(|area| number.starts_with(area));
    fill(reading, number, fits, codes::TAIWAN_RESIDENCE_PERMIT, as_of);
}

fn fill(reading: &mut Reading, number: &str, area_fits: bool, kind: &'static str, as_of: NaiveDate) {
    let digits = eighteen(number).filter(|_| area_fits);
    form(reading, kind, digits.is_some());
    if let Some(digits) = digits {
        fill_eighteen(reading, &digits, as_of);
        reading.region = number.get(..6).map(region::look_up);
    }
}

/// The checks that every number of 18 characters has, whatever its first six digits mean: the birth date, its
/// plausibility, MOD 11-2. Tells birth date and sex if all pass.
pub(super) fn fill_eighteen(reading: &mut Reading, number: &[u8; LEN], as_of: NaiveDate) {
    let Some(birth) = resident_id::birth_date(number) else {
        reading.fail(codes::ID_NUMBER_DATE, Vec::new());
        return;
    };
    reading.pass(codes::ID_NUMBER_DATE);
    let limit = || vec![("limit", Arg::Number(MAX_AGE.unsigned_abs()))];
    let right = resident_id::check_character(number) == number[LEN - 1];
    let passed = outcome(reading, codes::ID_NUMBER_FUTURE, birth <= as_of, Vec::new)
        && outcome(reading, codes::ID_NUMBER_AGE, shanghai::age(birth, as_of) <= MAX_AGE, limit)
        && outcome(reading, codes::ID_NUMBER_CHECK_CHARACTER, right, Vec::new);
    if passed {
        reading.birth_date = Some(Personal::new(birth));
        reading.sex = Some(if number[LEN - 2] % 2 == 1 { Sex::Male } else { Sex::Female });
    }
}
