//! The pages: one file a page, each with its routes.

mod board;
mod case;
mod desk;
mod sign_in;

use std::sync::Arc;

use axum::Router;

use super::Site;

/// The routes of every page.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().merge(sign_in::routes()).merge(board::routes()).merge(case::routes()).merge(desk::routes())
}
