//! 工作台: what is to be done next, by role.

use std::sync::Arc;

use axum::{Router, response::Response, routing::get};

use crate::web::{
    Site,
    person::Person,
    render,
    view::{board::BoardPage, layout::Section},
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/", get(show))
}

async fn show(person: Person) -> Response {
    let title = person.say.t("page-nav-board");
    render::page(&BoardPage { page: person.layout(Section::Board, title) })
}
