//! Whether a text can be the number of a bank account of the stated kind.
//!
//! A card is what is declared as one, whatever it begins with: of 1,698 published issuer numbers 22 % do not begin with
//! 62. Of undeclared numbers only those with [`CARD_PREFIXES`] are judged as cards. Passbooks and corporate accounts
//! have no check digit that all banks share.

use super::{
    codes::{
        ACCOUNT_CHECK_DIGIT, ACCOUNT_DAMAGED, ACCOUNT_FORMAT, ACCOUNT_KIND_DOUBTFUL, CHARACTERS, LENGTH,
        MASKED, SCIENTIFIC, ZEROS,
    },
    fingerprint_form,
};
use crate::{
    application::AccountKind,
    contact::placeholder,
    finding::{Arg, Code},
    reading::Reading,
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::{fold_number, is_blank},
};

/// Digits of a card (ISO/IEC 7812-1; in China 16 to 19, some older ones 15).
const CARD_LEN: std::ops::RangeInclusive<usize> = 15..=19;
/// Digits of an undeclared card.
const USUAL_CARD_LEN: std::ops::RangeInclusive<usize> = 16..=19;
/// Digits of any other account.
const ACCOUNT_LEN: std::ops::RangeInclusive<usize> = 8..=32;
/// What only cards begin with: the own range of 銀聯, and the older cards of the Industrial and Commercial Bank.
const CARD_PREFIXES: [&str; 2] = ["62", "9558"];
/// A spreadsheet keeps so many digits.
const SPREADSHEET_DIGITS: usize = 15;
/// So many zeros after them are no chance, even if the check digit happens to be right.
const CARD_ZEROS: usize = 3;
/// The same for accounts, whose serial numbers may well end in zeros.
const ACCOUNT_ZEROS: usize = 4;
/// Most letters before the digits: `NRA`, `OSA`, `FTN` (accounts of non-residents and free-trade zones).
const MAX_LETTERS: usize = 3;

/// Reads the number of an account: its normal form and every check.
pub fn check(kind: Option<AccountKind>, raw: &str) -> Reading {
    read(kind, raw, Reading::default())
}

/// The failed checks of [`check`], for judging.
pub fn faults(kind: Option<AccountKind>, raw: &str) -> Reading {
    read(kind, raw, Reading::of_faults())
}

fn read(kind: Option<AccountKind>, raw: &str, mut reading: Reading) -> Reading {
    if is_blank(raw) {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    }
    if placeholder::is_placeholder_account(raw) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    reading.pass(FIELD_PLACEHOLDER);
    if raw.bytes().all(|b| b.is_ascii_digit()) {
        // As most systems write most accounts: the text is its own form.
        judge(kind, raw, &mut reading);
        reading.normalize(|| Some(raw.to_owned()));
        return reading;
    }
    if let Some(reason) = visible_damage(raw) {
        fail(&mut reading, ACCOUNT_DAMAGED, reason);
        return reading;
    }
    let Some(number) = fingerprint_form(raw) else {
        fail(&mut reading, ACCOUNT_FORMAT, CHARACTERS);
        return reading;
    };
    judge(kind, &number, &mut reading);
    // Without its hyphens a text can turn out to be damaged or a placeholder (`0E-0`): such a form is none.
    let is_form = || visible_damage(&number).is_none() && !placeholder::is_placeholder_account(&number);
    reading.normalize(|| is_form().then(|| number.clone()));
    reading
}

fn fail(reading: &mut Reading, code: Code, reason: &'static str) {
    reading.fail(code, vec![("reason", Arg::Key(reason))]);
}

