//! Who is signed in: the one seam between the page and sign-in.
//!
//! The cookie holds a secret that only the browser has; what the service keeps of it is a hash. Everything that the page wants
//! of sign-in is here: [`find`], [`open`], [`close`].

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Site, cookie};
use crate::{
    app::AppError,
    security::{principal::Principal, role::Role},
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
}

/// Name of the session's cookie. With TLS the browser itself sees to it that it is ours and of the whole host.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-zhenshi" } else { "zhenshi" }
}

/// The token of forms that goes with the session of `secret`: no key of ours is in it, and nothing of the secret can be
/// learnt from it.
pub(super) fn csrf_token(secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"zhenshi form token v1").as_ref())
}

/// The secret that `headers` carry.
pub(super) fn secret(site: &Site, headers: &HeaderMap) -> Option<String> {
    cookie::get(headers, cookie_name(site.secure)).filter(|secret| !secret.is_empty())
}

/// The session of `headers`; none if there is none in force.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn find(site: &Site, headers: &HeaderMap) -> Result<Option<Session>, AppError> {
    let Some(secret) = secret(site, headers) else { return Ok(None) };
    let principal = match site.app.callers.authenticate(&secret).await {
        Ok(principal) if principal.role != Role::System => principal,
        Ok(_) | Err(AppError::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    };
    let name = principal.staff.as_ref().map(|staff| staff.staff_code.clone()).unwrap_or_default();
    Ok(Some(Session { principal, name, csrf: csrf_token(&secret) }))
}

/// Signs in; what the cookie is to hold. None if name and password are nobody's.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn open(site: &Site, _name: &str, password: &str) -> Result<Option<String>, AppError> {
    match site.app.callers.authenticate(password).await {
        Ok(principal) if principal.role != Role::System => Ok(Some(password.to_owned())),
        Ok(_) | Err(AppError::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}
