//! What the templates are filled with: one context a page, each with a `sample()` of hostile values that a test renders.
//!
//! A context holds what is shown, ready to be shown: texts, addresses, masked values. Escaping is the template's.

pub(super) mod board;
pub(super) mod calendar;
pub(super) mod case;
pub(super) mod cases;
pub(super) mod cases_choices;
pub(super) mod deliveries;
pub(super) mod desk;
pub(super) mod directory;
pub(super) mod error;
pub(super) mod layout;
pub(super) mod password;
pub(super) mod sign_in;
pub(super) mod words;

#[cfg(test)]
pub(in crate::web) mod tests;
