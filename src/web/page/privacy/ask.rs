//! Asking for access: whose data, which parts, what for, for how long; for somebody of another house who he is (fifth text, 18, 19).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use zhenshi_domain::access::{Field, Purpose, approval::LONGEST_DAYS};

use super::{NAME_CHARACTERS, NOTE_CHARACTERS, named, refused, subject, wrong};
use crate::{
    app::privacy::{
        AccessKind, OutsiderDocument, OutsiderText, SubjectIds,
        request_access::{Asked, request_access},
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
        render,
        say::Say,
        view::{
            case::{Notice, deeds::Input},
            desk::{DeskPage, Form},
            layout::Section,
        },
    },
};

/// Most copies of one loan.
const MOST_COPIES: u16 = 100;

/// What is known already, from the page that leads here.
#[derive(Default, Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    subject: String,
    /// One part of it.
    #[serde(default)]
    field: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(known): Query<Known>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::RequestAccess)?;
    page(&site, &person, &known, None, None)
}

fn page(
    site: &Site,
    person: &Person,
    known: &Known,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let layout = person.layout(Section::Access, say.t("page-access-ask"));
    let layout = layout.under("/access", say.t("page-nav-access"));
    let mut page = DeskPage::new(layout, say.t("page-access-ask-lead"));
    page.notice = notice;
    page.form = Some(form(site, say, known, given)?);
    let status = if given.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn form(site: &Site, say: &Say, known: &Known, given: Option<&Given>) -> Result<Form, PageError> {
    let mut making = Making::new(say, given, "ask");
    making.add("subject", "page-access-subject", true, Input::Text).hint("page-access-hint-subject");
    making.starting_with(&known.subject);
    let purposes = Purpose::ALL.iter().map(|one| (one.code().to_string(), say.t(named::purpose(*one))));
    making.add("purpose", "page-case-evidence-purpose", true, Input::Choice(purposes.collect()));
    let kinds = AccessKind::ALL.iter().map(|one| (one.code().to_string(), say.t(named::kind(*one))));
    making.add("kind", "page-access-kind", true, Input::Choice(kinds.collect()));
    making.starting_with(&AccessKind::View.code().to_string());
    making.add("days", "page-access-days", true, Input::Number(1, LONGEST_DAYS.into()));
    making.hint("page-access-hint-days").starting_with("1");
    making.add("copies", "page-access-copies", true, Input::Number(1, MOST_COPIES));
    making.hint("page-access-hint-copies").starting_with("1");
    making.add("reason", "page-case-field-reason", true, Input::Area);
    for (_, name, label) in named::FIELDS {
        making.add(name, label, false, Input::Check);
        making.starting_with(if name == known.field { "on" } else { "" });
    }
    let documents = OutsiderDocument::ALL.iter();
    let documents = documents.map(|one| (one.code().to_string(), say.t(named::document(*one))));
    making.add("outsider", "page-access-outsider-name", false, Input::Text);
    making.hint("page-access-hint-outsider");
    making.add("organisation", "page-access-outsider-of", false, Input::Text);
    making.add("document", "page-access-document", false, Input::Choice(documents.collect()));
    making.add("document_no", "page-access-document-no", false, Input::Text);
    Ok(Form {
        action: "/access/new".into(),
        head: say.t("page-access-ask-head"),
        hidden: vec![("request_id", request_id(site)?)],
        fields: making.done(),
        buttons: vec![("ask", say.t("page-access-ask-do"))],
    })
}

/// Who of another house will look: all of it or nothing.
fn outsider(say: &Say, given: &mut Given) -> Option<(OutsiderDocument, String)> {
    let names = ["outsider", "organisation", "document", "document_no"];
    let some = names.iter().any(|name| !given.raw(name).trim().is_empty());
    let text = OutsiderText {
        name: given.text(say, "outsider", NAME_CHARACTERS, some),
        organisation: given.text(say, "organisation", NAME_CHARACTERS, some),
        document_no: given.text(say, "document_no", NAME_CHARACTERS, some),
    };
    let document =
        given.choice(say, "document", some, |sent| OutsiderDocument::from_code(sent.parse().ok()?))?;
    Some((document, text.write()))
}

pub(super) async fn ask(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::RequestAccess)?;
    let (say, mut given) = (&person.say, Given::new(pairs));
    let fields = named::FIELDS.iter().filter(|(_, name, _)| !given.raw(name).is_empty());
    let mut fields: Vec<Field> = fields.map(|(field, ..)| *field).collect();
    fields.sort_unstable();
    let purpose = given.choice(say, "purpose", true, |sent| Purpose::from_code(sent.parse().ok()?));
    let kind = given.choice(say, "kind", true, |sent| AccessKind::from_code(sent.parse().ok()?));
    let days = given.number(say, "days", 1, LONGEST_DAYS.into());
    let copies = given.number(say, "copies", 1, MOST_COPIES);
    let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
    let outsider = outsider(say, &mut given);
    let wanted = given.raw("subject").to_owned();
    let subject = subject::read(&site, &person, &wanted).await?;
    if subject.is_none() {
        let id = if wanted.trim().is_empty() { "violation-required" } else { "access-subject-not-found" };
        given.wrong("subject", say.t(id));
    }
    let of_case = matches!(subject, None | Some(SubjectIds::Case(_) | SubjectIds::CaseMember(..)));
    if fields.contains(&Field::Evidence) && !of_case {
        given.wrong("subject", say.t("page-access-evidence-of-case"));
    }
    let (Some(subject), Some(purpose), Some(kind), false, false) =
        (subject, purpose, kind, given.is_wrong(), fields.is_empty())
    else {
        let mut notice = wrong(say);
        if fields.is_empty() {
            notice.details.push(say.t("page-access-no-fields"));
        }
        return page(&site, &person, &Known::default(), Some(&given), Some(notice));
    };
    let key = given.request(&site.app, "request access")?;
    let asked = Asked {
        kind,
        subject,
        fields,
        purpose,
        days: u8::try_from(days).unwrap_or(1),
        copies: i16::try_from(copies).unwrap_or(1),
        reason,
        outsider,
    };
    match request_access(&site.app, person.principal(), key, asked).await {
        Ok(row) => {
            let to = format!("/access/{}?done=ask", row.id);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(notice) => page(&site, &person, &Known::default(), Some(&given), Some(notice)),
            None => Err(error.into()),
        },
    }
}
