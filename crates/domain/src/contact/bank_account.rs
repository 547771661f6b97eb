//! Bank accounts: cards, passbooks and corporate accounts as they are compared; and, in [`check`], whether a number can
//! be one of them.

mod check;
pub mod codes;

pub use check::{check, faults};

use crate::{contact::placeholder, text::fold_number};

/// The form of an account number: NFKC, no spaces, hyphens and leading apostrophe, upper case.
///
/// `None` if it is empty, a placeholder, masked (`6222****1234`), or damaged by a spreadsheet (`6.22202E+18`): such a
/// text is no number, and equal ones prove nothing.
pub fn fingerprint_form(raw: &str) -> Option<String> {
    let folded = fold_number(raw);
    let text = without_decimals(&folded);
    let number: String =
        text.chars().filter(|c| !matches!(c, '-' | '\'' | '\u{2019}' | '\u{2010}'..='\u{2015}')).collect();
    let is_number =
        number.bytes().any(|b| b.is_ascii_digit()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_number && !placeholder::is_one_character(&number)).then_some(number)
}

/// The text without the `.0` that a spreadsheet put behind a number.
fn without_decimals(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_account_meet() {
        let form = Some("6222020650662277328".to_owned());
        for raw in [
            "6222020650662277328",
            "6222 0206 5066 2277 328",
            "6222-0206-5066-2277-328",
            "６２２２０２０６５０６６２２７７３２８",
            "'6222020650662277328 ",
            "6222020650662277328.0",
        ] {
            assert_eq!(fingerprint_form(raw), form, "{raw:?}");
        }
        assert_eq!(fingerprint_form("nra1234"), Some("NRA1234".to_owned()));
    }

    #[test]
    fn what_is_no_number_has_no_form() {
        for raw in
            ["", "无", "6.22202E+18", ".0", "A1.0", "1.5.0", "6222****1234", "0000000000000000", "-", "ABC"]
        {
            assert_eq!(fingerprint_form(raw), None, "{raw:?}");
        }
    }
}
