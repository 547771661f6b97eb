//! Between messages and domain types. Each message is destructured in full, so that a new field is a compile error until
//! somebody decides what it means.

pub mod application;
pub(super) mod enums;
pub(super) mod submission;
