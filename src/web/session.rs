//! Who is signed in: the one seam between the page and `app::sign_in`.
//!
//! The cookie holds the session's secret, which only the browser has; what the service keeps of it is a hash.

use axum::http::{HeaderMap, HeaderValue};
use chrono::{DateTime, Utc};

use super::{Site, cookie, error::PageError};
use crate::{
    app::{
        error::AppError,
        sign_in::{SignInError, Use, resume},
    },
    security::{principal::Principal, session::SessionSecret},
};

/// A session, as a request finds it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// Who he is.
    pub(super) principal: Principal,
    /// How he is called on the page.
    pub(super) name: String,
    /// What his forms carry.
    pub(super) csrf: String,
    /// When it ends if he does nothing.
    pub(super) idle_expires_time: DateTime<Utc>,
    /// He has a password of ours.
    pub(super) local: bool,
}

/// Name of the session's cookie. With TLS the browser itself sees to it that it is ours and of the whole host.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-zhenshi" } else { "zhenshi" }
}

/// `Set-Cookie` of a session; an empty secret takes it away.
pub(super) fn set_cookie(site: &Site, secret: &str) -> HeaderValue {
    let age = secret.is_empty().then_some(0);
    cookie::set(cookie_name(site.secure), secret, "Strict", age, site.secure)
}

/// The secret that `headers` carry.
pub(super) fn secret(site: &Site, headers: &HeaderMap) -> Option<String> {
    cookie::get(headers, cookie_name(site.secure)).filter(|secret| !secret.is_empty())
}

/// What forms of the session of `secret` carry.
pub(super) fn csrf_token(secret: &str) -> Option<String> {
    SessionSecret::parse(secret).map(|secret| secret.csrf_token())
}

/// Whether `given` is what forms of the session of `secret` carry.
pub(super) fn accepts_csrf(secret: &str, given: &str) -> bool {
    SessionSecret::parse(secret).is_some_and(|secret| secret.accepts_csrf(given))
}

/// The session of `headers`.
///
/// # Errors
/// [`PageError::SignedOut`], [`PageError::MustChange`], and the database's absence.
pub(super) async fn find(site: &Site, headers: &HeaderMap, using: Use) -> Result<Session, PageError> {
    let secret = secret(site, headers).ok_or(PageError::SignedOut)?;
    let found = resume(&site.app, &secret, using).await.map_err(failed)?;
    let code = found.principal.staff.as_ref().map(|staff| staff.staff_code.clone());
    Ok(Session {
        name: found.login.clone().or(code).unwrap_or_default(),
        csrf: found.csrf_token(),
        idle_expires_time: found.idle_expires_time,
        local: found.login.is_some(),
        principal: found.principal,
    })
}

/// Whether the session of `headers` goes on; asking does not make it last longer. While it cannot be asked, it does.
pub(super) async fn is_in_force(site: &Site, headers: &HeaderMap) -> bool {
    !matches!(find(site, headers, Use::Background).await, Err(PageError::SignedOut | PageError::MustChange))
}

/// What a request is to its session: what the page asks by itself does not make it last longer.
pub(super) fn using(headers: &HeaderMap, path: &str) -> Use {
    let by_itself = headers.contains_key("x-background")
        || path.ends_with("/live")
        || matches!(path, "/cases/counts" | "/session");
    if by_itself { Use::Background } else { Use::Person }
}

/// A refusal that is no answer to a form.
pub(super) fn failed(error: SignInError) -> PageError {
    match error {
        SignInError::MustChange => PageError::MustChange,
        SignInError::Failed(error) => error.into(),
        SignInError::Busy => PageError::Busy,
        SignInError::ProviderUnavailable => AppError::ProviderUnavailable.into(),
        SignInError::SignedOut | SignInError::Refused | SignInError::Unfit(_) => PageError::SignedOut,
    }
}
