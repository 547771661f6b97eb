//! What a person keeps of the worklist for himself: views under a name, and whether keys work.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::question::Question;
use crate::{
    app::page_settings::{self, MOST_VIEWS, VIEW_NAME_CHARACTERS, VIEW_QUERY_CHARACTERS},
    web::{
        Site,
        error::PageError,
        person::Person,
        render,
        view::{cases::Report, layout::Section},
    },
};

/// A view and the query that it stands for.
#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
    #[serde(default)]
    query: String,
}

pub(super) async fn save_view(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Named>,
) -> Result<Response, PageError> {
    let question = Question::of_query(&form.query).ok_or(PageError::Unreadable)?;
    let (name, query) = (form.name.trim().to_owned(), question.query());
    let fits = (1..=VIEW_NAME_CHARACTERS).contains(&name.chars().count())
        && !name.chars().any(char::is_control)
        && query.chars().count() <= VIEW_QUERY_CHARACTERS;
    if !fits {
        return Ok(refused(&person, &question, person.say.n("page-cases-view-name", VIEW_NAME_CHARACTERS)));
    }
    if page_settings::save_view(&site.app, person.principal(), name, query).await? {
        return Ok(Redirect::to(&question.href()).into_response());
    }
    Ok(refused(&person, &question, person.say.n("page-cases-views-full", MOST_VIEWS)))
}

fn refused(person: &Person, question: &Question, told: String) -> Response {
    let page = person.layout(Section::Cases, person.say.t("page-cases-save-view"));
    let page = page.under(question.href(), person.say.t("page-nav-cases"));
    let done =
        Report { page, back: question.href(), changed: 0, not_done: Vec::new(), more: 0, told: Some(told) };
    (axum::http::StatusCode::UNPROCESSABLE_ENTITY, render::page(&done)).into_response()
}

pub(super) async fn drop_view(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Named>,
) -> Result<Response, PageError> {
    page_settings::drop_view(&site.app, person.principal(), form.name).await?;
    Ok(Redirect::to("/cases").into_response())
}

/// Whether keys are to work.
#[derive(Deserialize)]
pub(super) struct Keys {
    on: bool,
    #[serde(default)]
    query: String,
}

pub(super) async fn switch_keys(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Keys>,
) -> Result<Response, PageError> {
    let question = Question::of_query(&form.query).ok_or(PageError::Unreadable)?;
    page_settings::switch_keys(&site.app, person.principal(), form.on).await?;
    Ok(Redirect::to(&question.href()).into_response())
}
