//! Travel permits: who holds one, whatever the renewal. Whether a number is well formed is not judged here.

use crate::text::fold_number;

/// Characters of the lifelong number of a permit for Hong Kong and Macau residents: a letter and eight digits.
const HK_MACAU_LEN: usize = 9;
/// The same with the two digits that count renewals (notice of the Ministry of Public Security, 2010-03-10).
const HK_MACAU_RENEWED_LEN: usize = 11;
/// Digits of the lifelong number of a permit for Taiwan residents.
const TAIWAN_LEN: usize = 8;
/// The same with the two digits that count issues, in old booklets.
const TAIWAN_BOOKLET_LEN: usize = 10;
/// The issuer's letter in brackets at the end of an old booklet's number.
const TAIWAN_ISSUER_LEN: usize = 3;

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
    let digits = match number.strip_suffix(')') {
        Some(_) => {
            let (digits, issuer) = number.split_at_checked(number.len().checked_sub(TAIWAN_ISSUER_LEN)?)?;
            let letter = issuer.strip_prefix('(')?.bytes().next()?;
            (digits.len() == TAIWAN_BOOKLET_LEN && letter.is_ascii_alphanumeric()).then_some(digits)?
        }
        None => &number,
    };
    let fits = matches!(digits.len(), TAIWAN_LEN | TAIWAN_BOOKLET_LEN) && is_digits(digits);
    fits.then(|| digits.get(..TAIWAN_LEN).map(str::to_owned)).flatten()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
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
        for number in
            ["", ")", "()", "1234567", "123456789", "12345678(B)", "1234567890()", "1234567890(é)", "号)"]
        {
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
