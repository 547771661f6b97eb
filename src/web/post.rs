//! What changes something: taken only from our own pages.
//!
//! Three walls, each enough against one kind of browser: the session's cookie is not sent across sites (`SameSite=Strict`);
//! the request says from where it comes (`Sec-Fetch-Site`, else `Origin`), and that must be here; and it carries the token
//! that our forms have, in the field `csrf` or, from htmx, in the header `X-CSRF-Token`. A handler cannot forget any of it:
//! they stand before every route.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, Method,
        header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;

use super::{Site, error::PageError, session};

/// Most bytes of a form. Files have limits of their own.
pub(super) const MOST_FORM_BYTES: usize = 256 * 1024;
/// What htmx sends the token in.
const TOKEN_HEADER: &str = "x-csrf-token";
/// Where nobody is signed in yet, so that there is no token.
pub(super) const SIGN_IN: &str = "/sign-in";

/// Refuses what is not from a page of ours.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match check(&site, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn check(site: &Site, request: Request) -> Result<Request, PageError> {
    if !is_from_here(request.headers()) {
        return Err(PageError::ForeignForm);
    }
    let form = is_form(request.headers());
    let (parts, body) = request.into_parts();
    let (body, bytes) = if form { whole(&parts.headers, body).await? } else { (body, Bytes::new()) };
    if parts.uri.path() != SIGN_IN {
        let Some(secret) = session::secret(site, &parts.headers) else {
            return Err(PageError::SignedOut);
        };
        let wanted = session::csrf_token(&secret);
        let header = parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let given = header.map(str::to_owned).or_else(|| field(&bytes)).unwrap_or_default();
        if verify_slices_are_equal(given.as_bytes(), wanted.as_bytes()).is_err() {
            return Err(PageError::ForeignForm);
        }
    }
    Ok(Request::from_parts(parts, body))
}

/// Whether the browser says that a page of this host sends it.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str()), text(HOST.as_str())) {
        (Some(site), _, _) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        _ => false,
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
}

/// Reads a form to its end, within its limit.
async fn whole(headers: &HeaderMap, body: Body) -> Result<(Body, Bytes), PageError> {
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|bytes| bytes > MOST_FORM_BYTES) {
        return Err(PageError::TooLarge);
    }
    let bytes = to_bytes(body, MOST_FORM_BYTES).await.map_err(|_| PageError::TooLarge)?;
    Ok((Body::from(bytes.clone()), bytes))
}

/// The token among the fields of a form: of characters that need no escaping.
fn field(form: &[u8]) -> Option<String> {
    let pair = form.split(|byte| *byte == b'&').find_map(|pair| pair.strip_prefix(b"csrf="))?;
    String::from_utf8(pair.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_request_comes_from_is_what_the_browser_says() {
        let from = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            is_from_here(&headers)
        };
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(from(&[("origin", "https://a.example:8443"), ("host", "a.example:8443")]));
        assert!(!from(&[("sec-fetch-site", "same-site"), ("origin", "http://a"), ("host", "a")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("origin", "null"), ("host", "a")]));
        assert!(!from(&[("origin", "http://a.example.evil"), ("host", "a.example")]));
        assert!(!from(&[("host", "a")]));
    }

    #[test]
    fn the_token_is_found_among_the_fields() {
        assert_eq!(field(b"a=1&csrf=T-_1&b=2").as_deref(), Some("T-_1"));
        assert_eq!(field(b"a=1&xcsrf=T"), None);
    }
}
