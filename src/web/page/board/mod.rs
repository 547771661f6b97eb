//! 工作台: what is to be done next, by role.
//!
//! `blocks` and `guarded` have what the roles' boards are made of, `plots` the figures that are drawn, `returns` the batch return.

mod blocks;
mod guarded;
mod plots;
mod returns;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};

use crate::{
    app::CaseFilter,
    security::role::Role,
    web::{
        Site,
        error::PageError,
        person::Person,
        render,
        view::{board::BoardPage, layout::Section},
    },
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(show))
        .route("/board/plots", get(plots::show))
        .route("/board/return", post(returns::give_back))
}

async fn show(person: Person, State(site): State<Arc<Site>>) -> Result<Response, PageError> {
    let title = person.say.t("page-nav-board");
    let mut page = person.layout(Section::Board, title);
    page.plots = person.principal().role != Role::Administrator && person.principal().role != Role::Clerk;
    let mut board = BoardPage::of(page);
    let (person, site) = (&person, &*site);
    match person.principal().role {
        Role::Clerk => blocks::own(person, site, &mut board).await?,
        Role::TeamLeader | Role::ChannelHead => blocks::team(person, site, &mut board).await?,
        Role::CustomerService | Role::CustomerServiceManager => {
            blocks::lists(person, site, &mut board).await?;
            blocks::desk(person, site, &mut board).await?;
            blocks::queue(person, site, &mut board, CaseFilter::default()).await?;
        }
        Role::Compliance | Role::InformationSupervisor | Role::Auditor => {
            blocks::supervision(person, site, &mut board).await?;
            guarded::guarded(person, site, &mut board).await?;
            let filter = CaseFilter {
                outcome: Some(zhenshi_domain::case::Outcome::ConfirmedFalse),
                ..CaseFilter::default()
            };
            blocks::queue(person, site, &mut board, filter).await?;
        }
        Role::Administrator | Role::System => {}
    }
    Ok(render::page(&board))
}
