//! The page of the directory.

use askama::Template;

use super::layout::Layout;

/// An entry.
#[derive(Debug)]
pub(in crate::web) struct DirectoryLine {
    pub(in crate::web) code: String,
    /// Name of a unit; empty for a person.
    pub(in crate::web) name: String,
    pub(in crate::web) duty: String,
    pub(in crate::web) channel: String,
    pub(in crate::web) branch: String,
    pub(in crate::web) leader: String,
    pub(in crate::web) agency: String,
    pub(in crate::web) capacity: String,
    pub(in crate::web) qualified: String,
    /// On leave, until when.
    pub(in crate::web) away: Option<String>,
    pub(in crate::web) active: bool,
}

/// A page of entries of one kind.
#[derive(Template)]
#[template(path = "directory.html")]
pub(in crate::web) struct DirectoryPage {
    pub(in crate::web) page: Layout,
    /// Address, text, whether it is this one.
    pub(in crate::web) tabs: Vec<(String, String, bool)>,
    pub(in crate::web) kind: &'static str,
    /// Value, text, whether it is chosen.
    pub(in crate::web) channels: Vec<(String, String, bool)>,
    pub(in crate::web) branch: String,
    pub(in crate::web) lines: Vec<DirectoryLine>,
    pub(in crate::web) next: Option<String>,
}
