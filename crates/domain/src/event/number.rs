//! The number of a case, and its one text.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

/// A case's number, `YYYYMMDD-NNNNNN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    /// Date of the list, or of the report.
    pub day: NaiveDate,
    /// Number within the day, from 1.
    pub serial: u32,
}

/// A text that is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number is YYYYMMDD-NNNNNN")]
pub struct NotACaseNumber;

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.day.format("%Y%m%d"), self.serial)
    }
}

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(text: &str) -> Result<Self, NotACaseNumber> {
        let (day, serial) = text.split_once('-').ok_or(NotACaseNumber)?;
        let digits =
            |text: &str, least: usize| text.len() >= least && text.bytes().all(|b| b.is_ascii_digit());
        if day.len() != 8 || !digits(day, 8) || !digits(serial, 6) {
            return Err(NotACaseNumber);
        }
        let day = NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| NotACaseNumber)?;
        let number = Self { day, serial: serial.parse().map_err(|_| NotACaseNumber)? };
        // One text per number: no zeros in front of a seventh digit.
        if number.to_string() == text { Ok(number) } else { Err(NotACaseNumber) }
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_has_one_text() {
        let number = CaseNumber { day: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(), serial: 7 };
        assert_eq!(number.to_string(), "20261124-000007");
        assert_eq!("20261124-000007".parse(), Ok(number));
        assert_eq!("20261124-1000000".parse(), Ok(CaseNumber { serial: 1_000_000, ..number }));
        for wrong in [
            "",
            "20261124",
            "20261124-7",
            "20261124-0000007",
            "20261324-000007",
            "2026+124-000007",
            "20261124-00000x",
        ] {
            assert_eq!(wrong.parse::<CaseNumber>(), Err(NotACaseNumber), "{wrong}");
        }
    }
}
