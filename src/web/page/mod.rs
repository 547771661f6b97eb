//! The pages: one file a page, each with its routes.

mod board;
mod calendar;
mod case;
mod cases;
mod deliveries;
mod desk;
mod directory;
mod oidc;
mod password;
mod privacy;
mod sign_in;

use std::sync::Arc;

use axum::Router;

pub(in crate::web) use cases::{Question, line as cases_line};

use super::Site;

/// The routes of every page.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(sign_in::routes())
        .merge(password::routes())
        .merge(board::routes())
        .merge(case::routes())
        .merge(cases::routes())
        .merge(calendar::routes())
        .merge(directory::routes())
        .merge(deliveries::routes())
        .merge(desk::routes())
        .merge(privacy::routes())
        .merge(oidc::routes())
}
