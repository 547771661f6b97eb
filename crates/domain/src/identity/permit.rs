//! Travel permits: who holds one, whatever the renewal, and whether a number is well formed.
//!
//! - Hong Kong and Macau: `H` or `M`, eight digits for life, then two that count renewals or not. Since July 2024 there
//!   is a card for residents who are not Chinese; its form, a second letter and seven digits, is known second-hand only.
//! - Taiwan: eight digits for life; the booklets before had two more for the issue and perhaps the issuer, a letter that is
//!   printed in brackets and typed with or without them.

use super::{
    check::{form, is_digits, outcome},
    codes,
};
use crate::{reading::Reading, text::fold_number};

/// Characters of the lifelong number of a permit for Hong Kong and Macau residents: a letter and eight digits.
const HK_MACAU_LEN: usize = 9;
/// The same with the two digits that count renewals (notice of the Ministry of Public Security, 2010-03-10).
const HK_MACAU_RENEWED_LEN: usize = 11;
/// Digits behind the two letters of a permit for a resident of Hong Kong or Macau who is not Chinese.
const FOREIGNER_DIGITS: usize = 7;
/// Digits of the lifelong number of a permit for Taiwan residents.
const TAIWAN_LEN: usize = 8;
/// The same with the two digits that count issues, in old booklets.
const TAIWAN_BOOKLET_LEN: usize = 10;

/// The lifelong number of a mainland travel permit for Hong Kong and Macau residents; `None` if it has another form.
pub fn hk_macau_holder(raw: &str) -> Option<String> {
    let number = fold_number(raw);
    let digits = number.strip_prefix(['H', 'M'])?;
    let fits = matches!(number.len(), HK_MACAU_LEN | HK_MACAU_RENEWED_LEN) && is_digits(digits);
    fits.then(|| number.get(..HK_MACAU_LEN).map(str::to_owned)).flatten()
}

/// The lifelong number of a mainland travel permit for Taiwan residents; `None` if it has another form.
pub fn taiwan_holder(raw: &str) -> Option<String> {
    let number = fold_number(raw);
    let digits = match number.split_at_checked(TAIWAN_BOOKLET_LEN) {
        Some((digits, issuer)) if is_issuer(issuer) => digits,
        _ => &number,
    };
    let fits = matches!(digits.len(), TAIWAN_LEN | TAIWAN_BOOKLET_LEN) && is_digits(digits);
    fits.then(|| digits.get(..TAIWAN_LEN).map(str::to_owned)).flatten()
}

/// What stands behind the digits of an old booklet: a letter, or a letter or digit in brackets.
fn is_issuer(text: &str) -> bool {
    match text.as_bytes() {
        [letter] => letter.is_ascii_uppercase(),
        [b'(', issuer, b')'] => issuer.is_ascii_uppercase() || issuer.is_ascii_digit(),
        _ => false,
    }
}

/// Reads the folded number of a permit for Hong Kong or Macau residents.
pub(super) fn fill_hk_macau(reading: &mut Reading, number: &str) {
    let of_foreigner = is_hk_macau_of_foreigner(number);
    let usual = hk_macau_holder(number).is_some();
    if form(reading, codes::HK_MACAU_TRAVEL_PERMIT, usual || of_foreigner) {
        outcome(reading, codes::CERTIFICATE_NUMBER_UNUSUAL, !of_foreigner, Vec::new);
    }
}

/// Whether a folded number is that of a permit for a resident of Hong Kong or Macau who is not Chinese.
fn is_hk_macau_of_foreigner(number: &str) -> bool {
    number
        .strip_prefix(['H', 'M'])
        .and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_uppercase()))
        .is_some_and(|digits| digits.len() == FOREIGNER_DIGITS && is_digits(digits))
}

/// Reads the folded number of a permit for Taiwan residents.
pub(super) fn fill_taiwan(reading: &mut Reading, number: &str) {
    form(reading, codes::TAIWAN_TRAVEL_PERMIT, taiwan_holder(number).is_some());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_forms_have_no_holder() {
        for number in ["", "H", "K12345678", "H123456789", "H1234567A", "HM12345678", "H１2345678号"] {
            assert_eq!(hk_macau_holder(number), None, "{number:?}");
        }
        for number in [
            "",
            ")",
            "()",
            "1234567",
            "123456789",
            "12345678(B)",
            "1234567890()",
            "1234567890(é)",
            "号)",
            "12345678901",
            "1234567890BB",
            "123456789号",
        ] {
            assert_eq!(taiwan_holder(number), None, "{number:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(raw in any::<String>(), tail in "[HM]?[0-9]{6,11}[()A-Z号]{0,4}") {
            for text in [raw, tail] {
                let _ = hk_macau_holder(&text);
                let _ = taiwan_holder(&text);
            }
        }
    }
}
