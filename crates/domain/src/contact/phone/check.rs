//! Whether a telephone can be a person's. What is right is said by the tables of [`super::series`]; foreign numbers by
//! [`super::foreign`].

use super::{
    LONG_AREA, PhoneForm, SHORT_AREA,
    area::{self, Local},
    codes::{
        AREA_CODE, AREA_LENGTH, CHARACTERS, DATA_CARD, EMERGENCY, FOREIGN, HOTLINE, LENGTH, MACHINE,
        PHONE_FORMAT, PHONE_NOT_PERSONAL, PHONE_UNASSIGNED, PHONE_UNUSUAL, SATELLITE, SERVICE,
    },
    fingerprint_form,
    foreign::{self, Foreign},
    is_fixed, is_mobile, is_plain_mobile,
    series::{Series, series},
};
use crate::{
    contact::placeholder,
    finding::{Arg, Code},
    reading::Reading,
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::is_blank,
};

/// Digits of the numbers of machines.
const MACHINE_LEN: usize = 13;
/// Digits of a 400 or 800 number.
const HOTLINE_LEN: usize = 10;
/// Digits of a long local number.
const EIGHT: usize = 8;
/// Digits of the longest service number (12345 with an area code's rest, 10086123).
const MAX_SERVICE_LEN: usize = 8;
/// What stands before the extension in the normal form.
const EXTENSION: &str = " ext ";

/// Reads a telephone: its normal form (`13827359461`, `010-65529988 ext 123`, `+85291234567`) and every check.
pub fn check(raw: &str) -> Reading {
    read(raw, Reading::default())
}

/// The failed checks of [`check`], for judging.
pub fn faults(raw: &str) -> Reading {
    read(raw, Reading::of_faults())
}

fn read(raw: &str, mut reading: Reading) -> Reading {
    if is_blank(raw) {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    }
    if is_plain_mobile(raw) {
        reading.normalize(|| Some(raw.to_owned()));
        if placeholder::is_filling(raw) {
            reading.fail(FIELD_PLACEHOLDER, Vec::new());
            return reading;
        }
        reading.pass(FIELD_PLACEHOLDER);
        check_mobile(raw, &mut reading);
        return reading;
    }
    let form = fingerprint_form(raw);
    reading.normalize(|| form.as_ref().map(normal_form));
    if placeholder::is_placeholder_number(raw) || form.as_ref().is_some_and(placeholder::rings_nowhere) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    reading.pass(FIELD_PLACEHOLDER);
    let Some(form) = form else {
        fail(&mut reading, PHONE_FORMAT, CHARACTERS);
        return reading;
    };
    match form.number.strip_prefix("+86") {
        Some(national) if is_mobile(national) => check_mobile(national, &mut reading),
        Some(national) if is_fixed(&format!("0{national}")) => {
            check_fixed(&format!("0{national}"), &mut reading);
        }
        Some(national) => check_rest(national, &mut reading),
        None if form.number.starts_with('+') => check_foreign(&form.number, &mut reading),
        None => check_rest(&form.number, &mut reading),
    }
    reading
}

fn fail(reading: &mut Reading, code: Code, reason: &'static str) {
    reading.fail(code, vec![("reason", Arg::Key(reason))]);
}

fn normal_form(form: &PhoneForm) -> String {
    let mut text = match form.number.strip_prefix("+86") {
        Some(mobile) if is_mobile(mobile) => mobile.to_owned(),
        Some(national) if is_fixed(&format!("0{national}")) => hyphenated(&format!("0{national}")),
        _ => form.number.clone(),
    };
    if let Some(extension) = &form.extension {
        text.push_str(EXTENSION);
        text.push_str(extension);
    }
    text
}

fn hyphenated(digits: &str) -> String {
    match digits.split_at_checked(area_len(digits)) {
        Some((area, local)) if !local.is_empty() => format!("{area}-{local}"),
        _ => digits.to_owned(),
    }
}

fn area_len(digits: &str) -> usize {
    if digits.starts_with("01") || digits.starts_with("02") { SHORT_AREA } else { LONG_AREA }
}

