//! The bearer token of a call.

use http::{HeaderMap, header};
use tonic::{Extensions, Request, Status};

use super::call::Caller;
use crate::{security::principal::Principal, words::Language};

/// The token of a call.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer)
}

/// The caller of a request, as the guards found out before its message was read.
///
/// # Errors
/// `UNAUTHENTICATED` when they did not: a method is never reached without them.
pub(super) fn caller<M>(request: &Request<M>) -> Result<Caller, Status> {
    let found = request.extensions().get::<Caller>().cloned();
    found.ok_or_else(|| Status::unauthenticated("the call did not pass the guards"))
}

/// The principal of a request with these extensions: see [`caller`].
///
/// # Errors
/// As [`caller`].
pub(super) fn principal(extensions: &Extensions) -> Result<Principal, Box<Status>> {
    let found = extensions.get::<Caller>().map(|caller| caller.principal.clone());
    found.ok_or_else(|| Box::new(Status::unauthenticated("the call did not pass the guards")))
}

/// The language in which the caller of a request with these extensions is answered: see [`Caller::speaks`].
pub(super) fn language(extensions: &Extensions, language_code: &str) -> Language {
    extensions.get::<Caller>().map(|caller| caller.speaks(language_code)).unwrap_or_default()
}

/// The token of an `authorization` value; the scheme is matched without case (RFC 9110, 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_one() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
    }
}
