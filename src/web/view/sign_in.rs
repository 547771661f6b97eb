//! The sign-in page.

use askama::Template;

use super::layout::Layout;

/// Name and password.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(in crate::web) struct SignInPage {
    pub(in crate::web) page: Layout,
    /// Where to go on afterwards.
    pub(in crate::web) back: String,
    /// The name that was typed.
    pub(in crate::web) name: String,
    /// What was wrong, if anything was.
    pub(in crate::web) wrong: Option<String>,
    /// A session came to its end.
    pub(in crate::web) lost: bool,
    /// The way by the identity provider, if there is one.
    pub(in crate::web) provider: Option<String>,
}
