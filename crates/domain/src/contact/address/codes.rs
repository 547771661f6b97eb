//! What can be wrong with an address. Codes are append-only.

use crate::finding::{ArgSpec, Code, Severity};

/// Only names of regions: nobody can be found there.
pub(super) const REGION_ONLY: &str = "region-only";
/// No region at all: nobody can find the place.
pub(super) const NO_REGION: &str = "no-region";
/// Digits only, such as a telephone or an ID number.
pub(super) const NUMBER: &str = "number";
/// Replacement or private-use characters.
pub(super) const DAMAGED: &str = "damaged";
/// No province, and no city that names it.
pub(super) const PROVINCE: &str = "province";
/// No city.
pub(super) const CITY: &str = "city";
/// No county or district, in a city that has some.
pub(super) const DISTRICT: &str = "district";
/// A detail without number and village, or one that ends with a road or 附近.
pub(super) const DETAIL: &str = "detail";

/// No letter can arrive at the address.
pub const ADDRESS_UNUSABLE: Code = Code {
    name: "ADDRESS_UNUSABLE",
    article: Some(11),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[REGION_ONLY, NO_REGION, NUMBER, DAMAGED])],
};

/// A part of the address is missing; one finding for each.
pub const ADDRESS_INCOMPLETE: Code = Code {
    name: "ADDRESS_INCOMPLETE",
    article: Some(11),
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("missing", &[PROVINCE, CITY, DISTRICT, DETAIL])],
};