fn check_mobile(digits: &str, reading: &mut Reading) {
    reading.pass(PHONE_FORMAT);
    let series = series(digits);
    if series == Series::Unassigned {
        return reading.fail(PHONE_UNASSIGNED, Vec::new());
    }
    reading.pass(PHONE_UNASSIGNED);
    if series == Series::Machine {
        return fail(reading, PHONE_NOT_PERSONAL, MACHINE);
    }
    reading.pass(PHONE_NOT_PERSONAL);
    match series {
        Series::Satellite => fail(reading, PHONE_UNUSUAL, SATELLITE),
        Series::Emergency => fail(reading, PHONE_UNUSUAL, EMERGENCY),
        Series::DataCard => fail(reading, PHONE_UNUSUAL, DATA_CARD),
        Series::Open | Series::Machine | Series::Unassigned => reading.pass(PHONE_UNUSUAL),
    }
}

/// `digits` have passed the looser test of the fingerprint form: an area code that can be, and seven or eight digits.
fn check_fixed(digits: &str, reading: &mut Reading) {
    let Some((area, local)) = digits.split_at_checked(area_len(digits)) else {
        return fail(reading, PHONE_FORMAT, LENGTH);
    };
    let Some(length) = area::local(area) else {
        // A hotline with a 0 before it, such as 0400-…, is still a hotline.
        let hotline = is_hotline(digits.trim_start_matches('0'));
        return if hotline { not_personal(reading, HOTLINE) } else { fail(reading, PHONE_FORMAT, AREA_CODE) };
    };
    // 95xxx and 96xxx behind an area code are services as much as without one.
    if local.starts_with('9') {
        return not_personal(reading, SERVICE);
    }
    if length == Local::Eight && local.len() != EIGHT {
        return fail(reading, PHONE_FORMAT, LENGTH);
    }
    reading.pass(PHONE_FORMAT);
    reading.pass(PHONE_NOT_PERSONAL);
    // The rest of the country goes over to eight digits, city by city: advice, because a list can be behind.
    if length == Local::Seven && local.len() == EIGHT {
        fail(reading, PHONE_UNUSUAL, AREA_LENGTH);
    } else {
        reading.pass(PHONE_UNUSUAL);
    }
}

fn not_personal(reading: &mut Reading, reason: &'static str) {
    reading.pass(PHONE_FORMAT);
    fail(reading, PHONE_NOT_PERSONAL, reason);
}

fn is_hotline(bare: &str) -> bool {
    bare.len() == HOTLINE_LEN && (bare.starts_with("400") || bare.starts_with("800"))
}

fn check_foreign(number: &str, reading: &mut Reading) {
    match foreign::look(number) {
        Foreign::No => return fail(reading, PHONE_FORMAT, FOREIGN),
        Foreign::Service => fail(reading, PHONE_NOT_PERSONAL, HOTLINE),
        Foreign::Personal => reading.pass(PHONE_NOT_PERSONAL),
    }
    reading.pass(PHONE_FORMAT);
}

/// Digits that are no whole number: what they were meant to be decides the reason.
fn check_rest(digits: &str, reading: &mut Reading) {
    let len = digits.len();
    // Behind an area code or a trunk 0 the number is what it was.
    let bare = digits.trim_start_matches('0');
    if len == MACHINE_LEN && series(digits) == Series::Machine {
        return not_personal(reading, MACHINE);
    }
    if is_hotline(bare) {
        return not_personal(reading, HOTLINE);
    }
    if is_service(bare) {
        return not_personal(reading, SERVICE);
    }
    let begins_local = matches!(bare.as_bytes().first(), Some(b'2'..=b'8'));
    let reason = match digits.as_bytes() {
        [b'0', b'2', b'6', ..] | [b'0', b'1', b'1'..=b'9', ..] if len > MAX_SERVICE_LEN => AREA_CODE,
        [b'0', ..] => LENGTH,
        _ if begins_local && (7..=8).contains(&len) => AREA_CODE,
        _ => LENGTH,
    };
    fail(reading, PHONE_FORMAT, reason);
}

/// 95xxx to 95xxxxxx, 96xxx, 10xxx, 11x, 12x, 12xxx.
fn is_service(digits: &str) -> bool {
    match digits.as_bytes() {
        [b'9', b'5' | b'6', ..] | [b'1', b'0', ..] => (5..=MAX_SERVICE_LEN).contains(&digits.len()),
        [b'1', b'1' | b'2', ..] => (3..=MAX_SERVICE_LEN).contains(&digits.len()),
        _ => false,
    }
}
