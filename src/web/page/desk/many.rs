//! A form about several rows of a table: which were chosen, with which key each is changed, what became of them. For sorting, the
//! verification queue and the lending register alike: what differs is the use case.

use axum::{
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use uuid::Uuid;

use crate::{
    app::{
        AppError, CaseName, RequestKey,
        case::{
            CaseCall,
            get_case::{View, get_case},
        },
    },
    web::{
        Site,
        error::PageError,
        page::case::{given::Given, refused},
        person::Person,
        say::Say,
        view::case::Notice,
    },
};

/// The rows and the fields of such a form, and what was done so far.
pub(in crate::web::page) struct Many {
    /// Id and version of what was chosen, in the order of the table.
    pub(in crate::web::page) chosen: Vec<(Uuid, i64)>,
    pub(in crate::web::page) given: Given,
    /// How many were changed.
    pub(in crate::web::page) done: usize,
    /// Why the others were not, one line each.
    refused: Vec<String>,
}

impl Many {
    /// What was sent.
    ///
    /// # Errors
    /// [`PageError::Unreadable`] for a choice that no form of ours has.
    pub(in crate::web::page) fn of(pairs: Vec<(String, String)>) -> Result<Self, PageError> {
        let chosen = pairs.iter().filter(|(name, _)| name == "case").map(|(_, value)| {
            let (id, version) = value.split_once('.')?;
            Some((Uuid::try_parse(id).ok()?, version.parse().ok()?))
        });
        let chosen = chosen.collect::<Option<_>>().ok_or(PageError::Unreadable)?;
        Ok(Self { chosen, given: Given::new(pairs), done: 0, refused: Vec::new() })
    }

    /// The button that was pressed.
    pub(in crate::web::page) fn act(&self) -> &str {
        self.given.raw("act")
    }

    /// What stands against doing anything: nothing is chosen, or a field is wrong.
    pub(in crate::web::page) fn wrong(&self, say: &Say) -> Option<Notice> {
        let id = match (self.chosen.is_empty(), self.given.is_wrong()) {
            (true, _) => "page-desk-none-chosen",
            (false, true) => "page-case-form-wrong",
            (false, false) => return None,
        };
        Some(Notice { failed: true, text: say.t(id), details: Vec::new() })
    }

    /// The key of the form: of its number, its fields, and all that is chosen.
    ///
    /// # Errors
    /// [`PageError::Unreadable`] for a form without its number.
    pub(in crate::web::page) fn request(&self, site: &Site) -> Result<RequestKey, PageError> {
        let ids: Vec<String> = self.chosen.iter().map(|(id, _)| id.to_string()).collect();
        self.given.request(&site.app, &format!("{} {}", self.act(), ids.join(",")))
    }

    /// One call for each of the cases that were chosen.
    pub(in crate::web::page) fn calls(&self, site: &Site, form: &RequestKey) -> Vec<CaseCall> {
        let chosen = self.chosen.iter();
        let call = |(case_id, version): &(Uuid, i64)| CaseCall {
            case_id: *case_id,
            etag: Some(*version),
            request: key_of(site, form, *case_id),
        };
        chosen.map(call).collect()
    }

    /// Notes what became of the case `id`.
    ///
    /// # Errors
    /// A failure that is not about this case alone.
    pub(in crate::web::page) async fn note<T>(
        &mut self,
        site: &Site,
        person: &Person,
        id: Uuid,
        result: Result<T, AppError>,
    ) -> Result<(), PageError> {
        match result {
            Ok(_) => self.done += 1,
            Err(error) => {
                let line = told(site, person, id, error).await?;
                self.refused.push(line);
            }
        }
        Ok(())
    }

    /// Notes why something was not done.
    pub(in crate::web::page) fn refuse(&mut self, why: String) {
        self.refused.push(why);
    }

    /// Back to the table if all was done; else what was not, under the message `partly`.
    pub(in crate::web::page) fn end(
        &mut self,
        say: &Say,
        to: &str,
        partly: &str,
    ) -> Result<Response, Notice> {
        if self.refused.is_empty() {
            let to = format!("{to}?done={}", self.done);
            return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
        }
        let details = std::mem::take(&mut self.refused);
        Err(Notice { failed: true, text: say.n(partly, self.done), details })
    }
}

/// What the address says was just done: how many, under the message `id`.
pub(in crate::web::page) fn done(say: &Say, id: &str, count: Option<usize>) -> Option<Notice> {
    count.map(|count| Notice { failed: false, text: say.n(id, count), details: Vec::new() })
}

/// The key of one of several changes of a form: the form's number and the row make it.
pub(in crate::web::page) fn key_of(site: &Site, form: &RequestKey, row: Uuid) -> RequestKey {
    let digest =
        site.app.request_digest(&[&form.digest[..], form.request_id.as_bytes(), row.as_bytes()].concat());
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    let request_id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    RequestKey { request_id, digest: form.digest }
}

/// Why one of the cases was not changed, by its number.
async fn told(site: &Site, person: &Person, id: Uuid, error: AppError) -> Result<String, PageError> {
    if !refused::is_shown_again(&error) && !matches!(error, AppError::CaseNotFound) {
        return Err(error.into());
    }
    let told = refused::told(&person.say, &error);
    let case = get_case(&site.app, person.principal(), CaseName::Id(id), View::Basic).await;
    let number = case.map(|case| case.row.case_no).unwrap_or_default();
    Ok(format!("{number} {} {}", told.text, told.details.join(" ")).trim().to_owned())
}
