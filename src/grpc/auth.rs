//! The bearer token of a call.

use tonic::{Status, metadata::MetadataMap};

use super::status::StatusWriter;
use crate::{
    app::{App, AppError},
    security::principal::Principal,
};

/// The principal of a call, or why there is none.
///
/// # Errors
/// `UNAUTHENTICATED` without a token in force, in the same words for every cause; `UNAVAILABLE` when nobody can be asked.
pub async fn principal(
    app: &App,
    metadata: &MetadataMap,
    words: &StatusWriter,
) -> Result<Principal, Box<Status>> {
    let token = metadata.get("authorization").and_then(|value| value.to_str().ok()).and_then(bearer);
    let found = match token {
        Some(token) => app.callers.authenticate(token).await,
        None => Err(AppError::Unauthenticated),
    };
    found.map_err(|error| Box::new(words.app(&error)))
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
