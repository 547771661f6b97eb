//! Between messages and domain types. Each message is destructured in full, so that a new field is a compile error until
//! somebody decides what it means.

pub mod application;
pub(super) mod date;
pub(super) mod directory;
pub(super) mod enums;
pub(super) mod policy_event;
pub(super) mod submission;
pub(super) mod suspicion;
