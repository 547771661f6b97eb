//! What can be wrong with a telephone. Codes are append-only.

use crate::finding::{ArgSpec, Code, Severity};

/// Characters are missing or do not belong there (`138****5946`).
pub(super) const CHARACTERS: &str = "characters";
/// Too few or too many digits.
pub(super) const LENGTH: &str = "length";
/// A fixed line without its area code, or with one that does not exist.
pub(super) const AREA_CODE: &str = "area-code";
/// No number of the country that its code names.
pub(super) const FOREIGN: &str = "foreign";
/// A card of a machine (物聯網).
pub(super) const MACHINE: &str = "machine";
/// 400 and 800: a company that pays for its calls.
pub(super) const HOTLINE: &str = "hotline";
/// 95xxx, 96xxx, 10xxx, 11x, 12xxx: a service.
pub(super) const SERVICE: &str = "service";
/// A telephone that speaks over a satellite.
pub(super) const SATELLITE: &str = "satellite";
/// Emergency communication.
pub(super) const EMERGENCY: &str = "emergency";
/// A series that is sold for data cards.
pub(super) const DATA_CARD: &str = "data-card";
/// A fixed line with eight digits in an area where they have seven.
pub(super) const AREA_LENGTH: &str = "area-length";

/// The text is not a whole telephone number.
pub const PHONE_FORMAT: Code = Code {
    name: "PHONE_FORMAT",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[CHARACTERS, LENGTH, AREA_CODE, FOREIGN])],
};

/// A mobile number of a series that has not been opened.
pub const PHONE_UNASSIGNED: Code =
    Code { name: "PHONE_UNASSIGNED", article: Some(11), severity: Severity::Blocking, args: &[] };

/// A number that exists, but under which nobody reaches a person.
pub const PHONE_NOT_PERSONAL: Code = Code {
    name: "PHONE_NOT_PERSONAL",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[MACHINE, HOTLINE, SERVICE])],
};

/// A number that few persons have.
pub const PHONE_UNUSUAL: Code = Code {
    name: "PHONE_UNUSUAL",
    article: None,
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("reason", &[SATELLITE, EMERGENCY, DATA_CARD, AREA_LENGTH])],
};
