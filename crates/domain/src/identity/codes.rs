//! What can be wrong with the number of a certificate (article 6: 「確保其身份證號碼符合身份證編碼規則」), as codes of findings.
//!
//! The 18 characters of GB 11643 have reasons of their own, which every kind with such a number shares where the same
//! thing is wrong. All other kinds have few: the form, the check digits. To add a code: a constant here, its place in
//! [`ALL`], its words (`docs/adding-a-rule.md`).

use crate::finding::{ArgSpec, Code, Severity};

const fn blocking(name: &'static str, args: &'static [ArgSpec]) -> Code {
    Code { name, article: Some(6), severity: Severity::Blocking, args }
}

const fn advisory(name: &'static str, args: &'static [ArgSpec]) -> Code {
    Code { name, article: Some(6), severity: Severity::Advisory, args }
}

/// A resident ID number of neither 18 nor 15 characters.
pub const ID_NUMBER_LENGTH: Code = blocking("ID_NUMBER_LENGTH", &[ArgSpec::Number("length")]);
/// A character that cannot stand at its place of a resident ID number.
pub const ID_NUMBER_CHARACTER: Code = blocking("ID_NUMBER_CHARACTER", &[ArgSpec::Number("position")]);
/// The first two digits of a resident ID number are those of no province.
pub const ID_NUMBER_PROVINCE: Code = blocking("ID_NUMBER_PROVINCE", &[]);
/// The birth date in the number is no day of the calendar. Every kind whose number holds one.
pub const ID_NUMBER_DATE: Code = blocking("ID_NUMBER_DATE", &[]);
/// The birth date in the number lies after the application. Every kind whose number holds a whole one.
pub const ID_NUMBER_FUTURE: Code = blocking("ID_NUMBER_FUTURE", &[]);
/// By the birth date in the number the person is too old to be believed. All numbers of 18 or 15 characters.
pub const ID_NUMBER_AGE: Code = blocking("ID_NUMBER_AGE", &[ArgSpec::Number("limit")]);
/// The check character (MOD 11-2) does not belong to the other seventeen. Every number of 18 characters.
pub const ID_NUMBER_CHECK_CHARACTER: Code = blocking("ID_NUMBER_CHECK_CHARACTER", &[]);

/// No public list has the region of a resident ID number. Advisory: real cards carry such codes.
pub const REGION_CODE_UNKNOWN: Code = advisory("REGION_CODE_UNKNOWN", &[]);
/// The region of a resident ID number was not in force in the year of birth. Advisory: registered late, or a code used
/// on after its end. `reason`: it began later, or had ended; `year`: its first or last year.
pub const REGION_CODE_NOT_IN_FORCE: Code = advisory(
    "REGION_CODE_NOT_IN_FORCE",
    &[ArgSpec::Keys("reason", &["not-yet", "no-longer"]), ArgSpec::Number("year")],
);

/// The number has not the form of its kind (`kind`).
pub const CERTIFICATE_NUMBER_FORMAT: Code = blocking(
    "CERTIFICATE_NUMBER_FORMAT",
    &[ArgSpec::Keys(
        "kind",
        &[
            HK_MACAU_RESIDENCE_PERMIT,
            TAIWAN_RESIDENCE_PERMIT,
            FOREIGNER_PERMANENT_RESIDENCE,
            HK_MACAU_TRAVEL_PERMIT,
            TAIWAN_TRAVEL_PERMIT,
            PRC_PASSPORT,
            FOREIGN_PASSPORT,
            MRZ,
            BIRTH_CERTIFICATE,
        ],
    )],
);
/// A check digit (weights 7-3-1) does not belong to what it guards (`part`): an old card of permanent residence, or a
/// part of the machine-readable zone of a passport.
pub const CERTIFICATE_NUMBER_CHECK_DIGIT: Code = blocking(
    "CERTIFICATE_NUMBER_CHECK_DIGIT",
    &[ArgSpec::Keys("part", &[CARD, DOCUMENT_NUMBER, BIRTH_DATE, EXPIRY_DATE, OPTIONAL_DATA, COMPOSITE])],
);
/// The number has a form that is rare, or that nobody can tell from outside. Advisory: officers' and soldiers'
/// numberings are not public, and new series of other kinds are known only second-hand.
pub const CERTIFICATE_NUMBER_UNUSUAL: Code = advisory("CERTIFICATE_NUMBER_UNUSUAL", &[]);

/// Every code of a number, in the order in which they are checked.
pub const ALL: &[Code] = &[
    ID_NUMBER_LENGTH,
    ID_NUMBER_CHARACTER,
    ID_NUMBER_PROVINCE,
    ID_NUMBER_DATE,
    ID_NUMBER_FUTURE,
    ID_NUMBER_AGE,
    ID_NUMBER_CHECK_CHARACTER,
    REGION_CODE_UNKNOWN,
    REGION_CODE_NOT_IN_FORCE,
    CERTIFICATE_NUMBER_FORMAT,
    CERTIFICATE_NUMBER_CHECK_DIGIT,
    CERTIFICATE_NUMBER_UNUSUAL,
];

// Words of the catalogue.
pub(super) const HK_MACAU_RESIDENCE_PERMIT: &str = "hk-macau-residence-permit";
pub(super) const TAIWAN_RESIDENCE_PERMIT: &str = "taiwan-residence-permit";
pub(super) const FOREIGNER_PERMANENT_RESIDENCE: &str = "foreigner-permanent-residence";
pub(super) const HK_MACAU_TRAVEL_PERMIT: &str = "hk-macau-travel-permit";
pub(super) const TAIWAN_TRAVEL_PERMIT: &str = "taiwan-travel-permit";
pub(super) const PRC_PASSPORT: &str = "prc-passport";
pub(super) const FOREIGN_PASSPORT: &str = "foreign-passport";
pub(super) const MRZ: &str = "mrz";
pub(super) const BIRTH_CERTIFICATE: &str = "birth-certificate";
pub(super) const CARD: &str = "card";
pub(super) const DOCUMENT_NUMBER: &str = "document-number";
pub(super) const BIRTH_DATE: &str = "birth-date";
pub(super) const EXPIRY_DATE: &str = "expiry-date";
pub(super) const OPTIONAL_DATA: &str = "optional-data";
pub(super) const COMPOSITE: &str = "composite";
