//! 分拣: what customer service does with the cases of a list before they are distributed, and the figures that reconcile
//! (article 13).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use zhenshi_domain::{case::CaseState, shanghai};

use super::{
    Making,
    many::{self, Many},
};
use crate::{
    app::{
        AppError, CaseFilter, CaseRow, ListKind, RequestKey,
        case::{
            CaseCall,
            assign_case::{Destination, assign_case},
            batch::{CasesCall, Which, release_cases},
            hold_case::hold_case,
            list_cases::{From, list_cases},
            merge_cases::merge_cases,
        },
        get_suspicion_list::get_suspicion_list,
    },
    security::{policy::Action, principal::ALL_CHANNELS},
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

/// Cases on the page: a list's worth for one person.
const PAGE: u16 = 200;
/// Most characters of a reason.
const NOTE_CHARACTERS: usize = 2_000;
/// Most characters of a code of the directory.
const CODE_CHARACTERS: usize = 64;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// How many were changed, before the page was asked for.
    #[serde(default)]
    done: Option<usize>,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let notice = many::done(&person.say, "page-sorting-done", asked.done);
    page(&site, &person, None, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (app, principal, say) = (&site.app, person.principal(), &person.say);
    principal.permit(Action::ReleaseCases)?;
    let filter = CaseFilter { states: vec![CaseState::Sorting], ..CaseFilter::default() };
    let found = list_cases(app, principal, filter, From::Top, PAGE, false).await?;
    let layout = person.layout(Section::Sorting, say.t("page-nav-sorting"));
    let release = app.release_time.format("%H:%M").to_string();
    let mut page = DeskPage::new(layout, say.named("page-sorting-lead", &release));
    page.notice = notice;
    let today = shanghai::date(app.clock.now());
    match get_suspicion_list(app, principal, ListKind::Daily, today).await {
        Ok((_, Some(of))) => {
            page.figures = [
                ("page-lists-listed", of.listed),
                ("page-lists-distributed", of.distributed),
                ("page-lists-merged", of.merged),
                ("page-lists-held", of.held),
                ("page-lists-waiting", of.waiting),
            ]
            .map(|(id, count)| (say.t(id), count.to_string()))
            .to_vec();
            let date = say::date(today);
            page.links.push((format!("/lists/daily/{date}"), say.t("page-sorting-list")));
        }
        Ok((_, None)) | Err(AppError::SuspicionListNotFound) => {}
        Err(error) => return Err(error.into()),
    }
    page.links.push(("/cases/new".into(), say.t("page-nav-entry")));
    if !found.cases.is_empty() {
        let mut making = Making::new(say, given, "sorting");
        making.add("reason", "page-case-field-reason", false, Input::Area).hint("page-sorting-reason");
        let channels = ALL_CHANNELS
            .map(|one| (named::channel_value(one).to_owned(), say.t(words::channel(one))))
            .to_vec();
        making.add("channel", "page-case-field-channel", false, Input::Choice(channels));
        making.hint("page-sorting-channel");
        making.add("branch_code", "page-case-field-branch", false, Input::Text);
        making.add("staff_code", "page-case-field-staff", false, Input::Text).hint("page-case-hint-staff");
        page.form = Some(Form {
            action: "/sorting".into(),
            head: say.t("page-sorting-chosen"),
            hidden: vec![("request_id", crate::web::page::case::request_id(site)?)],
            fields: making.done(),
            buttons: vec![
                ("release", say.t("page-case-do-release")),
                ("hold", say.t("page-case-hold-on")),
                ("unhold", say.t("page-case-hold-off")),
                ("merge", say.t("page-sorting-merge")),
                ("redirect", say.t("page-case-do-redirect")),
            ],
        });
    }
    page.grids.push(grid(say, &found.cases));
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn grid(say: &Say, cases: &[CaseRow]) -> Grid {
    let row = |case: &CaseRow| GridRow {
        value: format!("{}.{}", case.id, case.version),
        name: case.case_no.clone(),
        cells: vec![
            Cell::link(case.case_no.clone(), format!("/cases/{}", case.case_no)),
            Cell::lines(case.clues.iter().map(|clue| say.t(words::clue(*clue))).collect()),
            Cell::text(case.priority.to_string()),
            Cell::lines(vec![say.t(words::channel(case.channel)), case.branch_code.clone()]),
            Cell::lines(case.seller_codes.clone()),
            Cell::lines(facts::marks(say, case)),
            Cell::text(case.release_time.filter(|_| !case.held).map(say::time).unwrap_or_default()),
        ],
    };
    let head = |id: &str, number| (say.t(id), number);
    Grid {
        caption: say.t("page-sorting-cases"),
        heads: vec![
            head("page-desk-case-no", false),
            head("list-column-clue", false),
            head("list-column-priority", true),
            head("list-column-lead-channel", false),
            head("list-column-seller", false),
            head("page-sorting-marks", false),
            head("page-sorting-release-time", false),
        ],
        rows: cases.iter().map(row).collect(),
        empty: say.t("page-sorting-none"),
        next: None,
        choose: Some("case"),
    }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut many = Many::of(pairs)?;
    let say = &person.say;
    let what = many.act().to_owned();
    let reason = many.given.text(say, "reason", NOTE_CHARACTERS, what != "release");
    let to = if what == "redirect" { destination(say, &mut many.given) } else { None };
    if let Some(notice) = many.wrong(say) {
        return page(&site, &person, Some(&many.given), Some(notice)).await;
    }
    let form = many.request(&site)?;
    match (what.as_str(), to) {
        ("release", _) => release(&site, &person, &mut many, form).await?,
        ("hold" | "unhold", _) => hold(&site, &person, &mut many, &form, (what == "hold", &reason)).await?,
        ("merge", _) => merge(&site, &person, &mut many, form, &reason).await?,
        ("redirect", Some(to)) => redirect(&site, &person, &mut many, &form, (&to, &reason)).await?,
        _ => return Err(PageError::Unreadable),
    }
    match many.end(say, "/sorting", "page-sorting-partly") {
        Ok(led) => Ok(led),
        Err(notice) => page(&site, &person, Some(&many.given), Some(notice)).await,
    }
}

/// Where the cases are to go: to another channel, and there to a branch and a person if they are named.
fn destination(say: &Say, given: &mut Given) -> Option<Destination> {
    let channel = given.choice(say, "channel", true, |sent| {
        ALL_CHANNELS.into_iter().find(|one| named::channel_value(*one) == sent)
    })?;
    let branch = given.text(say, "branch_code", CODE_CHARACTERS, false);
    let staff = given.text(say, "staff_code", CODE_CHARACTERS, false);
    Some(Destination { staff_code: (!staff.is_empty()).then_some(staff), channel: Some((channel, branch)) })
}

async fn release(
    site: &Site,
    person: &Person,
    many: &mut Many,
    request: RequestKey,
) -> Result<(), PageError> {
    let which = Which::Ids(many.chosen.iter().map(|(id, _)| *id).collect());
    let call = CasesCall { which, request };
    for one in release_cases(&site.app, person.principal(), call).await? {
        many.note(site, person, one.case_id, one.result).await?;
    }
    Ok(())
}

async fn hold(
    site: &Site,
    person: &Person,
    many: &mut Many,
    form: &RequestKey,
    (hold, reason): (bool, &str),
) -> Result<(), PageError> {
    for call in many.calls(site, form) {
        let id = call.case_id;
        let answer = hold_case(&site.app, person.principal(), call, hold, reason).await;
        many.note(site, person, id, answer).await?;
    }
    Ok(())
}

async fn redirect(
    site: &Site,
    person: &Person,
    many: &mut Many,
    form: &RequestKey,
    (to, reason): (&Destination, &str),
) -> Result<(), PageError> {
    for call in many.calls(site, form) {
        let id = call.case_id;
        let sent = assign_case(&site.app, person.principal(), call, to.clone(), reason).await;
        many.note(site, person, id, sent).await?;
    }
    Ok(())
}

/// The first of them, which is the most urgent, takes the others.
async fn merge(
    site: &Site,
    person: &Person,
    many: &mut Many,
    request: RequestKey,
    reason: &str,
) -> Result<(), PageError> {
    let Some((&(case_id, version), others)) = many.chosen.split_first() else { return Ok(()) };
    let others: Vec<_> = others.iter().map(|(id, _)| *id).collect();
    if others.is_empty() {
        many.refuse(person.say.t("page-sorting-merge-two"));
        return Ok(());
    }
    let taken = others.len();
    let call = CaseCall { case_id, etag: Some(version), request };
    let merged = merge_cases(&site.app, person.principal(), call, others, reason).await;
    many.done += if merged.is_ok() { taken } else { 0 };
    many.note(site, person, case_id, merged).await
}
