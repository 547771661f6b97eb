//! Which language a reader gets: the one he chose (a cookie), else the first that his browser asks for and we speak, else
//! Simplified Chinese.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{
        HeaderMap,
        header::{ACCEPT_LANGUAGE, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Site, cookie, local};
use crate::words::Language;

/// Its cookie; not the session's, so that the sign-in page speaks the chosen language too.
const COOKIE: &str = "zhenshi-language";
/// How long a choice is remembered: 400 days, the most that browsers allow.
const REMEMBERED_SECONDS: u32 = 400 * 86_400;

/// The language of whoever sent `headers`.
pub(super) fn of(headers: &HeaderMap) -> Language {
    let chosen = cookie::get(headers, COOKIE).and_then(|tag| Language::parse(&tag));
    let asked = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(first_spoken);
    chosen.or_else(asked).unwrap_or_default()
}

/// The first language of an `Accept-Language` that there is; browsers send them in order of preference.
fn first_spoken(accepted: &str) -> Option<Language> {
    let tags = accepted.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    tags.filter(|tag| !tag.is_empty()).find_map(Language::parse)
}

/// Where to go on afterwards.
#[derive(Deserialize)]
pub(super) struct Return {
    #[serde(default, rename = "return")]
    to: String,
}

/// Remembers the choice and goes back.
pub(super) async fn choose(
    State(site): State<Arc<Site>>,
    Path(tag): Path<String>,
    Query(back): Query<Return>,
) -> Response {
    let to = Redirect::to(local(&back.to));
    let Some(language) = Language::parse(&tag) else { return to.into_response() };
    let cookie = cookie::set(COOKIE, language.as_tag(), "Lax", Some(REMEMBERED_SECONDS), site.secure);
    ([(SET_COOKIE, cookie)], to).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_counts_before_the_browser_and_the_browser_before_the_default() {
        let headers = |cookie: &str, accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", cookie.parse().unwrap());
            headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
            of(&headers)
        };
        assert_eq!(headers("zhenshi-language=zh-Hant", "en-GB,en;q=0.9"), Language::ZhHant);
        assert_eq!(headers("a=b", "fr, en-GB;q=0.9, zh;q=0.8"), Language::En);
        assert_eq!(headers("zhenshi-language=tlh", "fr"), Language::ZhHans);
        assert_eq!(of(&HeaderMap::new()), Language::ZhHans);
    }
}
