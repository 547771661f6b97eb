//! Asking for an export of unmasked data: of a list or of cases, which parts, what for, who gets it and by which key (fifth text, 10,
//! 11, 24). The correction of a report begins with what the report had.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::access::{Field, Purpose};

use super::{NAME_CHARACTERS, NOTE_CHARACTERS, named, refused, subject, wrong};
use crate::{
    app::{
        AppError, CaseName,
        case::get_case::{View, get_case},
        privacy::{
            ExportFormat, ExportKind, ExportOf,
            exports::{
                Asked, MOST_CASES, get_export, is_recipient, request_export,
                texts::{self, ReceiverText},
            },
        },
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
            case::{
                Notice,
                deeds::{self, Input},
            },
            desk::{DeskPage, Form},
            layout::Section,
        },
    },
};

/// Characters of a case number with what stands between two of them.
const CHARACTERS_A_CASE: usize = 20;
/// Signs between case numbers, as people write them.
const BETWEEN: [char; 5] = [',', ';', '，', '、', '；'];

/// What is known already, from the page that leads here.
#[derive(Deserialize)]
pub(super) struct Known {
    /// The report that is corrected.
    #[serde(default)]
    corrects: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(known): Query<Known>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::RequestUnmaskedExport)?;
    let given = match super::id(&known.corrects)? {
        None => None,
        Some(id) => Some(correction(&site, &person, id).await?),
    };
    page(&site, &person, given.as_ref(), None)
}

