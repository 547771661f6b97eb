//! Changing one's password; whoever was given one does nothing else before.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
    routing::get,
};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::{
    app::sign_in::{SignInError, Use, change_password},
    web::{
        Site,
        error::PageError,
        language, local, render,
        say::Say,
        session,
        view::{layout::Layout, password::PasswordPage},
    },
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/password", get(show).post(change))
}

/// Where one was.
#[derive(Deserialize)]
struct Before {
    #[serde(default, rename = "return")]
    back: String,
}

/// What the form has.
#[derive(Deserialize)]
struct Change {
    old: String,
    new: String,
    again: String,
    #[serde(default, rename = "return")]
    back: String,
}

/// The page for whoever has a session, even one that may do nothing else.
async fn page(site: &Site, headers: &HeaderMap, back: &str) -> Result<PasswordPage, PageError> {
    let must = match session::find(site, headers, Use::Person).await {
        Ok(_) => false,
        Err(PageError::MustChange) => true,
        Err(error) => return Err(error),
    };
    let secret = session::secret(site, headers).ok_or(PageError::SignedOut)?;
    let say = Say::new(site.words.clone(), language::of(headers));
    let title = say.t("page-password");
    let csrf = session::csrf_token(&secret).ok_or(PageError::SignedOut)?;
    let page = Layout::bare(site, say, title);
    Ok(PasswordPage { page, csrf, back: local(back).to_owned(), must, wrong: None })
}

async fn show(
    State(site): State<Arc<Site>>,
    Query(before): Query<Before>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    Ok(render::page(&page(&site, &headers, &before.back).await?))
}

async fn change(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(change): Form<Change>,
) -> Result<Response, PageError> {
    let mut page = page(&site, &headers, &change.back).await?;
    let secret = session::secret(&site, &headers).ok_or(PageError::SignedOut)?;
    let wrong = if change.new == change.again {
        match change_password(&site.app, &secret, &change.old, &change.new).await {
            Ok(()) => None,
            Err(error @ (SignInError::Failed(_) | SignInError::SignedOut)) => {
                return Err(session::failed(error));
            }
            Err(refused) => refused.key(),
        }
    } else {
        Some("page-password-differ")
    };
    let Some(wrong) = wrong else {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, page.back)]).into_response());
    };
    page.wrong = Some(page.page.t(wrong));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response())
}
