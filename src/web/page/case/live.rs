//! Whether the case has changed since the page was made: told by server-sent events that it has, the page asks what, and shows a
//! notice; what somebody is typing stays where it is.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::show;
use crate::{
    app::{
        CaseFilter, CaseName,
        case::{
            get_case::{View, get_case},
            list_case_events::list_case_events,
            said,
            watch_cases::watch_cases,
        },
    },
    web::{Site, error::PageError, page::cases::live::words, person::Person, render, say},
};

/// Most changes that are told one by one.
const MOST_TOLD: u16 = 5;

#[derive(Deserialize)]
pub(super) struct Seen {
    /// The version that is on the page.
    etag: i64,
}

/// What has changed.
#[derive(Template)]
#[template(path = "case/live.html")]
struct Changed {
    text: String,
    changes: Vec<String>,
    href: String,
    again: String,
}

/// The word that something has changed in this case, as often as it does.
pub(super) async fn changes(
    person: Person,
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Path(no): Path<String>,
) -> Result<Response, PageError> {
    let name = CaseName::Number(show::number(&no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    let watcher = watch_cases(&site.app, person.principal(), CaseFilter::default(), None).await?;
    Ok(words(site, headers, watcher, Some(case.row.id)))
}

pub(super) async fn live(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(no): Path<String>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageError> {
    let name = CaseName::Number(show::number(&no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    if case.row.version <= seen.etag {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let after = Some((seen.etag, i16::MAX));
    let events =
        list_case_events(&site.app, person.principal(), case.row.id, after, MOST_TOLD, false).await?;
    let say = &person.say;
    let changes = events.events.iter().map(|event| {
        let who = event.actor.strip_prefix(crate::security::principal::STAFF_PREFIX).unwrap_or(&event.actor);
        let what = said::event(say.words(), say.language(), event.kind);
        format!("{} {who} {what}", say::time(event.recorded_time))
    });
    Ok(render::page(&Changed {
        text: say.t("page-case-changed-elsewhere"),
        changes: changes.collect(),
        href: format!("/cases/{no}"),
        again: say.t("page-case-show-again"),
    }))
}
