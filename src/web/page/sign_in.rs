//! Signing in and out, and how long it lasts.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, LOCATION, SET_COOKIE},
    },
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::{
    app::sign_in::{SignInError, Use, sign_in_with_password, sign_out},
    web::{
        Site,
        error::{PageError, url_escape},
        language, local, post as posted, render,
        say::Say,
        session,
        view::{layout::Layout, sign_in::SignInPage},
    },
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route(posted::SIGN_IN, get(show).post(enter))
        .route("/sign-out", post(leave))
        .route("/session", get(left).post(stay))
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
    if session::find(&site, &headers, Use::Background).await.is_ok() {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, back)]).into_response());
    }
    let lost = !before.lost.is_empty();
    Ok(render::page(&form(&site, &headers, back, String::new(), lost)))
}

fn form(site: &Site, headers: &HeaderMap, back: String, name: String, lost: bool) -> SignInPage {
    let say = Say::new(site.words.clone(), language::of(headers));
    let title = say.t("page-sign-in");
    let mut page = Layout::bare(site, say, title);
    page.path = format!("{}?return={}", posted::SIGN_IN, url_escape(&back));
    let provider = site.app.sign_in.oidc.as_ref();
    let provider = provider.map(|_| format!("/sign-in/oidc?return={}", url_escape(&back)));
    SignInPage { page, back, name, wrong: None, lost, provider }
}

async fn enter(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, PageError> {
    let back = local(&entry.back).to_owned();
    let made = sign_in_with_password(&site.app, &entry.name, &entry.password).await;
    let made = match made {
        Ok(made) => made,
        Err(SignInError::Failed(error)) => return Err(error.into()),
        Err(refused) => {
            let mut page = form(&site, &headers, back, entry.name, false);
            page.wrong = refused.key().map(|key| page.page.t(key));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response());
        }
    };
    let to = if made.must_change { format!("/password?return={}", url_escape(&back)) } else { back };
    let cookie = session::set_cookie(&site, made.secret.expose());
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, to)]).into_response())
}

async fn leave(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, PageError> {
    if let Some(secret) = session::secret(&site, &headers) {
        sign_out(&site.app, &secret).await.map_err(session::failed)?;
    }
    let cookie = session::set_cookie(&site, "");
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, posted::SIGN_IN)]).into_response())
}

/// How long the session lasts, for the warning before its end; asking does not make it last longer.
async fn left(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, PageError> {
    tell(&site, &headers, Use::Background).await
}

/// The person is still there.
async fn stay(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, PageError> {
    tell(&site, &headers, Use::Person).await
}

async fn tell(site: &Site, headers: &HeaderMap, using: Use) -> Result<Response, PageError> {
    let session = session::find(site, headers, using).await?;
    let left = (session.idle_expires_time - site.app.clock.now()).num_seconds();
    let text = serde_json::json!({ "left": left, "csrf": session.csrf }).to_string();
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}
