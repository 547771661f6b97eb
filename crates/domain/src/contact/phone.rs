//! Telephones: one number, one form, however it was typed; and, in [`check`], whether it can be a person's.

mod area;
mod check;
pub mod codes;
mod foreign;
mod series;

use std::{borrow::Cow, fmt};

pub use check::{check, faults};

use crate::text::fold_number;

/// Longest extension in digits.
const MAX_EXTENSION: usize = 6;
/// Digits of a mobile number.
const MOBILE_LEN: usize = 11;
/// Fewest digits of a number with its country code after the prefix 00.
const MIN_ABROAD: usize = 8;
/// Digits of a long area code, such as 0755.
const LONG_AREA: usize = 4;
/// Digits of a short area code: 010, 02x.
const SHORT_AREA: usize = 3;

/// A telephone as it is compared. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneForm {
    /// E.164 (`+86…`) for numbers whose country is known; the bare digits otherwise.
    pub number: String,
    /// Extension behind a switchboard.
    pub extension: Option<String>,
}

impl PhoneForm {
    /// The form as one text: two people behind one switchboard have different keys.
    pub fn key(&self) -> String {
        match &self.extension {
            Some(extension) => format!("{};ext={extension}", self.number),
            None => self.number.clone(),
        }
    }
}

impl fmt::Debug for PhoneForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneForm(<personal>)")
    }
}

/// The form of a telephone; `None` if the text holds no number, or one with characters missing (`138****5946`).
pub fn fingerprint_form(raw: &str) -> Option<PhoneForm> {
    if is_plain_mobile(raw) {
        return Some(PhoneForm { number: format!("+86{raw}"), extension: None });
    }
    let folded = fold_number(raw);
    let text = folded.strip_suffix(".0").unwrap_or(&folded);
    let (base, extension) = split_extension(text);
    let (number, _) = number(base)?;
    Some(PhoneForm { number, extension: extension.map(str::to_owned) })
}

/// The digits as dialled at home: 13…, 010…; without extension. For placeholders and masks.
pub(crate) fn national_digits(raw: &str) -> Option<String> {
    fingerprint_form(raw).map(|form| dialled(&form).into_owned())
}

/// The digits of a form as dialled at home.
pub(crate) fn dialled(form: &PhoneForm) -> Cow<'_, str> {
    match form.number.strip_prefix("+86") {
        Some(mobile) if is_mobile(mobile) => mobile.into(),
        Some(fixed) => format!("0{fixed}").into(),
        None => form.number.as_str().into(),
    }
}

/// Cuts an extension off. After a hyphen, `#` or `*` it is one only if a whole number stands before it:
/// `138-2735-9461` has none.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let base = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &text[base.len()..];
    if digits.is_empty() || digits.len() > MAX_EXTENSION {
        return (text, None);
    }
    let dotless = base.strip_suffix(['.', ':']).unwrap_or(base);
    for word in ["分机", "分機", "转", "轉", "EXT", "X"] {
        if let Some(before) = dotless.strip_suffix(word) {
            return (before.trim_end_matches(is_separator), Some(digits));
        }
    }
    let marked = base.strip_suffix(['#', '*']).or_else(|| base.strip_suffix(is_hyphen));
    match marked {
        Some(before) if matches!(number(before), Some((_, true))) => (before, Some(digits)),
        _ => (text, None),
    }
}

/// The number before any extension, and whether it is a whole mobile number or fixed line with its area code.
fn number(text: &str) -> Option<(String, bool)> {
    let mut digits = String::with_capacity(text.len());
    let mut international = false;
    for c in text.chars().filter(|c| !is_separator(*c)) {
        match c {
            '+' if digits.is_empty() => international = true,
            digit if digit.is_ascii_digit() => digits.push(digit),
            _ => return None,
        }
    }
    if digits.is_empty() {
        return None;
    }
    if !international && let Some(abroad) = digits.strip_prefix("00").filter(|rest| rest.len() >= MIN_ABROAD)
    {
        international = true;
        digits = digits.split_off(digits.len() - abroad.len());
    }
    let country = digits.strip_prefix("86");
    let home = if international {
        // After the country code the trunk 0 of a fixed line is left out.
        country.and_then(|rest| domestic(rest).or_else(|| domestic(&format!("0{rest}"))))
    } else {
        // Without a plus, 86 is a country code only before a whole number.
        domestic(&digits).or_else(|| country.and_then(domestic))
    };
    Some(match home {
        Some(national) => (format!("+86{national}"), true),
        // As it is dialled from abroad, without a trunk digit: `+44 (0)20…` is `+44 20…`.
        None if international => (foreign::e164(&digits).unwrap_or_else(|| format!("+{digits}")), false),
        None => (digits, false),
    })
}

