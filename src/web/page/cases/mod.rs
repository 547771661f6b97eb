//! 问题件: the worklist.
//!
//! `question` is its address taken apart, `show` the page and its rows, `act` what is done with many cases, `claim` taking the next one, `live` the word that
//! something has changed, `own` saved views and switches.

mod act;
mod claim;
pub(super) mod live;
mod own;
mod question;
mod show;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

pub(in crate::web) use question::Question;
pub(in crate::web) use show::line;

use crate::web::Site;

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/cases", get(show::show))
        .route("/cases/counts", get(show::counts))
        .route("/cases/matching", get(act::matching))
        .route("/cases/staff", get(act::staff))
        .route("/cases/act", post(act::act))
        .route("/cases/claim", post(claim::claim))
        .route("/cases/live", get(live::live))
        .route("/cases/views", post(own::save_view))
        .route("/cases/views/drop", post(own::drop_view))
        .route("/cases/keys", post(own::switch_keys))
}
