//! The directory (销售人员与机构名录): who sells, who investigates, where, and by which contacts they are reached.
//!
//! One table holds every kind of entry ([`entry`]), because they share nearly all of their columns; [`write`] changes it,
//! [`read`] reads it. Contacts and persons are fingerprints with a time of their own ([`contacts`]), because a list is a
//! function of its cut. To add a kind or a duty, add its number in `entry.rs` and in the checks of a new migration.

mod anew;
pub mod contacts;
pub mod entry;
mod leaves;
pub mod read;
pub mod write;

pub use entry::{Duty, Entry, EntryKind, Leave};

/// Name of the counter that changes with every change of the directory.
pub const VERSION_COUNTER: &str = "directory";
/// Table that sealed parts are bound to.
pub const SEALED_TABLE: &str = "directory_entry";
/// Number of the one party of an entry.
pub const SEALED_PARTY: i16 = 0;