fn judge(kind: Option<AccountKind>, number: &str, reading: &mut Reading) {
    let is_card = match kind {
        Some(AccountKind::Card) => true,
        Some(AccountKind::Passbook | AccountKind::Corporate) => false,
        None => CARD_PREFIXES.iter().any(|prefix| number.starts_with(prefix)),
    };
    let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = number.len() - digits.len();
    if letters > if is_card { 0 } else { MAX_LETTERS } || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return fail(reading, ACCOUNT_FORMAT, CHARACTERS);
    }
    let lengths = match (is_card, kind) {
        (true, Some(_)) => CARD_LEN,
        (true, None) => USUAL_CARD_LEN,
        (false, _) => ACCOUNT_LEN,
    };
    if !lengths.contains(&number.len()) {
        return fail(reading, ACCOUNT_FORMAT, LENGTH);
    }
    reading.pass(ACCOUNT_FORMAT);
    let luhn = is_luhn(digits);
    let zeros = zeros_after_spreadsheet(digits);
    if zeros >= if is_card { CARD_ZEROS } else { ACCOUNT_ZEROS } || is_card && zeros > 0 && !luhn {
        return fail(reading, ACCOUNT_DAMAGED, ZEROS);
    }
    reading.pass(ACCOUNT_DAMAGED);
    match (is_card, luhn) {
        (true, true) => reading.pass(ACCOUNT_CHECK_DIGIT),
        (true, false) => reading.fail(ACCOUNT_CHECK_DIGIT, Vec::new()),
        // Nothing was declared, and it could be a card.
        (false, false) if kind.is_none() && letters == 0 && USUAL_CARD_LEN.contains(&digits.len()) => {
            reading.fail(ACCOUNT_KIND_DOUBTFUL, Vec::new());
        }
        (false, _) => {}
    }
}

/// Damage that can be seen in the text itself.
fn visible_damage(raw: &str) -> Option<&'static str> {
    let text = fold_number(raw);
    let text = text.trim_start_matches(['\'', '\u{2019}']);
    if text.contains(['*', '\u{2026}', '\u{2022}', '\u{25CF}']) || text.contains("...") || text.contains("XX")
    {
        return Some(MASKED);
    }
    let (mantissa, exponent) = text.split_once('E')?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_mantissa = match mantissa.split_once('.') {
        Some((whole, rest)) => digits(whole) && (rest.is_empty() || digits(rest)),
        None => digits(mantissa),
    };
    (is_mantissa && digits(exponent)).then_some(SCIENTIFIC)
}

/// How many digits follow the fifteenth, if all of them are zeros.
fn zeros_after_spreadsheet(digits: &str) -> usize {
    let rest = digits.get(SPREADSHEET_DIGITS..).unwrap_or_default();
    if rest.bytes().all(|b| b == b'0') { rest.len() } else { 0 }
}

/// Luhn: every second digit from the right doubled, nine taken off above nine, the sum a multiple of ten.
fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            match place % 2 {
                0 => digit,
                _ if digit > 4 => 2 * digit - 9,
                _ => 2 * digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: Option<AccountKind>, raw: &str) -> Vec<&'static str> {
        check(kind, raw).failures().map(|check| check.code.name).collect()
    }

    #[test]
    fn the_kind_decides_what_is_asked() {
        let card = Some(AccountKind::Card);
        let passbook = Some(AccountKind::Passbook);
        assert_eq!(failed(card, "6222028914537443057"), [] as [&str; 0]);
        assert_eq!(failed(card, "4563512345678904"), ["ACCOUNT_CHECK_DIGIT"]);
        assert_eq!(failed(None, "4563512345678904"), ["ACCOUNT_KIND_DOUBTFUL"]);
        assert_eq!(failed(passbook, "6222028914537443058"), [] as [&str; 0]);
        assert_eq!(failed(card, "62220289145374"), ["ACCOUNT_FORMAT"]);
        assert_eq!(failed(passbook, "1234567"), ["ACCOUNT_FORMAT"]);
        assert_eq!(failed(Some(AccountKind::Corporate), "NRA12093456780"), [] as [&str; 0]);
        assert_eq!(failed(card, "NRA12093456780123"), ["ACCOUNT_FORMAT"]);
    }

    #[test]
    fn damage_is_told_from_error() {
        for raw in ["6.22202E+18", "6.22202e18", "6222****1234", "6222021234567890000", "62220212345…"] {
            assert_eq!(failed(None, raw), ["ACCOUNT_DAMAGED"], "{raw}");
        }
        for raw in ["0000000000000000", "无", "12345678", "1234567890123456789", "6222000000000000000"] {
            assert_eq!(failed(Some(AccountKind::Card), raw), ["FIELD_PLACEHOLDER"], "{raw}");
        }
    }
}