/// The national number without trunk 0, if the digits are a mobile number or a fixed line with its area code.
fn domestic(digits: &str) -> Option<String> {
    let trunkless = digits.strip_prefix('0');
    match trunkless {
        Some(mobile) if is_mobile(mobile) => Some(mobile.to_owned()),
        Some(line) if is_fixed(digits) => Some(line.to_owned()),
        None if is_mobile(digits) => Some(digits.to_owned()),
        _ => None,
    }
}

/// Whether nothing but a mobile number is written, as most systems write most telephones.
pub(crate) fn is_plain_mobile(raw: &str) -> bool {
    is_mobile(raw) && raw.bytes().all(|b| b.is_ascii_digit())
}

/// Eleven digits from 13 to 19. Which series are in use is the rules' question.
fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == MOBILE_LEN && bytes[0] == b'1' && bytes[1] >= b'3'
}

/// A fixed line with its area code: 010 and 02x (026 does not exist) with eight digits, 03xx to 09xx with seven or
/// eight; no local number begins with 0 or 1.
fn is_fixed(digits: &str) -> bool {
    let (area, locals): (usize, &[usize]) = match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'5' | b'7'..=b'9', ..] => (SHORT_AREA, &[8]),
        [b'0', b'3'..=b'9', ..] => (LONG_AREA, &[7, 8]),
        _ => return false,
    };
    digits.as_bytes().get(area).is_some_and(|first| (b'2'..=b'9').contains(first))
        && digits.len().checked_sub(area).is_some_and(|local| locals.contains(&local))
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}')
}

const fn is_separator(c: char) -> bool {
    is_hyphen(c)
        || matches!(c, '.' | '(' | ')' | '[' | ']' | '/' | ',' | '\u{B7}' | '\u{3010}' | '\u{3011}' | '—')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(raw: &str) -> Option<String> {
        fingerprint_form(raw).map(|form| form.key())
    }

    #[test]
    fn spellings_of_one_mobile_meet() {
        for raw in [
            "13827359461",
            " 13827359461\u{200B}",
            "138-2735-9461",
            "138 2735 9461",
            "138.2735.9461",
            "+8613827359461",
            "+86 138 2735 9461",
            "(+86)13827359461",
            "008613827359461",
            "86-13827359461",
            "013827359461",
            "+86 013827359461",
            "１３８２７３５９４６１",
            "13827359461.0",
        ] {
            assert_eq!(key(raw).as_deref(), Some("+8613827359461"), "{raw:?}");
        }
    }

    #[test]
    fn spellings_of_one_line_meet() {
        for raw in [
            "010-65529988",
            "（010）65529988",
            "01065529988",
            "+86 10 65529988",
            "0086-10-6552-9988",
            "86 010 65529988",
        ] {
            assert_eq!(key(raw).as_deref(), Some("+861065529988"), "{raw:?}");
        }
        for raw in ["0991-2853714", "+86 991 2853714", "0991 285 3714"] {
            assert_eq!(key(raw).as_deref(), Some("+869912853714"), "{raw:?}");
        }
    }

    #[test]
    fn extensions_are_told_apart() {
        for raw in [
            "010-65529988-123",
            "010-65529988x123",
            "010-65529988转123",
            "010-65529988 分机 123",
            "01065529988ext.123",
            "010-65529988#123",
        ] {
            assert_eq!(key(raw).as_deref(), Some("+861065529988;ext=123"), "{raw:?}");
        }
        assert_eq!(key("0931-8465217-1").as_deref(), Some("+869318465217;ext=1"));
        assert_eq!(key("65529988转8001").as_deref(), Some("65529988;ext=8001"));
    }

    #[test]
    fn other_numbers_keep_their_digits() {
        assert_eq!(key("400-800-1234").as_deref(), Some("4008001234"));
        assert_eq!(key("026-65529988").as_deref(), Some("02665529988"));
        assert_eq!(key("6552 9988").as_deref(), Some("65529988"));
        assert_eq!(key("+852 9123 4567").as_deref(), Some("+85291234567"));
        assert_eq!(key("0085291234567").as_deref(), Some("+85291234567"));
        for raw in ["+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 020 79460958"] {
            assert_eq!(key(raw).as_deref(), Some("+442079460958"), "{raw:?}");
        }
        for raw in ["", "无", "138****5946", "phone", "+", "-"] {
            assert_eq!(key(raw), None, "{raw:?}");
        }
    }

    #[test]
    fn debug_shows_no_number() {
        assert_eq!(format!("{:?}", fingerprint_form("13827359461")), "Some(PhoneForm(<personal>))");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_number_is_its_own_form(raw in any::<String>(), likely in "[+0-9 转x-]{0,24}") {
            for text in [raw, likely] {
                if let Some(form) = fingerprint_form(&text) {
                    prop_assert_eq!(fingerprint_form(&form.number).map(|form| form.number), Some(form.number));
                }
            }
        }
    }
}
