//! What can be wrong with the number of a bank account. Codes are append-only.

use crate::finding::{ArgSpec, Code, Severity};

/// Characters that no account number has.
pub(super) const CHARACTERS: &str = "characters";
/// Too few or too many digits.
pub(super) const LENGTH: &str = "length";
/// `6.22202E+18`: a spreadsheet took the number for a quantity.
pub(super) const SCIENTIFIC: &str = "scientific";
/// Fifteen digits, then zeros: a spreadsheet lost the rest.
pub(super) const ZEROS: &str = "zeros";
/// `6222****1234`: masked or cut off.
pub(super) const MASKED: &str = "masked";

/// The text is no account number.
pub const ACCOUNT_FORMAT: Code = Code {
    name: "ACCOUNT_FORMAT",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[CHARACTERS, LENGTH])],
};

/// The text was a number before a program damaged it.
pub const ACCOUNT_DAMAGED: Code = Code {
    name: "ACCOUNT_DAMAGED",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[SCIENTIFIC, ZEROS, MASKED])],
};

/// The last digit of a card does not belong to the others (Luhn, ISO/IEC 7812-1 annex B).
pub const ACCOUNT_CHECK_DIGIT: Code =
    Code { name: "ACCOUNT_CHECK_DIGIT", article: Some(11), severity: Severity::Blocking, args: &[] };

/// A number as long as a card's, of no stated kind, whose last digit is not that of a card.
pub const ACCOUNT_KIND_DOUBTFUL: Code =
    Code { name: "ACCOUNT_KIND_DOUBTFUL", article: None, severity: Severity::Advisory, args: &[] };
