//! What changes something: taken only from our own pages.
//!
//! Three walls, each enough against one kind of browser: the session's cookie is not sent across sites (`SameSite=Strict`);
//! the request says from where it comes (`Sec-Fetch-Site`, else `Origin`), and that must be here; and it carries the token
//! that our forms have, in the field `csrf` (of an upload: its first one) or, from htmx, in the header `X-CSRF-Token`. A handler
//! cannot forget any of it: they stand before every route.

use std::{sync::Arc, time::Duration};

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
use tokio::time::{Instant, timeout, timeout_at};
use tokio_stream::StreamExt as _;

use super::{Site, error::PageError, session};

/// Most bytes of a form. Files have limits of their own.
pub(super) const MOST_FORM_BYTES: usize = 256 * 1024;
/// Within so many bytes from the beginning of an upload its token stands.
const TOKEN_WITHIN_BYTES: usize = 4 * 1024;
/// How long a form may take to arrive.
const FORM_TIME: Duration = Duration::from_secs(30);
/// How long the beginning of an upload may take.
const BEGINNING_TIME: Duration = Duration::from_secs(30);
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
    let kind = kind(request.headers());
    let (parts, body) = request.into_parts();
    let (body, own) = match kind {
        Kind::Form => {
            let (body, bytes) = whole(&parts.headers, body).await?;
            (body, field(&bytes))
        }
        Kind::Upload => {
            let (body, beginning) = beginning(body).await?;
            (body, first_part(&beginning))
        }
        Kind::Other => (body, None),
    };
    if parts.uri.path() != SIGN_IN {
        let Some(secret) = session::secret(site, &parts.headers) else {
            return Err(PageError::SignedOut);
        };
        let header = parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let given = header.map(str::to_owned).or(own).unwrap_or_default();
        if !session::accepts_csrf(&secret, &given) {
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

/// What a body is.
enum Kind {
    Form,
    Upload,
    Other,
}

fn kind(headers: &HeaderMap) -> Kind {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/x-www-form-urlencoded" => Kind::Form,
        "multipart/form-data" => Kind::Upload,
        _ => Kind::Other,
    }
}

/// The first bytes of an upload, and the whole body as it came: its end is not waited for.
async fn beginning(body: Body) -> Result<(Body, Vec<u8>), PageError> {
    let mut rest = body.into_data_stream();
    let (mut read, mut first) = (Vec::new(), Vec::new());
    let until = Instant::now() + BEGINNING_TIME;
    while first.len() < TOKEN_WITHIN_BYTES && first_part(&first).is_none() {
        let next = timeout_at(until, rest.next()).await.map_err(|_| PageError::Unreadable)?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| PageError::Unreadable)?;
        first.extend_from_slice(&chunk);
        read.push(Ok(chunk));
    }
    Ok((Body::from_stream(tokio_stream::iter(read).chain(rest)), first))
}

/// The token in the first part of an upload, once that part is whole.
fn first_part(upload: &[u8]) -> Option<String> {
    let upload = upload.get(..TOKEN_WITHIN_BYTES.min(upload.len())).unwrap_or_default();
    let text = String::from_utf8_lossy(upload);
    let (boundary, rest) = text.split_once("\r\n")?;
    let (head, rest) = rest.split_once("\r\n\r\n")?;
    let (value, _) = rest.split_once(&format!("\r\n{boundary}"))?;
    (boundary.starts_with("--") && head.contains("name=\"csrf\"")).then(|| value.to_owned())
}

/// Reads a form to its end, within its limit.
async fn whole(headers: &HeaderMap, body: Body) -> Result<(Body, Bytes), PageError> {
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|bytes| bytes > MOST_FORM_BYTES) {
        return Err(PageError::TooLarge);
    }
    let read =
        timeout(FORM_TIME, to_bytes(body, MOST_FORM_BYTES)).await.map_err(|_| PageError::Unreadable)?;
    let bytes = read.map_err(|_| PageError::TooLarge)?;
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
    fn the_token_of_an_upload_is_its_first_part() {
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let whole = format!("{}{}--B--\r\n", part("csrf", "T-_1"), part("file", "x"));
        assert_eq!(first_part(whole.as_bytes()).as_deref(), Some("T-_1"));
        for length in 0..part("csrf", "T-_1").len() {
            assert_eq!(first_part(&whole.as_bytes()[..length]), None, "not before it is whole");
        }
        let later = format!("{}{}--B--\r\n", part("file", "x"), part("csrf", "T-_1"));
        assert_eq!(first_part(later.as_bytes()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_a_byte_a_second_is_not_waited_for() {
        let dripping = || {
            let bytes = tokio_stream::iter(0..10_000).then(|_| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok::<_, std::convert::Infallible>(Bytes::from_static(b"a"))
            });
            Body::from_stream(Box::pin(bytes))
        };
        let begun = Instant::now();
        assert!(matches!(whole(&HeaderMap::new(), dripping()).await, Err(PageError::Unreadable)));
        assert_eq!(begun.elapsed().as_secs(), FORM_TIME.as_secs());
        assert!(matches!(beginning(dripping()).await, Err(PageError::Unreadable)));
        assert_eq!(begun.elapsed().as_secs(), (FORM_TIME + BEGINNING_TIME).as_secs());
    }

    #[test]
    fn the_token_is_found_among_the_fields() {
        assert_eq!(field(b"a=1&csrf=T-_1&b=2").as_deref(), Some("T-_1"));
        assert_eq!(field(b"a=1&xcsrf=T"), None);
    }
}
