//! The page of a failure, and its part of a page for htmx.

use askama::Template;
use axum::http::StatusCode;
use uuid::Uuid;

use super::layout::Layout;
use crate::web::{Site, say::Say};

/// What went wrong, alone on a page.
#[derive(Template)]
#[template(path = "error.html")]
pub(in crate::web) struct ErrorPage {
    pub(in crate::web) page: Layout,
    /// The HTTP status.
    pub(in crate::web) status: u16,
    /// What happened, and what to do.
    pub(in crate::web) text: String,
    /// To quote.
    pub(in crate::web) incident: Uuid,
}

impl ErrorPage {
    pub(in crate::web) fn new(
        site: &Site,
        say: Say,
        status: StatusCode,
        text: String,
        incident: Uuid,
    ) -> Self {
        let title = say.t("page-error-title");
        Self { page: Layout::bare(site, say, title), status: status.as_u16(), text, incident }
    }
}

/// The same in the place for messages of a page that stays.
#[derive(Template)]
#[template(path = "error_part.html")]
pub(in crate::web) struct ErrorPart {
    pub(in crate::web) say: Say,
    /// What happened, and what to do.
    pub(in crate::web) text: String,
    /// To quote.
    pub(in crate::web) incident: Uuid,
}
