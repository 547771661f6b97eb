//! Signing in by the house's identity provider: to it, and back.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{AppendHeaders, IntoResponse as _, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{
    app::{
        AppError,
        sign_in::oidc::{Flow, begin_oidc, finish_oidc},
    },
    web::{Site, cookie, error::PageError, local, session},
};

/// Cookie of a sign-in under way: its secret, and where to go on afterwards. `Lax`: the way back comes from another site.
const FLOW_COOKIE: &str = "zhenshi-oidc";
/// Seconds for a sign-in at the provider.
const FLOW_SECONDS: u32 = 600;
/// Longest address to go on to that is kept.
const MAX_BACK_BYTES: usize = 1_024;

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/sign-in/oidc", get(begin)).route("/sign-in/oidc/callback", get(finish))
}

/// Where one was.
#[derive(Deserialize)]
struct Before {
    #[serde(default, rename = "return")]
    back: String,
}

/// What the provider gives back with the browser.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Goes on by itself. Not a redirect: the browser would still be on its way from another site then, and not send the new cookie.
#[derive(Template)]
#[template(
    source = "<!doctype html><meta charset=\"utf-8\"><title>Zhenshi</title><meta http-equiv=\"refresh\" content=\"0;url={{ to }}\"><a href=\"{{ to }}\">{{ to }}</a>",
    ext = "html"
)]
struct GoOn {
    to: String,
}

async fn begin(State(site): State<Arc<Site>>, Query(before): Query<Before>) -> Result<Response, PageError> {
    let luck = site.app.entropy.as_ref();
    let flow = Flow::generate(luck).map_err(|_| AppError::Internal { incident_id: uuid::Uuid::nil() })?;
    let to = begin_oidc(&site.app, &flow).await.map_err(session::failed)?;
    let back = local(&before.back);
    let back = if back.len() > MAX_BACK_BYTES { "/" } else { back };
    let value = format!("{}.{}", flow.expose(), URL_SAFE_NO_PAD.encode(back));
    let cookie = cookie::set(FLOW_COOKIE, &value, "Lax", Some(FLOW_SECONDS), site.secure);
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, to)]).into_response())
}

async fn finish(
    State(site): State<Arc<Site>>,
    Query(given): Query<Back>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let value = cookie::get(&headers, FLOW_COOKIE).ok_or(PageError::SignedOut)?;
    let (flow, back) = value.split_once('.').ok_or(PageError::SignedOut)?;
    let flow = Flow::parse(flow).ok_or(PageError::SignedOut)?;
    let back = URL_SAFE_NO_PAD.decode(back).ok().and_then(|back| String::from_utf8(back).ok());
    let made = finish_oidc(&site.app, &flow, &given.code, &given.state).await.map_err(session::failed)?;
    let own =
        cookie::set(session::cookie_name(site.secure), made.secret.expose(), "Strict", None, site.secure);
    let over = cookie::set(FLOW_COOKIE, "", "Lax", Some(0), site.secure);
    let page = GoOn { to: local(&back.unwrap_or_default()).to_owned() }.render()?;
    let cookies = AppendHeaders([(SET_COOKIE, own), (SET_COOKIE, over)]);
    Ok((cookies, axum::response::Html(page)).into_response())
}
