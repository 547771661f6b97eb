//! The Foreigner's Permanent Residence ID card (外國人永久居留身份證), new and old; both are in use.
//!
//! - Since December 2023 (GA 2102-2023): `9 PP CCC YYYYMMDD SSS C`, 18 characters: 9, the province that accepted the
//!   application, the nationality as ISO 3166-1 numeric, then as on a resident ID card.
//! - Before: `LLL AAAA YYMMDD N C`, 15 characters: the nationality as ISO 3166-1 alpha-3, four digits of the area, the
//!   birth date, a sequence digit, a check digit of ICAO 9303 over the first fourteen. It does not tell the sex.

use chrono::NaiveDate;

use super::{
    check::{form, is_digits, outcome},
    codes, country, icao, region,
    residence_permit::fill_eighteen,
    resident_id::{self, OLD_LEN, eighteen},
    short_date,
};
use crate::{finding::Arg, personal::Personal, reading::Reading};

/// Reads the number of a card, new or old.
pub(super) fn fill(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    if number.len() == OLD_LEN { fill_old(reading, number, as_of) } else { fill_new(reading, number, as_of) }
}

fn fill_new(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let parts = || {
        let bytes = eighteen(number)?;
        let province = bytes[0] == b'9' && resident_id::is_province(bytes[1], bytes[2]);
        let nationality = number.get(3..6).filter(|code| !country::is_chinese(code))?;
        province.then_some((bytes, nationality, number.get(1..3)?))
    };
    let parts = parts();
    form(reading, codes::FOREIGNER_PERMANENT_RESIDENCE, parts.is_some());
    let Some((bytes, nationality, province)) = parts else { return };
    fill_eighteen(reading, &bytes, as_of);
    reading.region = Some(region::look_up(&format!("{province}0000")));
    // Stateless persons have no ISO code, and what stands there instead is not published.
    outcome(reading, codes::CERTIFICATE_NUMBER_UNUSUAL, country::is_numeric(nationality), Vec::new);
}

fn fill_old(reading: &mut Reading, number: &str, as_of: NaiveDate) {
    let parts = || {
        let (nationality, digits) = number.split_at_checked(3)?;
        let known = country::is_alpha_3(nationality) && !country::is_chinese(nationality);
        (known && is_digits(digits)).then_some((number.get(3..7)?, number.get(7..13)?))
    };
    let parts = parts();
    form(reading, codes::FOREIGNER_PERMANENT_RESIDENCE, parts.is_some());
    let Some((area, born)) = parts else { return };
    let birth = short_date::birth_date(born, as_of);
    let digit = icao::check_digit(number.bytes().take(OLD_LEN - 1));
    let right = digit == number.bytes().last();
    let card = || vec![("part", Arg::Key(codes::CARD))];
    let passed = outcome(reading, codes::ID_NUMBER_DATE, birth.is_some(), Vec::new)
        && outcome(reading, codes::CERTIFICATE_NUMBER_CHECK_DIGIT, right, card);
    reading.region = Some(region::look_up(&format!("{area}00")));
    reading.birth_date = birth.filter(|_| passed).map(Personal::new);
}
