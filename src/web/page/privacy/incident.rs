//! One incident: what happened, what was done, who has seen the data that it is about, and what its reader does about it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use uuid::Uuid;

use super::{Asked, LONG_CHARACTERS, done, fact, named, refused, subject, who, wrong};
use crate::{
    app::privacy::{
        IncidentFile, IncidentRow, IncidentState, MOST_ACCESSES,
        incidents::{close_incident, get_incident, record_measure},
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::{
            case::{given::Given, request_id},
            desk::Making,
        },
        person::Person,
        render, say,
        say::Say,
        view::{
            case::{Fact, Notice, deeds::Input},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
        },
    },
};

/// Which accesses are shown: those from before an entry on, or the newest.
#[derive(Deserialize)]
pub(super) struct Older {
    #[serde(default)]
    before: String,
}

/// What the address says was just done.
const DONE: [&str; 4] = ["report", "take", "measure", "close"];

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<String>,
    Query(asked): Query<Asked>,
    Query(Older { before }): Query<Older>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&address).map_err(|_| PageError::NotFound)?;
    let notice = done(&person.say, "page-incident-done", &DONE, &asked.done);
    let before = super::id(&before)?;
    page(&site, &person, (id, before), None, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    (id, before): (Uuid, Option<Uuid>),
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let file = get_incident(&site.app, person.principal(), id, (before, MOST_ACCESSES)).await?;
    let title = say.named("page-incident-title", &say::time(file.row.reported_time));
    let layout = person.layout(Section::Incidents, title);
    let mut page = DeskPage::new(layout.under("/incidents", say.t("page-nav-incidents")), String::new());
    page.notice = notice;
    page.facts = facts(site, say, &file);
    if let Some(subject) = file.row.subject {
        let shown = subject::shown(site, person, subject).await?;
        page.facts.push(shown.fact(say));
        page.links.extend(shown.link());
    }
    if let Some(next) = file.next {
        page.links.push((format!("/incidents/{id}?before={next}"), say.t("page-incident-accesses-older")));
    }
    page.form = form(site, person, &file.row, given)?;
    page.grids.push(measures(say, &file));
    page.grids.push(accesses(say, &file));
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn facts(site: &Site, say: &Say, file: &IncidentFile) -> Vec<Fact> {
    let row = &file.row;
    let mut state = say.t(named::incident(row.state).0);
    if row.is_overdue(site.app.clock.now()) {
        state = format!("{state} · {}", say.t("page-loans-overdue"));
    }
    let at = |time: Option<_>| time.map(say::time).unwrap_or_default();
    let by = |code: &Option<String>| code.as_deref().map(who).unwrap_or_default();
    let taken = format!("{} {}", by(&row.acknowledged_by), at(row.acknowledged_time));
    let facts = [
        fact(say, "page-access-state", state),
        fact(say, "page-incident-description", file.description.as_str()),
        fact(
            say,
            "page-incident-reporter",
            format!("{} {}", who(&row.reported_by), say::time(row.reported_time)),
        ),
        fact(say, "page-incident-acknowledge-by", say::time(row.acknowledge_by)),
        fact(say, "page-incident-act-by", say::time(row.act_by)),
        fact(say, "page-incident-acknowledged", taken.trim()),
        fact(say, "page-incident-contained", at(row.contained_time)),
        fact(say, "page-incident-closed-supervisor", by(&row.supervisor_code)),
        fact(say, "page-incident-closed-manager", by(&row.manager_code)),
        fact(say, "page-incident-closed", at(row.closed_time)),
    ];
    facts.into_iter().flatten().collect()
}

fn form(
    site: &Site,
    person: &Person,
    row: &IncidentRow,
    given: Option<&Given>,
) -> Result<Option<Form>, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let may = principal.permit(Action::RecordIncidentMeasure).is_ok();
    if !may || row.state == IncidentState::Closed {
        return Ok(None);
    }
    let mut making = Making::new(say, given, "incident");
    making.add("measure", "page-incident-measure", false, Input::Area).hint("page-incident-hint-measure");
    let mut buttons = vec![("measure", say.t("page-incident-record"))];
    if row.state == IncidentState::Reported {
        buttons.insert(0, ("take", say.t("page-incident-take")));
    }
    if principal.permit(Action::CloseIncident).is_ok() {
        buttons.push(("close", say.t("page-incident-close")));
    }
    Ok(Some(Form {
        action: format!("/incidents/{}", row.id),
        head: say.t("page-incident-do"),
        hidden: vec![("request_id", request_id(site)?)],
        fields: making.done(),
        buttons,
    }))
}

fn measures(say: &Say, file: &IncidentFile) -> Grid {
    let row = |one: &crate::app::privacy::Measure| GridRow {
        cells: vec![
            Cell::text(say::time(one.taken_time)),
            Cell::text(who(&one.taken_by)),
            Cell::text(one.words.as_str()),
        ],
        ..GridRow::default()
    };
    let heads = ["page-audit-time", "page-audit-actor", "page-incident-measure"];
    Grid {
        caption: say.t("page-incident-measures"),
        heads: heads.map(|head| (say.t(head), false)).to_vec(),
        rows: file.measures.iter().map(row).collect(),
        empty: say.t("page-incident-no-measures"),
        ..Grid::default()
    }
}

/// Who has seen the data that it is about.
fn accesses(say: &Say, file: &IncidentFile) -> Grid {
    let row = |one: &crate::app::privacy::AccessEntry| GridRow {
        cells: vec![
            Cell::text(say::time(one.recorded_time)),
            Cell::text(who(&one.actor)),
            Cell::text(named::action(say, &one.action)),
            Cell::text(one.reason.clone()),
        ],
        ..GridRow::default()
    };
    let heads = ["page-audit-time", "page-audit-actor", "page-audit-action", "page-audit-reason"];
    let caption = if file.next.is_some() {
        say.n("page-incident-accesses-some", file.accesses.len())
    } else {
        say.t("page-incident-accesses")
    };
    Grid {
        caption,
        heads: heads.map(|head| (say.t(head), false)).to_vec(),
        rows: file.accesses.iter().map(row).collect(),
        empty: say.t("page-incident-no-accesses"),
        ..Grid::default()
    }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<String>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&address).map_err(|_| PageError::NotFound)?;
    let (say, mut given) = (&person.say, Given::new(pairs));
    let what = given.raw("act").to_owned();
    let measure = given.text(say, "measure", LONG_CHARACTERS, what == "measure");
    if what != "measure" && !measure.is_empty() {
        // Written beside another button: it would be lost.
        given.wrong("measure", say.t("page-incident-measure-apart"));
    }
    if given.is_wrong() {
        return page(&site, &person, (id, None), Some(&given), Some(wrong(say))).await;
    }
    let key = given.request(&site.app, &format!("incident {id}"))?;
    let answer = match what.as_str() {
        "take" | "measure" => record_measure(&site.app, person.principal(), key, id, &measure).await,
        "close" => close_incident(&site.app, person.principal(), key, id).await,
        _ => return Err(PageError::Unreadable),
    };
    match answer {
        Ok(_) => {
            let to = format!("/incidents/{id}?done={what}");
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(notice) => page(&site, &person, (id, None), Some(&given), Some(notice)).await,
            None => Err(error.into()),
        },
    }
}
