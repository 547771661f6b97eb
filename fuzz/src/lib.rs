//! Fuzz targets of the rules. libFuzzer feeds bytes, and a broken promise of `crates/domain` is a panic.
//!
//! Run by `./dev fuzz [TARGET] [SECONDS]`. To add a target: a file in `fuzz_targets/`, its `[[bin]]` in `Cargo.toml`, and
//! its name in the table `FUZZ_TARGETS` of `./dev`. `words.dict` holds what the fuzzer would not guess.

use chrono::NaiveDate;
use zhenshi_domain::reading::Reading;

/// A reference day, as good as any other; it is fixed, so that a finding can be repeated.
///
/// # Panics
/// Never.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")
}

/// A number to choose with, and the rest as a text: what is no UTF-8 becomes replacement characters.
pub fn choice_and_text(data: &[u8]) -> (usize, String) {
    let (choice, rest) = data.split_first().map_or((0, data), |(choice, rest)| (usize::from(*choice), rest));
    (choice, String::from_utf8_lossy(rest).into_owned())
}

/// Names of the failed checks, in their order.
pub fn failed(reading: &Reading) -> Vec<&'static str> {
    reading.failures().map(|check| check.code.name).collect()
}

/// The normal form is its own normal form, and it is judged as the text was.
///
/// # Panics
/// If it is not.
pub fn assert_settled(reading: &Reading, again: impl Fn(&str) -> Reading) {
    let Some(normalized) = &reading.normalized else { return };
    let second = again(normalized.expose());
    assert_eq!(
        second.normalized.as_ref().map(|text| text.expose().as_str()),
        Some(normalized.expose().as_str()),
        "the normal form has another normal form"
    );
    assert_eq!(failed(&second), failed(reading), "the normal form {normalized:?} is judged otherwise");
}