/// The form of a correction: everything as the report had it.
async fn correction(site: &Site, person: &Person, id: Uuid) -> Result<Given, PageError> {
    let shown = get_export(&site.app, person.principal(), id).await?;
    let row = &shown.row;
    if row.kind != ExportKind::Report {
        return Err(PageError::NotFound);
    }
    let receiver: ReceiverText = texts::read(&shown.receiver).unwrap_or_default();
    let cases = subject::numbers(site, person, &row.case_ids).await?;
    let mut pairs = vec![
        ("corrects", row.id.to_string()),
        ("kind", row.kind.code().to_string()),
        ("list_date", row.list_date.map(say::date).unwrap_or_default()),
        ("cases", cases.join("\n")),
        ("purpose", row.purpose.code().to_string()),
        ("reason", shown.reason.as_str().to_owned()),
        ("receiver", receiver.name),
        ("organisation", receiver.organisation),
        ("contract", receiver.contract_reference),
        ("recipient", row.recipient.clone()),
        ("format", row.format.code().to_string()),
    ];
    let fields = named::FIELDS.iter().filter(|(field, ..)| row.fields.contains(field));
    pairs.extend(fields.map(|(_, name, _)| (*name, "on".to_owned())));
    Ok(Given::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

fn page(
    site: &Site,
    person: &Person,
    given: Option<&Given>,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let corrects = given.map(|given| given.raw("corrects").to_owned()).unwrap_or_default();
    let title = if corrects.is_empty() { "page-export-ask" } else { "page-export-correct" };
    let layout = person.layout(Section::Exports, say.t(title));
    let layout = layout.under("/exports", say.t("page-nav-exports"));
    let mut page = DeskPage::new(layout, say.t("page-export-ask-lead"));
    let failed = notice.as_ref().is_some_and(|notice| notice.failed);
    page.notice = notice;
    page.form = Some(Form {
        action: "/exports/new".into(),
        head: say.t("page-access-ask-head"),
        hidden: vec![("request_id", request_id(site)?), ("corrects", corrects)],
        fields: fields(say, given),
        buttons: vec![("ask", say.t("page-access-ask-do"))],
    });
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn fields(say: &Say, given: Option<&Given>) -> Vec<deeds::Field> {
    let mut making = Making::new(say, given, "export");
    let kinds = ExportKind::ALL.iter().map(|one| (one.code().to_string(), say.t(named::export_kind(*one))));
    making.add("kind", "page-export-kind", true, Input::Choice(kinds.collect()));
    making.starting_with(&ExportKind::Exchange.code().to_string());
    making.add("list_date", "page-export-list-date", false, Input::Date).hint("page-export-hint-of");
    making.add("cases", "page-export-cases", false, Input::Area).hint("page-export-hint-cases");
    making.most(MOST_CASES * CHARACTERS_A_CASE);
    let purposes = Purpose::ALL.iter().map(|one| (one.code().to_string(), say.t(named::purpose(*one))));
    making.add("purpose", "page-export-purpose", true, Input::Choice(purposes.collect()));
    making.add("reason", "page-case-field-reason", true, Input::Area);
    for (_, name, label) in named::of_a_person() {
        making.add(name, label, false, Input::Check);
    }
    making.add("receiver", "page-export-receiver", true, Input::Text);
    making.add("organisation", "page-export-organisation", true, Input::Text);
    making.add("contract", "page-export-contract", false, Input::Text);
    making.add("recipient", "page-export-recipient", true, Input::Text).hint("page-export-hint-recipient");
    let formats =
        ExportFormat::ALL.iter().map(|one| (one.code().to_string(), say.t(named::export_format(*one))));
    making.add("format", "page-export-format", true, Input::Choice(formats.collect()));
    making.starting_with(&ExportFormat::Xlsx.code().to_string());
    making.done()
}

pub(super) async fn ask(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::RequestUnmaskedExport)?;
    let (say, mut given) = (&person.say, Given::new(pairs));
    let asked = match asked(&site, &person, &mut given).await? {
        Ok(asked) => asked,
        Err(notice) => return page(&site, &person, Some(&given), Some(notice)),
    };
    // The language is that of the file's headings too: in another one it is another request.
    let key = given.request(&site.app, &format!("request export {}", say.language().as_tag()))?;
    match request_export(&site.app, person.principal(), key, asked).await {
        Ok(row) => {
            let to = format!("/exports/{}?done=ask", row.id);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(error) => match refused(say, &error) {
            Some(mut notice) => {
                if matches!(error, AppError::AccessSubjectNotFound) {
                    notice.text = say.t("page-export-nobody");
                }
                page(&site, &person, Some(&given), Some(notice))
            }
            None => Err(error.into()),
        },
    }
}

/// What is asked for; or that something is wrong with it, which is noted in `given`.
async fn asked(site: &Site, person: &Person, given: &mut Given) -> Result<Result<Asked, Notice>, PageError> {
    let say = &person.say;
    let chosen = named::of_a_person().filter(|(_, name, _)| !given.raw(name).is_empty());
    let mut fields: Vec<Field> = chosen.map(|(field, ..)| field).collect();
    fields.sort_unstable();
    let kind = given.choice(say, "kind", true, |sent| ExportKind::from_code(sent.parse().ok()?));
    let format = given.choice(say, "format", true, |sent| ExportFormat::from_code(sent.parse().ok()?));
    let purpose = given.choice(say, "purpose", true, |sent| Purpose::from_code(sent.parse().ok()?));
    let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
    let receiver = ReceiverText {
        name: given.text(say, "receiver", NAME_CHARACTERS, true),
        organisation: given.text(say, "organisation", NAME_CHARACTERS, true),
        contract_reference: given.text(say, "contract", NAME_CHARACTERS, false),
    };
    let recipient = given.text(say, "recipient", NAME_CHARACTERS, true);
    if !recipient.is_empty() && !is_recipient(&recipient) {
        given.wrong("recipient", say.t("page-export-wrong-recipient"));
    }
    let corrects_id = super::id(given.raw("corrects"))?;
    let of = of(site, person, given).await?;
    let (Some(kind), Some(format), Some(purpose), Some(of), false, false) =
        (kind, format, purpose, of, given.is_wrong(), fields.is_empty())
    else {
        let mut notice = wrong(say);
        if fields.is_empty() {
            notice.details.push(say.t("page-access-no-fields"));
        }
        return Ok(Err(notice));
    };
    Ok(Ok(Asked {
        kind,
        format,
        language: say.language(),
        of,
        fields,
        purpose,
        recipient,
        corrects_id,
        reason,
        receiver: texts::write(&receiver),
    }))
}

/// What it is of: the list of a day or cases, exactly one of them; none if that is wrong, which is noted.
async fn of(site: &Site, person: &Person, given: &mut Given) -> Result<Option<ExportOf>, PageError> {
    let say = &person.say;
    let day = given.date(say, "list_date", false);
    let typed = given.text(say, "cases", MOST_CASES * CHARACTERS_A_CASE, false);
    let between = |sign: char| sign.is_whitespace() || BETWEEN.contains(&sign);
    let mut numbers: Vec<&str> = typed.split(between).filter(|number| !number.is_empty()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    match (day, numbers.is_empty()) {
        (Some(day), true) => return Ok(Some(ExportOf::List(day))),
        (Some(_), false) => given.wrong("cases", say.t("violation-one-of")),
        // A day that cannot be read has been told already.
        (None, true) if given.raw("list_date").trim().is_empty() => {
            given.wrong("cases", say.t("page-export-of-nothing"));
        }
        (None, true) => {}
        (None, false) if numbers.len() > MOST_CASES => {
            given.wrong("cases", say.t("violation-too-many-cases"));
        }
        (None, false) => return cases(site, person, given, &numbers).await,
    }
    Ok(None)
}

/// The cases of `numbers`; none if there is not every one of them within reach.
async fn cases(
    site: &Site,
    person: &Person,
    given: &mut Given,
    numbers: &[&str],
) -> Result<Option<ExportOf>, PageError> {
    let (mut ids, mut missing) = (Vec::with_capacity(numbers.len()), Vec::new());
    for number in numbers {
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            missing.push(*number);
            continue;
        }
        let name = CaseName::Number((*number).to_owned());
        match get_case(&site.app, person.principal(), name, View::Basic).await {
            Ok(case) => ids.push(case.row.id),
            Err(AppError::CaseNotFound) => missing.push(*number),
            Err(error) => return Err(error.into()),
        }
    }
    if missing.is_empty() {
        return Ok(Some(ExportOf::Cases(ids)));
    }
    let missing = missing.join(&person.say.t("page-list-comma"));
    given.wrong("cases", person.say.named("page-export-no-cases", &missing));
    Ok(None)
}
