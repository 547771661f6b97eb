//! How much of an address is there. A missing part is advice; an address that leads nowhere blocks.

use super::{
    codes::{
        ADDRESS_INCOMPLETE, ADDRESS_UNUSABLE, CITY, DAMAGED, DETAIL, DISTRICT, NO_REGION, NUMBER, PROVINCE,
        REGION_ONLY,
    },
    fingerprint_form,
    parts::Parts,
    written,
};
use crate::{
    application::Address,
    contact::placeholder,
    finding::{Arg, Code},
    personal::Personal,
    reading::Reading,
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::{fold_words, is_blank, is_usual_han, until_stable},
};

/// Fewest characters of a detail.
const MIN_DETAIL: usize = 4;
/// Words that say where in the country, without a number.
const VILLAGES: [char; 10] = ['村', '庄', '莊', '屯', '寨', '围', '組', '组', '社', '队'];
/// Numbers that are written as words.
const NUMERALS: [char; 12] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '〇', '两'];
/// What no whole address ends with.
const VAGUE_ENDS: [&str; 9] = ["附近", "对面", "對面", "旁边", "旁邊", "路", "街", "大道", "巷"];

/// Reads an address: its normal form (as it is compared) and every check.
pub fn check(address: &Address) -> Reading {
    read(address, Reading::default())
}

/// The failed checks of [`check`], for judging.
pub fn faults(address: &Address) -> Reading {
    read(address, Reading::of_faults())
}

fn read(address: &Address, mut reading: Reading) -> Reading {
    let Some(written) = written(address).filter(|text| !is_blank(text)) else {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    };
    if placeholder::is_placeholder_address(written) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    reading.pass(FIELD_PLACEHOLDER);
    reading.normalize(|| normal_form(address));
    let parts = Parts::of(address);
    if let Some(reason) = unusable(&fold_words(written), &parts) {
        fail(&mut reading, ADDRESS_UNUSABLE, "reason", reason);
        return reading;
    }
    reading.pass(ADDRESS_UNUSABLE);
    let missing = [
        (parts.province, PROVINCE),
        (parts.city, CITY),
        (parts.district, DISTRICT),
        (is_detailed(&parts.detail), DETAIL),
    ];
    for (_, part) in missing.iter().filter(|(there, _)| !there) {
        fail(&mut reading, ADDRESS_INCOMPLETE, "missing", part);
    }
    if missing.iter().all(|(there, _)| *there) {
        reading.pass(ADDRESS_INCOMPLETE);
    }
    reading
}

/// The form of the address, folded until it stays: without its spaces a text can combine to other characters, or turn
/// out to be a placeholder, which has no form.
fn normal_form(address: &Address) -> Option<String> {
    let again = |text: &str| {
        let address = Address { text: Personal::new(text.to_owned()), ..Address::default() };
        fingerprint_form(&address).unwrap_or_default()
    };
    let form = until_stable(&fingerprint_form(address)?, again);
    Some(form).filter(|form| !form.is_empty() && !placeholder::is_placeholder_address(form))
}

fn fail(reading: &mut Reading, code: Code, name: &'static str, key: &'static str) {
    reading.fail(code, vec![(name, Arg::Key(key))]);
}

fn unusable(written: &str, parts: &Parts) -> Option<&'static str> {
    if written.chars().any(|c| matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')) {
        return Some(DAMAGED);
    }
    if !written.chars().any(|c| is_usual_han(c) || c.is_alphabetic()) {
        return Some(NUMBER);
    }
    if !(parts.province || parts.city || parts.district) {
        // An address abroad is written in letters, by other rules.
        let abroad = !written.chars().any(crate::text::is_han);
        return (!abroad).then_some(NO_REGION);
    }
    parts.detail.is_empty().then_some(REGION_ONLY)
}

fn is_detailed(detail: &str) -> bool {
    let located = detail.bytes().any(|b| b.is_ascii_digit())
        || detail.chars().any(|c| c.is_numeric() || NUMERALS.contains(&c) || VILLAGES.contains(&c));
    located && detail.chars().count() >= MIN_DETAIL && !VAGUE_ENDS.iter().any(|end| detail.ends_with(end))
}
