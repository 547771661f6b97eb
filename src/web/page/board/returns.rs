//! Returning many submissions for one reason; each case is answered for by itself.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::{
        AppError, CaseName, RequestKey,
        case::{
            CaseCall,
            get_case::{View, get_case},
            return_case::return_case,
        },
    },
    web::{
        Site,
        error::{self, PageError},
        person::Person,
        render,
        view::{
            cases::{NotDone, Report},
            layout::Section,
        },
    },
};

/// Most characters of a reason.
const MOST_REASON_CHARACTERS: usize = 2_000;
/// Most submissions of one form: as many as the board shows.
const MOST_RETURNED: usize = 10;

/// What the form has.
#[derive(Deserialize)]
pub(super) struct Return {
    request_id: Uuid,
    /// Id and version that were seen.
    #[serde(default)]
    case: Vec<String>,
    #[serde(default)]
    reason: String,
}

pub(super) async fn give_back(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Return>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let page = person.layout(Section::Board, say.t("page-board-return"));
    let mut done = Report { page, back: "/".into(), changed: 0, not_done: Vec::new(), more: 0, told: None };
    let reason = form.reason.trim();
    if form.case.is_empty() {
        done.told = Some(say.t("page-cases-none-chosen"));
    } else if reason.is_empty() {
        done.told = Some(say.t("page-error-reason-required"));
    } else if reason.chars().count() > MOST_REASON_CHARACTERS {
        done.told = Some(say.n("page-cases-reason-long", MOST_REASON_CHARACTERS));
    } else if form.case.len() > MOST_RETURNED {
        done.told = Some(say.n("page-cases-too-many", MOST_RETURNED));
    }
    if done.told.is_some() {
        return Ok(render::page(&done));
    }
    for key in &form.case {
        let (id, version) = seen(key).ok_or(PageError::Unreadable)?;
        // The same form sent again is the same return of the same case.
        let request_id = Uuid::from_u128(form.request_id.as_u128() ^ id.as_u128());
        let digest = site.app.request_digest(format!("{key}\u{1f}{reason}").as_bytes());
        let call = CaseCall { case_id: id, etag: Some(version), request: RequestKey { request_id, digest } };
        match return_case(&site.app, person.principal(), call, reason).await {
            Ok(_) => done.changed += 1,
            Err(error) => done.not_done.push(not_done(&person, &site, id, &error).await?),
        }
    }
    Ok(render::page(&done))
}

fn seen(key: &str) -> Option<(Uuid, i64)> {
    let (id, version) = key.split_once('.')?;
    Some((Uuid::try_parse(id).ok()?, version.parse().ok()?))
}

async fn not_done(person: &Person, site: &Site, id: Uuid, error: &AppError) -> Result<NotDone, PageError> {
    let named = get_case(&site.app, person.principal(), CaseName::Id(id), View::Basic).await;
    let no = match named {
        Ok(case) => case.row.case_no,
        Err(AppError::CaseNotFound) => id.to_string(),
        Err(error) => return Err(error.into()),
    };
    Ok(NotDone { href: format!("/cases/{no}"), no, why: person.say.t(error::says(error).1) })
}
