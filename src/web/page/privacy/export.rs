//! One export of unmasked data: everything about it, the decision of who may decide, and the encrypted file for who asked.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use uuid::Uuid;
use zhenshi_domain::access::Office;

use super::{Asked, NAME_CHARACTERS, NOTE_CHARACTERS, done, fact, named, refused, subject, wrong};
use crate::{
    app::privacy::{
        ExportKind, ExportRow, ExportState,
        exports::{
            Decided, ShownExport, decide_export, download_export, get_export,
            texts::{self, ApprovalText, ReceiverText},
        },
        office,
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
const DONE: [&str; 3] = ["ask", "agree", "refuse"];

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&address).map_err(|_| PageError::NotFound)?;
    let notice = done(&person.say, "page-export-done", &DONE, &asked.done);
    page(&site, &person, id, None, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    id: Uuid,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let shown = get_export(&site.app, principal, id).await?;
    let row = &shown.row;
    let layout = person.layout(Section::Exports, say.named("page-export-title", &row.export_no));
    let mut page = DeskPage::new(layout.under("/exports", say.t("page-nav-exports")), String::new());
    let failed = notice.as_ref().is_some_and(|notice| notice.failed);
    page.notice = notice;
    page.facts = facts(site, say, &shown);
    page.facts.insert(2, of(site, person, row).await?);
    if is_there(site, row) && is_own(person, row) && principal.permit(Action::DownloadUnmaskedExport).is_ok()
    {
        page.links.push((format!("/exports/{id}/file"), say.t("page-export-download")));
    }
    let again = principal.permit(Action::RequestUnmaskedExport).is_ok() && row.kind == ExportKind::Report;
    if again && matches!(row.state, ExportState::Ready | ExportState::Destroyed) {
        page.links.push((format!("/exports/new?corrects={id}"), say.t("page-export-correct")));
    }
    if let Some(corrected) = row.corrects_id {
        page.links.push((format!("/exports/{corrected}"), say.t("page-export-corrected")));
    }
    page.form = form(site, person, row, given)?;
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

/// Whether its file can be had now.
fn is_there(site: &Site, row: &ExportRow) -> bool {
    row.state == ExportState::Ready && row.expire_time.is_some_and(|end| site.app.clock.now() < end)
}

fn is_own(person: &Person, row: &ExportRow) -> bool {
    person.principal().staff.as_ref().is_some_and(|own| own.staff_code == row.requester_code)
}

/// The list or the cases that it is of.
async fn of(site: &Site, person: &Person, row: &ExportRow) -> Result<Fact, PageError> {
    let say = &person.say;
    let (value, note) = if let Some(day) = row.list_date {
        (say.named("page-board-list", &say::date(day)), String::new())
    } else {
        let numbers = subject::numbers(site, person, &row.case_ids).await?;
        (numbers.join(&say.t("page-list-comma")), say.n("page-export-cases-count", numbers.len()))
    };
    Ok(Fact { label: say.t("page-export-of"), value, note })
}

fn facts(site: &Site, say: &Say, shown: &ShownExport) -> Vec<Fact> {
    let row = &shown.row;
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let count = |count: Option<i32>| count.map(|count| count.to_string()).unwrap_or_default();
    let mut state = say.t(named::export_state(row.state).0);
    if row.state == ExportState::Ready && !is_there(site, row) {
        state = say.t("page-access-over");
    }
    let version = if row.version > 1 { row.version.to_string() } else { String::new() };
    let receiver: ReceiverText = texts::read(&shown.receiver).unwrap_or_default();
    let approval = texts::read::<ApprovalText>(&shown.general_manager);
    let approval = approval.map(|text| format!("{} · {}", text.name, text.reference));
    let digest = row.sha256.as_deref().map(say::hexadecimal).unwrap_or_default();
    let facts = [
        fact(say, "page-access-state", state),
        fact(say, "page-export-kind", say.t(named::export_kind(row.kind))),
        fact(say, "unmasked-version", version),
        fact(say, "page-access-fields", named::fields(say, &row.fields)),
        fact(say, "page-export-purpose", say.t(named::purpose(row.purpose))),
        fact(say, "page-case-field-reason", shown.reason.as_str()),
        fact(say, "page-export-receiver", receiver.name),
        fact(say, "page-export-organisation", receiver.organisation),
        fact(say, "page-export-contract", receiver.contract_reference),
        fact(say, "page-export-recipient", row.recipient.as_str()),
        fact(say, "page-export-format", say.t(named::export_format(row.format))),
        fact(
            say,
            "page-access-requester",
            format!("{} · {}", row.requester_code, say::time(row.requested_time)),
        ),
        fact(say, "page-role-information-supervisor", some(&row.supervisor_code)),
        fact(say, "page-role-customer-service-manager", some(&row.manager_code)),
        fact(say, "page-export-general-manager", approval.unwrap_or_default()),
        fact(say, "page-export-refused-by", some(&row.refused_by)),
        fact(say, "page-access-note", shown.note.as_str()),
        fact(say, "page-export-made", row.produced_time.map(say::time).unwrap_or_default()),
        fact(say, "page-access-end", row.expire_time.map(say::time).unwrap_or_default()),
        fact(say, "page-board-export-parties", count(row.row_count)),
        fact(say, "page-export-withheld", count(row.withheld_count.filter(|count| *count > 0))),
        fact(say, "page-export-size", row.size_bytes.map(say::size).unwrap_or_default()),
        fact(say, "page-export-digest", digest),
    ];
    facts.into_iter().flatten().collect()
}

/// To agree or to refuse, while it waits, for who has not had to do with it yet.
fn form(
    site: &Site,
    person: &Person,
    row: &ExportRow,
    given: Option<&Given>,
) -> Result<Option<Form>, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let code = principal.staff.as_ref().map(|own| own.staff_code.as_str());
    let signed = row.supervisor_code.as_deref() == code || row.manager_code.as_deref() == code;
    let decides = principal.permit(Action::DecideUnmaskedExport).is_ok() && !is_own(person, row) && !signed;
    if row.state != ExportState::Awaiting || !decides {
        return Ok(None);
    }
    let mut making = Making::new(say, given, "decide");
    let filed = row.kind == ExportKind::Report || row.corrects_id.is_some();
    if filed && office(principal.role) == Office::CustomerServiceManager {
        making.add("general_manager", "page-export-general-manager-name", false, Input::Text);
        making.add("reference", "page-export-general-manager-filed", false, Input::Text);
        making.hint("page-export-hint-general-manager");
    }
    making.add("note", "page-access-note", false, Input::Area).hint("page-access-hint-note");
    Ok(Some(Form {
        action: format!("/exports/{}", row.id),
        head: say.t("page-access-decide"),
        hidden: vec![("request_id", request_id(site)?)],
        fields: making.done(),
        buttons: vec![("agree", say.t("page-access-agree")), ("refuse", say.t("page-access-refuse"))],
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
    let agrees = match what.as_str() {
        "agree" => true,
        "refuse" => false,
        _ => return Err(PageError::Unreadable),
    };
    let note = given.text(say, "note", NOTE_CHARACTERS, !agrees);
    let general_manager = if agrees { general_manager(say, &mut given) } else { None };
    if given.is_wrong() {
        return page(&site, &person, id, Some(&given), Some(wrong(say))).await;
    }
    let key = given.request(&site.app, &format!("export {id}"))?;
    let decided = Decided { agrees, general_manager, note };
    match decide_export(&site.app, person.principal(), key, id, decided, &site.words).await {
        Ok(_) => {
            let to = format!("/exports/{id}?done={what}");
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(notice) => page(&site, &person, id, Some(&given), Some(notice)).await,
            None => Err(error.into()),
        },
    }
}

/// The general manager's approval: both parts of it or nothing.
fn general_manager(say: &Say, given: &mut Given) -> Option<String> {
    let some = ["general_manager", "reference"].iter().any(|name| !given.raw(name).trim().is_empty());
    let text = ApprovalText {
        name: given.text(say, "general_manager", NAME_CHARACTERS, some),
        reference: given.text(say, "reference", NAME_CHARACTERS, some),
    };
    some.then(|| texts::write(&text))
}

/// The encrypted file, for who asked for it; that he takes it is in the audit log before its first byte leaves.
pub(super) async fn file(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(address): Path<String>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&address).map_err(|_| PageError::NotFound)?;
    let download = match download_export(&site.app, person.principal(), id).await {
        Ok(download) => download,
        Err(error) => {
            return match refused(&person.say, &error) {
                Some(notice) => page(&site, &person, id, None, Some(notice)).await,
                None => Err(error.into()),
            };
        }
    };
    // What comes instead of a piece ends the file before its end, and the browser says that it is not whole.
    let pieces = ReceiverStream::new(download.pieces).map(|piece| piece.map(Bytes::from));
    let name = format!("{}.{}.age", download.row.export_no, named::export_ending(download.row.format));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|_| PageError::Unreadable)?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], Body::from_stream(pieces))
        .into_response())
}
