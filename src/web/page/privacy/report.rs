//! Reporting that personal data have leaked, or may have: open to everybody who works here (fifth text, 27).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;

use super::{LONG_CHARACTERS, refused, subject, wrong};
use crate::{
    app::privacy::incidents::report_leak,
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::{
            case::{given::Given, request_id},
            desk::Making,
        },
        person::Person,
        render,
        view::{
            case::{Notice, deeds::Input},
            desk::{DeskPage, Form},
            layout::Section,
        },
    },
};

/// What was reported before the page was asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let notice = super::done(&person.say, "page-incident-done", &["report"], &asked.done);
    page(&site, &person, None, notice)
}

fn page(
    site: &Site,
    person: &Person,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::ReportLeak)?;
    let say = &person.say;
    let layout = person.layout(Section::Report, say.t("page-nav-report"));
    let mut page = DeskPage::new(layout, say.t("page-report-lead"));
    page.notice = notice;
    let mut making = Making::new(say, given, "report");
    making.add("description", "page-incident-description", true, Input::Area);
    making.hint("page-report-hint");
    making.add("subject", "page-access-subject", false, Input::Text).hint("page-access-hint-subject");
    page.form = Some(Form {
        action: "/incidents/new".into(),
        head: say.t("page-report-head"),
        hidden: vec![("request_id", request_id(site)?)],
        fields: making.done(),
        buttons: vec![("report", say.t("page-report-do"))],
    });
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

pub(super) async fn report(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::ReportLeak)?;
    let (say, mut given) = (&person.say, Given::new(pairs));
    let description = given.text(say, "description", LONG_CHARACTERS, true);
    let named = given.raw("subject").to_owned();
    let subject = if named.trim().is_empty() { None } else { subject::read(&site, &person, &named).await? };
    if subject.is_none() && !named.trim().is_empty() {
        given.wrong("subject", say.t("access-subject-not-found"));
    }
    if given.is_wrong() {
        return page(&site, &person, Some(&given), Some(wrong(say)));
    }
    let key = given.request(&site.app, "report leak")?;
    match report_leak(&site.app, person.principal(), key, subject, &description).await {
        Ok(row) => {
            // Whoever may not follow it learns that it has arrived.
            let to = if person.principal().permit(Action::GetIncident).is_ok() {
                format!("/incidents/{}?done=report", row.id)
            } else {
                "/incidents/new?done=report".to_owned()
            };
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(notice) => page(&site, &person, Some(&given), Some(notice)),
            None => Err(error.into()),
        },
    }
}
