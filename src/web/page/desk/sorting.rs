//! 分拣: what customer service does with the cases of a list before they are distributed, and the figures that reconcile
//! (article 13).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::{case::CaseState, shanghai};

use super::Making;
use crate::{
    app::{
        AppError, CaseFilter, CaseName, CaseRow, ListKind, RequestKey,
        case::{
            CaseCall,
            batch::{CasesCall, Which, release_cases},
            get_case::{View, get_case},
            hold_case::hold_case,
            list_cases::{From, list_cases},
            merge_cases::merge_cases,
        },
        get_suspicion_list::get_suspicion_list,
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::case::{given::Given, refused},
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{Notice, deeds::Input, facts},
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
    let notice = asked.done.map(|count| Notice {
        failed: false,
        text: person.say.n("page-sorting-done", count),
        details: Vec::new(),
    });
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
            Cell::link(say.t("page-case-do-redirect"), format!("/cases/{}#do-redirect", case.case_no)),
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
            head("page-desk-actions", false),
        ],
        rows: cases.iter().map(row).collect(),
        empty: say.t("page-sorting-none"),
        next: None,
        choose: Some("case"),
    }
}

/// A case that was chosen, with the version that was seen.
pub(super) fn chosen(pairs: &[(String, String)]) -> Option<Vec<(Uuid, i64)>> {
    let chosen = pairs.iter().filter(|(name, _)| name == "case").map(|(_, value)| {
        let (id, version) = value.split_once('.')?;
        Some((Uuid::try_parse(id).ok()?, version.parse().ok()?))
    });
    chosen.collect()
}

/// The key of one of several changes of a form: the form's number and the case make it.
pub(super) fn key_of(site: &Site, form: &RequestKey, case: Uuid) -> RequestKey {
    let digest =
        site.app.request_digest(&[&form.digest[..], form.request_id.as_bytes(), case.as_bytes()].concat());
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    let request_id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    RequestKey { request_id, digest: form.digest }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let chosen = chosen(&pairs).ok_or(PageError::Unreadable)?;
    let mut given = Given::new(pairs);
    let say = &person.say;
    let what = given.raw("act").to_owned();
    if chosen.is_empty() {
        let notice = Notice { failed: true, text: say.t("page-desk-none-chosen"), details: Vec::new() };
        return page(&site, &person, Some(&given), Some(notice)).await;
    }
    let reason = given.text(say, "reason", NOTE_CHARACTERS, what != "release");
    if given.is_wrong() {
        let notice = Notice { failed: true, text: say.t("page-case-form-wrong"), details: Vec::new() };
        return page(&site, &person, Some(&given), Some(notice)).await;
    }
    // What is chosen is a part of what is asked.
    let ids: Vec<String> = chosen.iter().map(|(id, _)| id.to_string()).collect();
    let key = given.request(&site.app, &format!("sorting {what} {}", ids.join(",")))?;
    let (mut done, mut refused) = (0, Vec::new());
    match what.as_str() {
        "release" => release(&site, &person, &chosen, key, &mut done, &mut refused).await?,
        "hold" | "unhold" => {
            hold(&site, &person, &chosen, &key, (what == "hold", &reason), &mut done, &mut refused).await?;
        }
        "merge" => merge(&site, &person, &chosen, key, &reason, &mut done, &mut refused).await?,
        _ => return Err(PageError::Unreadable),
    }
    if refused.is_empty() {
        let to = format!("/sorting?done={done}");
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
    }
    let notice = Notice { failed: true, text: say.n("page-sorting-partly", done), details: refused };
    page(&site, &person, Some(&given), Some(notice)).await
}

/// Why one of the cases was not changed, by its number.
pub(super) async fn told(
    site: &Site,
    person: &Person,
    id: Uuid,
    error: AppError,
) -> Result<String, PageError> {
    if !refused::is_shown_again(&error) && !matches!(error, AppError::CaseNotFound) {
        return Err(error.into());
    }
    let told = refused::told(&person.say, &error);
    let case = get_case(&site.app, person.principal(), CaseName::Id(id), View::Basic).await;
    let number = case.map(|case| case.row.case_no).unwrap_or_default();
    Ok(format!("{number} {} {}", told.text, told.details.join(" ")).trim().to_owned())
}

async fn release(
    site: &Site,
    person: &Person,
    chosen: &[(Uuid, i64)],
    request: RequestKey,
    done: &mut usize,
    refused: &mut Vec<String>,
) -> Result<(), PageError> {
    let which = Which::Ids(chosen.iter().map(|(id, _)| *id).collect());
    let call = CasesCall { which, request };
    for one in release_cases(&site.app, person.principal(), call).await? {
        match one.result {
            Ok(_) => *done += 1,
            Err(error) => refused.push(told(site, person, one.case_id, error).await?),
        }
    }
    Ok(())
}

async fn hold(
    site: &Site,
    person: &Person,
    chosen: &[(Uuid, i64)],
    form: &RequestKey,
    (hold, reason): (bool, &str),
    done: &mut usize,
    refused: &mut Vec<String>,
) -> Result<(), PageError> {
    for (case_id, version) in chosen {
        let request = key_of(site, form, *case_id);
        let call = CaseCall { case_id: *case_id, etag: Some(*version), request };
        match hold_case(&site.app, person.principal(), call, hold, reason).await {
            Ok(_) => *done += 1,
            Err(error) => refused.push(told(site, person, *case_id, error).await?),
        }
    }
    Ok(())
}

/// The first of them, which is the most urgent, takes the others.
async fn merge(
    site: &Site,
    person: &Person,
    chosen: &[(Uuid, i64)],
    request: RequestKey,
    reason: &str,
    done: &mut usize,
    refused: &mut Vec<String>,
) -> Result<(), PageError> {
    let Some(((case_id, version), others)) = chosen.split_first() else { return Ok(()) };
    if others.is_empty() {
        refused.push(person.say.t("page-sorting-merge-two"));
        return Ok(());
    }
    let call = CaseCall { case_id: *case_id, etag: Some(*version), request };
    let others = others.iter().map(|(id, _)| *id).collect();
    match merge_cases(&site.app, person.principal(), call, others, reason).await {
        Ok(_) => *done += chosen.len(),
        Err(error) => refused.push(told(site, person, *case_id, error).await?),
    }
    Ok(())
}
