//! The page of working days.

use askama::Template;
use uuid::Uuid;

use super::layout::Layout;

/// A day that differs from its weekday.
#[derive(Debug)]
pub(in crate::web) struct Day {
    pub(in crate::web) date: String,
    pub(in crate::web) weekday: String,
    pub(in crate::web) kind: String,
    /// It is worked on.
    pub(in crate::web) works: bool,
}

/// A year.
#[derive(Template)]
#[template(path = "calendar.html")]
pub(in crate::web) struct CalendarPage {
    pub(in crate::web) page: Layout,
    pub(in crate::web) year: i32,
    pub(in crate::web) days: Vec<Day>,
    /// Its notice is not there.
    pub(in crate::web) provisional: bool,
    /// First day that a notice still to come may change.
    pub(in crate::web) open_since: Option<String>,
    pub(in crate::web) sources: Vec<String>,
    /// By whom and when.
    pub(in crate::web) imported: Option<String>,
    pub(in crate::web) version: String,
    /// What was typed to be counted.
    pub(in crate::web) start: String,
    pub(in crate::web) count: String,
    /// What it comes to.
    pub(in crate::web) counted: Option<String>,
    /// The reader may import.
    pub(in crate::web) import: bool,
    pub(in crate::web) request_id: Uuid,
    /// What was typed as a notice.
    pub(in crate::web) content: String,
    pub(in crate::web) wrong: Option<String>,
}

impl CalendarPage {
    /// The years beside this one.
    fn beside(&self) -> (i32, i32) {
        (self.year - 1, self.year + 1)
    }
}
