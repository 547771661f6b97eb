//! One request or grant: everything about it, and what its reader can do with it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use uuid::Uuid;
use zhenshi_domain::access::approval::AccessState;

use super::{Asked, NOTE_CHARACTERS, done, fact, named, refused, subject, wrong};
use crate::{
    app::privacy::{
        GrantRow, OutsiderText,
        decide_access::decide_access,
        end_access::end_access,
        get_access_grant::{ShownGrant, get_access_grant},
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
            desk::{DeskPage, Form},
            layout::Section,
        },
    },
};

/// What the address says was just done.
const DONE: [&str; 4] = ["ask", "agree", "refuse", "end"];

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&address).map_err(|_| PageError::NotFound)?;
    let notice = done(&person.say, "page-access-done", &DONE, &asked.done);
    page(&site, &person, id, None, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    id: Uuid,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let shown = get_access_grant(&site.app, person.principal(), id).await?;
    let row = &shown.row;
    let layout = person.layout(Section::Access, say.named("page-access-title", &row.requester_code));
    let mut page = DeskPage::new(layout.under("/access", say.t("page-nav-access")), String::new());
    page.notice = notice;
    let subject = subject::shown(site, person, row.subject).await?;
    page.facts = facts(site, say, &shown);
    page.facts.insert(2, subject.fact(say));
    page.links.extend(subject.link());
    page.form = form(site, person, row, given)?;
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn facts(site: &Site, say: &Say, shown: &ShownGrant) -> Vec<Fact> {
    let row = &shown.row;
    let by = |code: &Option<String>, time| {
        code.as_ref().map(|code| format!("{code} · {}", say::time(time))).unwrap_or_default()
    };
    let mut state = say.t(named::state(row.state).0);
    if row.state == AccessState::Granted && !row.is_in_force(site.app.clock.now()) {
        state = say.t("page-access-over");
    }
    let outsider = row.outsider.map(|document| {
        let OutsiderText { name, organisation, document_no } = OutsiderText::read(&shown.outsider);
        format!("{name} · {organisation} · {} {document_no}", say.t(named::document(document)))
    });
    let copies = if row.copies > 1 { row.copies.to_string() } else { String::new() };
    let facts = [
        fact(say, "page-access-state", state),
        fact(say, "page-access-kind", say.t(named::kind(row.kind))),
        fact(say, "page-access-fields", named::fields(say, &row.fields)),
        fact(say, "page-case-evidence-purpose", say.t(named::purpose(row.purpose))),
        fact(say, "page-case-field-reason", shown.reason.as_str()),
        fact(say, "page-access-outsider", outsider.unwrap_or_default()),
        fact(say, "page-access-class", say.t(named::class(row.class))),
        fact(say, "page-access-days", row.days.to_string()),
        fact(say, "page-access-copies", copies),
        fact(
            say,
            "page-access-requester",
            format!("{} · {}", row.requester_code, say::time(row.requested_time)),
        ),
        fact(say, "page-access-head", by(&row.head_code, row.head_time.unwrap_or_default())),
        fact(say, "page-access-decider", by(&row.decider_code, row.decided_time.unwrap_or_default())),
        fact(say, "page-access-note", shown.note.as_str()),
        fact(say, "page-access-end", row.end_time.map(say::time).unwrap_or_default()),
        fact(say, "page-access-ended", by(&row.ended_by, row.ended_time.unwrap_or_default())),
        fact(say, "page-access-id", row.id.to_string()),
    ];
    facts.into_iter().flatten().collect()
}

/// To decide while it waits, to take back or end what is one's own or what one may decide about.
fn form(
    site: &Site,
    person: &Person,
    row: &GrantRow,
    given: Option<&Given>,
) -> Result<Option<Form>, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let own = principal.staff.as_ref().is_some_and(|own| own.staff_code == row.requester_code);
    let waits = matches!(row.state, AccessState::AwaitingHead | AccessState::AwaitingCustomerService);
    let decides = principal.permit(Action::DecideAccess).is_ok() && !own;
    let ends = principal.permit(Action::EndAccess).is_ok()
        && (own || decides)
        && (waits || row.is_in_force(site.app.clock.now()));
    let mut buttons = Vec::new();
    let mut making = Making::new(say, given, "decide");
    if waits && decides {
        making.add("note", "page-access-note", false, Input::Area).hint("page-access-hint-note");
        buttons.push(("agree", say.t("page-access-agree")));
        buttons.push(("refuse", say.t("page-access-refuse")));
    }
    if ends {
        buttons.push(("end", say.t(if waits { "page-access-take-back" } else { "page-access-end-now" })));
    }
    if buttons.is_empty() {
        return Ok(None);
    }
    Ok(Some(Form {
        action: format!("/access/{}", row.id),
        head: say.t("page-access-decide"),
        hidden: vec![("request_id", request_id(site)?)],
        fields: making.done(),
        buttons,
    }))
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
    let note = given.text(say, "note", NOTE_CHARACTERS, what == "refuse");
    if given.is_wrong() {
        return page(&site, &person, id, Some(&given), Some(wrong(say))).await;
    }
    let key = given.request(&site.app, &format!("access {id}"))?;
    let answer = match what.as_str() {
        "agree" | "refuse" => {
            decide_access(&site.app, person.principal(), key, id, what == "agree", &note).await
        }
        "end" => end_access(&site.app, person.principal(), key, id).await,
        _ => return Err(PageError::Unreadable),
    };
    match answer {
        Ok(_) => {
            let to = format!("/access/{id}?done={what}");
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(notice) => page(&site, &person, id, Some(&given), Some(notice)).await,
            None => Err(error.into()),
        },
    }
}
