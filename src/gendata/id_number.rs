//! Resident ID numbers (GB 11643-1999, and 15 digits of GB 11643-1989), made here on purpose by another way than the
//! rules check them: this file is part of the oracle and must not use `zhenshi-domain`.

use std::fmt::Write as _;

/// The parts of a number, as digits: the date need not exist, so that impossible numbers can be made too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// County code, six digits.
    pub(super) county: &'a str,
    /// Year of birth, four digits.
    pub(super) year: i32,
    /// Month of birth.
    pub(super) month: u32,
    /// Day of birth.
    pub(super) day: u32,
    /// Sequence, 1 to 999: odd for men, even for women.
    pub(super) sequence: u32,
}

impl Parts<'_> {
    /// The 18-character number with its right check character.
    pub(super) fn eighteen(self) -> String {
        let mut number = String::with_capacity(18);
        let Self { county, year, month, day, sequence } = self;
        // Writing to a String cannot fail.
        let _ = write!(number, "{county}{year:04}{month:02}{day:02}{sequence:03}");
        let check = check_character(&number);
        number.push(check);
        number
    }

    /// The 15-digit number: no century, no check character.
    pub(super) fn fifteen(self) -> String {
        let Self { county, year, month, day, sequence } = self;
        let year = year.rem_euclid(100);
        format!("{county}{year:02}{month:02}{day:02}{sequence:03}")
    }
}

/// The ISO 7064 MOD 11-2 check character of the digits: one less twice the number that the digits are in base 13,
/// modulo 11 (13 is 2 modulo 11, so the base-13 value is taken by doubling).
pub(super) fn check_character(digits: &str) -> char {
    let value = digits.bytes().fold(0, |sum, digit| (2 * sum + u32::from(digit - b'0')) % 11);
    let check = (1 + 2 * (11 - value)) % 11;
    char::from_digit(check, 10).unwrap_or('X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_of_the_standard() {
        assert_eq!(check_character("11010519491231002"), 'X');
        assert_eq!(check_character("44052418800101001"), '4');
        let parts = Parts { county: "110105", year: 1949, month: 12, day: 31, sequence: 2 };
        assert_eq!(parts.eighteen(), "11010519491231002X");
        assert_eq!(parts.fifteen(), "110105491231002");
    }
}
