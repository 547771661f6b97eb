//! The page on which a password is changed.

use askama::Template;

use super::layout::Layout;

/// The old one, and the new one twice.
#[derive(Template)]
#[template(path = "password.html")]
pub(in crate::web) struct PasswordPage {
    pub(in crate::web) page: Layout,
    /// What the form carries.
    pub(in crate::web) csrf: String,
    /// Where to go on afterwards.
    pub(in crate::web) back: String,
    /// Nothing else may be done before.
    pub(in crate::web) must: bool,
    /// What was wrong, if anything was.
    pub(in crate::web) wrong: Option<String>,
}
