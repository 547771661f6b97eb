//! One case: its page, everything that can be done with it, its evidence, its form.
//!
//! `show` makes the page, with what was typed if something was not done; `act` does what a form asks for; `deed` says what can
//! be done, `form` with which fields. Everything works without a script.

mod act;
mod deed;
mod evidence;
mod form;
pub(in crate::web) mod given;
mod happened;
mod live;
mod possible;
mod print;
mod reading;
pub(in crate::web) mod refused;
mod reveal;
mod show;
mod shown;

pub(in crate::web) use possible::request_id;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::web::Site;

/// Longest number of a case that is looked up.
const MOST_NUMBER: usize = 32;

pub(super) fn routes() -> Router<Arc<Site>> {
    // What a content may have is counted by whoever takes it in.
    let upload = post(evidence::attach).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/cases/{no}", get(show::show))
        .route("/cases/{no}/do/{deed}", post(act::act))
        .route("/cases/{no}/live", get(live::live))
        .route("/cases/{no}/changes", get(live::changes))
        .route("/cases/{no}/reveal/{customer}/{field}", get(reveal::ask).post(reveal::reveal))
        .route("/cases/{no}/evidence", upload)
        .route("/cases/{no}/evidence/{id}", post(reading::read))
        .route("/cases/{no}/form/{customer}", get(print::form))
}
