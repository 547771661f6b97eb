//! Cookies: read, set, taken away. Their values are tokens of ours, of characters that need no escaping.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;

/// The value of the cookie `name`.
pub(super) fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// `Set-Cookie` of a cookie that no script reads; without `max_age`, in seconds, it goes with the browser.
pub(super) fn set(
    name: &str,
    value: &str,
    same_site: &str,
    max_age: Option<u32>,
    secure: bool,
) -> HeaderValue {
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{age}{secure}");
    // Values are ours: nothing in them is beyond a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
