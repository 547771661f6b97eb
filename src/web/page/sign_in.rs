//! Signing in and out.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::web::{
    Site, cookie,
    error::PageError,
    language, local, post as posted, render,
    say::Say,
    session,
    view::{layout::Layout, sign_in::SignInPage},
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route(posted::SIGN_IN, get(show).post(enter)).route("/sign-out", post(leave))
}

/// Where one was.
#[derive(Deserialize)]
struct Before {
    #[serde(default, rename = "return")]
    back: String,
    #[serde(default)]
    lost: String,
}

/// What the form has.
#[derive(Deserialize)]
struct Entry {
    name: String,
    password: String,
    #[serde(default, rename = "return")]
    back: String,
}

async fn show(
    State(site): State<Arc<Site>>,
    Query(before): Query<Before>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let back = local(&before.back).to_owned();
    if session::find(&site, &headers).await?.is_some() {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, back)]).into_response());
    }
    let lost = !before.lost.is_empty();
    Ok(render::page(&form(&site, &headers, back, String::new(), lost)))
}

fn form(site: &Site, headers: &HeaderMap, back: String, name: String, lost: bool) -> SignInPage {
    let say = Say::new(site.words.clone(), language::of(headers));
    let title = say.t("page-sign-in");
    let mut page = Layout::bare(site, say, title);
    page.path = format!("{}?return={}", posted::SIGN_IN, crate::web::error::url_escape(&back));
    SignInPage { page, back, name, wrong: None, lost }
}

async fn enter(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, PageError> {
    let back = local(&entry.back).to_owned();
    let Some(secret) = session::open(&site, &entry.name, &entry.password).await? else {
        let mut page = form(&site, &headers, back, entry.name, false);
        page.wrong = Some(page.page.t("page-sign-in-wrong"));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response());
    };
    let cookie = cookie::set(session::cookie_name(site.secure), &secret, "Strict", None, site.secure);
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, back)]).into_response())
}

async fn leave(State(site): State<Arc<Site>>) -> Response {
    let cookie = cookie::set(session::cookie_name(site.secure), "", "Strict", Some(0), site.secure);
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, posted::SIGN_IN)]).into_response()
}
