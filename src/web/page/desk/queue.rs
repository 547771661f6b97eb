//! 复核: cases that wait for the reader's department, the claim beside its evidence; single ones are verified on their own page,
//! several can be returned at once.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use zhenshi_domain::case::{CaseState, Move};

use super::{
    Making,
    many::{self, Many},
};
use crate::{
    app::{
        CaseFilter, CaseName,
        case::{
            get_case::{ShownCase, View, get_case},
            list_cases::{From, list_cases},
            return_case::return_case,
        },
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::case::given::Given,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{Notice, deeds::Input, facts, named},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
            words,
        },
    },
};

/// Cases of a page: each is read whole.
const PAGE: u16 = 30;
/// Most characters of a reason.
const NOTE_CHARACTERS: usize = 2_000;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: Option<usize>,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let notice = many::done(&person.say, "page-queue-done", asked.done);
    page(&site, &person, None, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (app, principal, say) = (&site.app, person.principal(), &person.say);
    principal.permit(Action::VerifyCase)?;
    let filter = CaseFilter { states: vec![CaseState::Submitted], ..CaseFilter::default() };
    let found = list_cases(app, principal, filter, From::Top, PAGE, false).await?;
    let mut shown = Vec::new();
    for case in &found.cases {
        shown.push(get_case(app, principal, CaseName::Id(case.id), View::Full).await?);
    }
    let (mine, others): (Vec<_>, Vec<_>) = shown.into_iter().partition(is_mine);
    let mut page =
        DeskPage::new(person.layout(Section::Queue, say.t("page-nav-queue")), say.t("page-queue-lead"));
    page.notice = notice;
    if !mine.is_empty() {
        let mut making = Making::new(say, given, "queue");
        making.add("reason", "page-queue-reason", true, Input::Area);
        page.form = Some(Form {
            action: "/verification".into(),
            head: say.t("page-queue-chosen"),
            hidden: vec![("request_id", crate::web::page::case::request_id(site)?)],
            fields: making.done(),
            buttons: vec![("return", say.t("page-case-do-return"))],
        });
    }
    let calendar = &site.app.calendars.current().calendar;
    let clock = |case: &ShownCase| facts::clock(say, &case.row, app.clock.now(), calendar);
    let rows = |cases: &[ShownCase]| {
        cases.iter().map(|case| row(say, case, clock(case).map(|clock| clock.text))).collect()
    };
    page.grids.push(grid(say, "page-queue-mine", rows(&mine), Some("case")));
    if !others.is_empty() {
        page.grids.push(grid(say, "page-queue-others", rows(&others), None));
    }
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

/// Whether the reader may decide now: he has not handled it, and his department is awaited.
fn is_mine(case: &ShownCase) -> bool {
    let may = |one| case.details.as_ref().is_some_and(|details| details.allowed.contains(&one));
    may(Move::Verify) || may(Move::Close)
}

fn row(say: &Say, case: &ShownCase, clock: Option<String>) -> GridRow {
    let of = &case.row;
    let mut claim: Vec<String> =
        of.outcome.map(|outcome| say.t(named::outcome(outcome))).into_iter().collect();
    claim.extend(of.cleared_kind.map(|kind| say.t(named::cleared(kind))));
    if !of.servicing_no.is_empty() {
        claim.push(say.named("page-case-servicing", &of.servicing_no));
    }
    let mut evidence = Vec::new();
    let mut awaited = Vec::new();
    if let Some(details) = &case.details {
        evidence.extend(details.rows.evidence.iter().map(|piece| {
            let facts = &piece.facts;
            let parts = [
                (true, named::evidence(facts.kind)),
                (facts.signer_is_policyholder, "page-case-signed-by-policyholder"),
                (facts.original_seen, "page-case-original-seen"),
            ];
            let parts = parts.iter().filter(|(there, _)| *there).map(|(_, id)| say.t(id));
            parts.collect::<Vec<_>>().join(" · ")
        }));
        let attempts = details.rows.attempts.len();
        if attempts > 0 {
            evidence.push(say.n("page-queue-attempts", attempts));
        }
        awaited.extend(details.rows.awaited.iter().map(|department| say.t(named::department(*department))));
    }
    GridRow {
        value: format!("{}.{}", of.id, of.version),
        name: of.case_no.clone(),
        cells: vec![
            Cell::link(of.case_no.clone(), format!("/cases/{}#do-verify", of.case_no)),
            Cell::lines(of.clues.iter().map(|clue| say.t(words::clue(*clue))).collect()),
            Cell::lines(claim),
            Cell::lines(evidence),
            Cell::lines(vec![of.assignee.clone().unwrap_or_default(), say.t(words::channel(of.channel))]),
            Cell::lines(vec![
                of.submitted_time.map(say::time).unwrap_or_default(),
                clock.unwrap_or_default(),
            ]),
            Cell::lines(awaited),
        ],
    }
}

fn grid(say: &Say, caption: &str, rows: Vec<GridRow>, choose: Option<&'static str>) -> Grid {
    let head = |id: &str| (say.t(id), false);
    Grid {
        caption: say.t(caption),
        heads: vec![
            head("page-desk-case-no"),
            head("list-column-clue"),
            head("page-queue-claim"),
            head("page-case-evidence"),
            head("page-case-fact-assignee"),
            head("page-queue-submitted"),
            head("page-queue-awaited"),
        ],
        rows,
        empty: say.t("page-queue-none"),
        next: None,
        choose,
    }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut many = Many::of(pairs)?;
    let say = &person.say;
    if many.act() != "return" {
        return Err(PageError::Unreadable);
    }
    let reason = many.given.text(say, "reason", NOTE_CHARACTERS, true);
    if let Some(notice) = many.wrong(say) {
        return page(&site, &person, Some(&many.given), Some(notice)).await;
    }
    let form = many.request(&site)?;
    for call in many.calls(&site, &form) {
        let id = call.case_id;
        let returned = return_case(&site.app, person.principal(), call, &reason).await;
        many.note(&site, &person, id, returned).await?;
    }
    match many.end(say, "/verification", "page-queue-partly") {
        Ok(led) => Ok(led),
        Err(notice) => page(&site, &person, Some(&many.given), Some(notice)).await,
    }
}
