//! The board.

use askama::Template;

use super::layout::Layout;

/// What is to be done next.
#[derive(Template)]
#[template(path = "board.html")]
pub(in crate::web) struct BoardPage {
    pub(in crate::web) page: Layout,
}
