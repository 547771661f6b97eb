//! A case by hand, out of a call (articles 12, 13): the application is looked for, the customer in doubt chosen among its
//! parties, and the doubt said.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::{
    case::{CallBackDoubt, CaseSource},
    verdict::Verdict,
};

use super::{Making, submissions};
use crate::{
    app::{
        SubmissionFilter,
        case::create_case::{Doubt, create_case},
        get_submission::get_submission,
        list_submissions::list_submissions,
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
            case::{Notice, deeds::Input, named},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
        },
    },
};

/// Accepted submissions whose parties are offered.
const MOST_SUBMISSIONS: usize = 5;
/// Longest number of an application that is looked for.
const MOST_NUMBER: usize = 64;
/// Most characters of a reason.
const NOTE_CHARACTERS: usize = 2_000;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    application_no: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    page(&site, &person, &asked.application_no, None, None).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    number: &str,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let say = &person.say;
    person.principal().permit(Action::CreateCase)?;
    let number: String = number.trim().chars().take(MOST_NUMBER).collect();
    let layout = person.layout(Section::Sorting, say.t("page-nav-entry"));
    let layout = layout.under("/sorting", say.t("page-nav-sorting"));
    let mut page = DeskPage::new(layout, say.t("page-entry-lead"));
    page.notice = notice;
    let typed = Given::new(vec![("application_no".into(), number.clone())]);
    let mut making = Making::new(say, Some(&typed), "search");
    making.add("application_no", "list-column-application-no", true, Input::Text);
    page.search = Some(Form {
        action: "/cases/new".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    });
    if !number.is_empty() {
        let grid = parties(site, person, &number).await?;
        if !grid.rows.is_empty() {
            page.form = Some(form(site, say, &number, given)?);
        }
        page.grids.push(grid);
    }
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn form(site: &Site, say: &Say, number: &str, given: Option<&Given>) -> Result<Form, PageError> {
    let mut making = Making::new(say, given, "entry");
    let sources = CaseSource::ALL.iter().filter(|source| **source != CaseSource::Suspicion);
    let sources = sources.map(|one| (one.code().to_string(), say.t(named::source(*one)))).collect();
    making.add("source", "page-case-fact-source", true, Input::Choice(sources));
    let doubts = CallBackDoubt::ALL.iter().map(|one| (one.code().to_string(), say.t(named::doubt(*one))));
    making
        .add("doubt", "page-entry-doubt", false, Input::Choice(doubts.collect()))
        .hint("page-entry-doubt-hint");
    making.add("reason", "page-entry-reason", true, Input::Area);
    Ok(Form {
        action: "/cases/new".into(),
        head: say.t("page-entry-head"),
        hidden: vec![
            ("request_id", crate::web::page::case::request_id(site)?),
            ("application_no", number.to_owned()),
        ],
        fields: making.done(),
        buttons: vec![("enter", say.t("page-entry-do"))],
    })
}

/// The parties of the accepted submissions of that number; those in force first.
async fn parties(site: &Site, person: &Person, number: &str) -> Result<Grid, PageError> {
    let say = &person.say;
    let filter = SubmissionFilter {
        application_no: Some(number.to_owned()),
        verdict: Some(Verdict::Accepted),
        ..SubmissionFilter::default()
    };
    let mut found = list_submissions(&site.app, person.principal(), filter, 50).await?.rows;
    found.sort_by_key(|(_, current)| !current);
    let mut grid = submissions::party_grid(say);
    grid.empty = say.t("page-entry-none");
    grid.choose = Some("party");
    grid.heads.insert(0, (say.t("page-submissions-decided"), false));
    for (row, _) in found.iter().take(MOST_SUBMISSIONS) {
        let shown = get_submission(&site.app, person.principal(), row.id, true).await?;
        for party in &shown.parties {
            let mut cells =
                vec![Cell::link(say::time(row.decision.decided_time), format!("/submissions/{}", row.id))];
            cells.extend(submissions::party_cells(say, party));
            let name = cells
                .iter()
                .skip(1)
                .take(2)
                .flat_map(|cell| cell.lines.clone())
                .collect::<Vec<_>>()
                .join(" ");
            grid.rows.push(GridRow { value: format!("{}.{}", row.id, party.party_no), name, cells });
        }
    }
    Ok(grid)
}

pub(super) async fn enter(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let parties = pairs.iter().filter(|(name, _)| name == "party").count();
    let mut given = Given::new(pairs);
    let say = &person.say;
    let number = given.raw("application_no").to_owned();
    let source = given.choice(say, "source", true, |sent| CaseSource::from_code(sent.parse().ok()?));
    let doubt = given.choice(say, "doubt", false, |sent| CallBackDoubt::from_code(sent.parse().ok()?));
    let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
    if source.is_some_and(|source| source != CaseSource::CallBack) && doubt.is_some() {
        given.wrong("doubt", say.t("page-entry-doubt-hint"));
    } else if source == Some(CaseSource::CallBack) && doubt.is_none() {
        given.wrong("doubt", say.t("violation-required"));
    }
    let party = given.raw("party").split_once('.').and_then(|(submission, party)| {
        Some((Uuid::try_parse(submission).ok()?, party.parse::<i16>().ok()?))
    });
    let (Some((submission_id, party_no)), Some(source), false, 1) =
        (party, source, given.is_wrong(), parties)
    else {
        let id = if parties == 1 { "page-case-form-wrong" } else { "page-entry-one" };
        let notice = Notice { failed: true, text: say.t(id), details: Vec::new() };
        return page(&site, &person, &number, Some(&given), Some(notice)).await;
    };
    let request = given.request(&site.app, "create")?;
    let doubt = Doubt { source, doubt, submission_id, party_no, request };
    match create_case(&site.app, person.principal(), doubt, &reason).await {
        Ok(made) => {
            let to = format!("/cases/{}", made.case.case_no);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) if refused::is_shown_again(&error) => {
            let told = refused::told(say, &error);
            let notice = Notice { failed: true, text: told.text, details: told.details };
            page(&site, &person, &number, Some(&given), Some(notice)).await
        }
        Err(error) => Err(error.into()),
    }
}
