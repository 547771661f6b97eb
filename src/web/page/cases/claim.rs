//! 领取: the next case of one's branch, taken from the worklist or the board.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;

use super::show::request;
use crate::{
    app::{AppError, case::claim_next_case::claim_next_case},
    web::{
        Site,
        error::PageError,
        page::case::refused,
        person::Person,
        render,
        view::{cases::Report, layout::Section},
    },
};

/// What the form has.
#[derive(Deserialize)]
pub(super) struct Claim {
    request_id: Uuid,
}

pub(super) async fn claim(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Claim>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let key = request(&site, form.request_id, &["claim"]);
    let told = match claim_next_case(&site.app, person.principal(), key).await {
        Ok(Some(claimed)) => {
            let to = format!("/cases/{}", claimed.case.case_no);
            return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
        }
        Ok(None) => say.t("page-cases-claim-none"),
        Err(error @ (AppError::StaffNotEligible(_) | AppError::RequestIdReused)) => {
            let told = refused::told(say, &error);
            format!("{} {}", told.text, told.details.join(" ")).trim().to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let page = person.layout(Section::Cases, say.t("page-cases-claim"));
    let page = page.under("/cases", say.t("page-nav-cases"));
    let back = "/cases?assignee=me".to_owned();
    let report = Report { page, back, changed: 0, not_done: Vec::new(), more: 0, told: Some(told) };
    Ok(render::page(&report))
}
