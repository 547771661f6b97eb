//! Contacts and names: the form under which two spellings are one value, and the texts that stand for none.
//!
//! Each `fingerprint_form` is total, independent of any date, and idempotent on what it accepts. To add a kind of
//! contact: a file here, a variant in [`crate::clue::ClueKey`] with its line in `contact_keys`, and its mask.

pub mod address;
pub mod bank_account;
pub mod email;
pub mod person_name;
pub mod phone;
pub mod placeholder;
