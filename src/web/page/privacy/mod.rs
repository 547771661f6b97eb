//! Who may see what in clear, what was lent, what was given out, what has leaked, and the log of all of it: 查阅申请, 外借登记,
//! 明文导出, 信息泄露, 审计.
//!
//! A page a file, made of facts, forms and tables (`view/desk.rs`). To add one: its file, its routes below, its entry in the
//! navigation (`view/layout.rs`), its words in `page_privacy.ftl`.

mod access;
mod ask;
mod audit;
mod export;
mod export_ask;
mod exports;
mod grant;
mod incident;
mod incidents;
mod loans;
pub(super) mod named;
mod report;
mod subject;

use std::sync::Arc;

use axum::{Router, routing::get};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::AppError,
    security::principal::STAFF_PREFIX,
    web::{
        Site, error,
        error::PageError,
        say::Say,
        view::case::{Fact, Notice},
    },
    words::WordArg,
};

/// Rows of a page.
const PAGE: u16 = 50;
/// Most characters of a reason or a note.
const NOTE_CHARACTERS: usize = 2_000;
/// Most characters of a name, an organisation or a number.
const NAME_CHARACTERS: usize = 200;
/// Most characters of what happened or was done.
const LONG_CHARACTERS: usize = 4_000;

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/access", get(access::show))
        .route("/access/new", get(ask::show).post(ask::ask))
        .route("/access/{id}", get(grant::show).post(grant::act))
        .route("/loans", get(loans::show).post(loans::act))
        .route("/exports", get(exports::show))
        .route("/exports/new", get(export_ask::show).post(export_ask::ask))
        .route("/exports/{id}", get(export::show).post(export::act))
        .route("/exports/{id}/file", get(export::file))
        .route("/incidents", get(incidents::show))
        .route("/incidents/new", get(report::show).post(report::report))
        .route("/incidents/{id}", get(incident::show).post(incident::act))
        .route("/audit", get(audit::show).post(audit::verify))
}

/// Why something was not done, if the page is shown again with what was typed.
fn refused(say: &Say, error: &AppError) -> Option<Notice> {
    let details = match error {
        AppError::AccessStateMismatch(why) => vec![say.value("page-access-why", why)],
        AppError::IncidentStateMismatch(why) => vec![say.value("page-incident-why", why)],
        AppError::ExportStateMismatch(why) => vec![say.value("page-export-why", why)],
        AppError::ExportTooLarge { limit, actual } => {
            let number = |count: i64| WordArg::Number(u32::try_from(count).unwrap_or(u32::MAX));
            let args = [("limit", number(*limit)), ("actual", number(*actual))];
            vec![say.with("page-export-too-large", &args)]
        }
        AppError::SecondPersonRequired | AppError::RequestIdReused | AppError::AccessSubjectNotFound => {
            Vec::new()
        }
        _ => return None,
    };
    Some(Notice { failed: true, text: say.t(error::says(error).1), details })
}

/// What the address of one grant, export or incident says was just done.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    done: String,
}

/// What has just been done, of the closed set `all` of the address.
fn done(say: &Say, kind: &str, all: &[&str], done: &str) -> Option<Notice> {
    all.contains(&done).then(|| Notice { failed: false, text: say.value(kind, done), details: Vec::new() })
}

/// A form in which something is wrong.
fn wrong(say: &Say) -> Notice {
    Notice { failed: true, text: say.t("page-case-form-wrong"), details: Vec::new() }
}

/// One of a closed set in an address; none if it is empty.
fn choice<T>(text: &str, read: impl Fn(i16) -> Option<T>) -> Result<Option<T>, PageError> {
    match text {
        "" => Ok(None),
        text => text.parse().ok().and_then(read).map(Some).ok_or(PageError::Unreadable),
    }
}

/// An id in an address; none if it is empty.
fn id(text: &str) -> Result<Option<Uuid>, PageError> {
    match text {
        "" => Ok(None),
        text => Uuid::try_parse(text).map(Some).map_err(|_| PageError::Unreadable),
    }
}

/// A fact, if there is something to say.
fn fact(say: &Say, label: &str, value: impl Into<String>) -> Option<Fact> {
    let value = value.into();
    (!value.is_empty()).then(|| Fact { label: say.t(label), value, note: String::new() })
}

/// Who did something, as people call him.
fn who(actor: &str) -> String {
    actor.strip_prefix(STAFF_PREFIX).unwrap_or(actor).to_owned()
}
