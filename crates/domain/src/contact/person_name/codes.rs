//! What can be wrong with the name of a person. Codes are append-only.

use crate::finding::{ArgSpec, Code, Severity};

/// Replacement character, question mark inside the name, private-use or unassigned code point: a system lost it.
pub(super) const DAMAGED: &str = "damaged";
/// A digit.
pub(super) const DIGIT: &str = "digit";
/// A character that no name has.
pub(super) const SYMBOL: &str = "symbol";
/// A separator at the beginning or end, or two together.
pub(super) const SEPARATORS: &str = "separator";
/// Longer than any registered name.
pub(super) const TOO_LONG: &str = "too-long";
/// The name of an organisation.
pub(super) const ORGANISATION: &str = "organisation";
/// A surname with a title.
pub(super) const TITLE: &str = "title";
/// One character only.
pub(super) const ONE_CHARACTER: &str = "one-character";
/// Han characters and letters together.
pub(super) const MIXED: &str = "mixed";
/// Neither Han nor Latin.
pub(super) const SCRIPT: &str = "script";

/// The text cannot be the name of a person.
pub const NAME_FORMAT: Code = Code {
    name: "NAME_FORMAT",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[DAMAGED, DIGIT, SYMBOL, SEPARATORS, TOO_LONG])],
};

/// The text names somebody, but not a person by his name.
pub const NAME_NOT_PERSONAL: Code = Code {
    name: "NAME_NOT_PERSONAL",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[ORGANISATION, TITLE])],
};

/// A name that few persons have.
pub const NAME_UNUSUAL: Code = Code {
    name: "NAME_UNUSUAL",
    article: None,
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("reason", &[ONE_CHARACTER, MIXED, SCRIPT])],
};
