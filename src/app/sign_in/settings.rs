//! How long sessions last.

use chrono::TimeDelta;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Without use.
    pub idle: TimeDelta,
    /// At all.
    pub lifetime: TimeDelta,
}
