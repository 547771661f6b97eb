//! Who asks for a page: the extractor that every handler begins with.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{
    Site,
    error::PageError,
    language, local,
    say::Say,
    session::{self, Session},
    view::layout::{Layout, Section},
};
use crate::security::principal::Principal;

/// A signed-in person and what his request says of itself.
#[derive(Clone)]
pub(super) struct Person {
    /// His session.
    pub(super) session: Session,
    /// Words in his language.
    pub(super) say: Say,
    /// Path and query of the page that he is on.
    pub(super) path: String,
    /// Whether htmx asks, for a part of a page.
    pub(super) partial: bool,
    site: Arc<Site>,
}

impl Person {
    /// With whose rights everything is done.
    pub(super) const fn principal(&self) -> &Principal {
        &self.session.principal
    }

    /// The frame of a page of `section` with the title `title`.
    pub(super) fn layout(&self, section: Section, title: String) -> Layout {
        Layout::new(&self.site, self, section, title)
    }
}

impl FromRequestParts<Arc<Site>> for Person {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, PageError> {
        let using = session::using(&parts.headers, parts.uri.path());
        let session = session::find(site, &parts.headers, using).await?;
        let partial = is_partial(parts);
        Ok(Self {
            session,
            say: Say::new(site.words.clone(), language::of(&parts.headers)),
            path: page_of(parts, partial),
            partial,
            site: site.clone(),
        })
    }
}

/// Whether htmx asks.
pub(super) fn is_partial(parts: &Parts) -> bool {
    parts.headers.contains_key("hx-request")
}

/// The page that a request belongs to: its own address, or that of the page which htmx asks from.
pub(super) fn page_of(parts: &Parts, partial: bool) -> String {
    let own = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if !partial {
        return local(own).to_owned();
    }
    let current = parts.headers.get("hx-current-url").and_then(|value| value.to_str().ok());
    let path = current.and_then(|url| url.parse::<axum::http::Uri>().ok());
    let path = path.as_ref().and_then(|url| url.path_and_query()).map_or(own, |path| path.as_str());
    local(path).to_owned()
}
