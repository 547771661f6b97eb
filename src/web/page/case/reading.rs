//! Evidence is shown, and read for a purpose: by everybody who works on the case, and while one of its files is classified by a
//! grant of the reader's own.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use uuid::Uuid;
use zhenshi_domain::access::Field;

use super::{
    given::Given,
    refused, show,
    shown::{Again, Read, letter_of},
};
use crate::{
    app::{
        AppError, CaseName, CaseRow, EvidenceRow,
        case::{
            get_case::{ShownCase, ShownCaseMember, ShownDetails, View, get_case},
            get_evidence::{Wanted, get_evidence},
        },
        privacy::{GrantFilter, GrantRow, SubjectIds, list_access_grants::list_access_grants},
    },
    security::policy::Action,
    web::{
        Site,
        error::{self, PageError, url_escape},
        page::privacy::named as guarding,
        person::Person,
        say::{self, Say},
        view::case::{EvidenceView, GrantView, named},
    },
    words::WordArg,
};

/// How the forms are named where the page is shown again.
const SLUG: &str = "read-evidence";
/// In the fields of a form that is shown again: the piece that it is about.
const PIECE: &str = "piece";
/// Most characters of what evidence is read for.
const PURPOSE_CHARACTERS: usize = 200;
/// Bytes of a digest that are shown: enough to tell two files apart by eye.
const DIGEST_BYTES: usize = 6;
/// Grants of one reader that are looked through: each ends within three days.
const MOST_GRANTS: u16 = 200;

/// Sends the content to whoever says what for.
pub(super) async fn read(
    person: Person,
    State(site): State<Arc<Site>>,
    Path((no, id)): Path<(String, String)>,
    Form(mut pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&id).map_err(|_| PageError::NotFound)?;
    pairs.push((PIECE.into(), id.to_string()));
    let (say, mut given) = (&person.say, Given::new(pairs));
    let purpose = given.text(say, "purpose", PURPOSE_CHARACTERS, true);
    let grant_id = given.choice(say, "grant_id", false, |sent| Uuid::try_parse(sent).ok());
    if given.is_wrong() {
        let told = ["purpose", "grant_id"].map(|name| given.of(name).1);
        let text = format!("{} {}", say.t("page-case-evidence-purpose"), told.concat());
        return again(&site, &person, &no, StatusCode::UNPROCESSABLE_ENTITY, (text, false, given)).await;
    }
    let name = CaseName::Number(show::number(&no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    let wanted = Wanted { case_id: case.row.id, id, purpose, grant_id };
    let content = match get_evidence(&site.app, person.principal(), &wanted).await {
        Ok(content) => content,
        Err(error) => {
            let Some(text) = refused::access(say, &error) else { return Err(error.into()) };
            let asks = matches!(error, AppError::AccessNotGranted(why) if why != "RESTRICTED");
            let (status, _) = error::says(&error);
            return again(&site, &person, &no, status, (text, asks, given)).await;
        }
    };
    // A content that turns out not to be whole ends the answer before its end: the browser shows a broken download.
    let pieces = ReceiverStream::new(content.pieces).map(|piece| piece.map(Bytes::from));
    let name = if content.file_name.is_empty() { "evidence" } else { &content.file_name };
    let disposition = format!("attachment; filename*=UTF-8''{}", url_escape(name).replace('/', "%2F"));
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| PageError::Unreadable)?;
    let kind = HeaderValue::from_str(&content.row.content_type).map_err(|_| PageError::Unreadable)?;
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], Body::from_stream(pieces))
        .into_response())
}

/// The page once more: why, whether access can be asked for, and what was typed.
async fn again(
    site: &Arc<Site>,
    person: &Person,
    no: &str,
    status: StatusCode,
    (text, asks, given): (String, bool, Given),
) -> Result<Response, PageError> {
    let again = Again { status, deed: SLUG, given, text, details: Vec::new(), changed: false, asks };
    show::page(site, person, no, Some(again)).await
}

/// The reader's own grants in force that are about evidence of the case, newest first.
pub(super) async fn grants(
    site: &Site,
    person: &Person,
    shown: &ShownCase,
) -> Result<Vec<GrantRow>, AppError> {
    let principal = person.principal();
    let any = shown.details.as_ref().is_some_and(|details| !details.rows.evidence.is_empty());
    if !any || principal.staff.is_none() || principal.permit(Action::ListAccessGrants).is_err() {
        return Ok(Vec::new());
    }
    let mine = (true, true);
    let found = list_access_grants(&site.app, principal, GrantFilter::default(), mine, MOST_GRANTS).await?;
    let of_case = |row: &GrantRow| match row.subject {
        SubjectIds::Case(case) | SubjectIds::CaseMember(case, _) => case == shown.row.id,
        SubjectIds::Customer(_) | SubjectIds::Party(..) => false,
    };
    let fits = |row: &GrantRow| of_case(row) && row.fields.contains(&Field::Evidence);
    Ok(found.rows.into_iter().filter(fits).collect())
}

/// The evidence of the case.
pub(super) fn views(say: &Say, read: &Read, reads: bool, again: Option<&Again>) -> Vec<EvidenceView> {
    let ShownCase { row: case, details: Some(details) } = &read.shown else { return Vec::new() };
    let again = again.filter(|again| again.deed == SLUG).map(|again| &again.given);
    details
        .rows
        .evidence
        .iter()
        .map(|row| view(say, (case, details), (row, reads), &read.grants, again))
        .collect()
}

fn view(
    say: &Say,
    (case, details): (&CaseRow, &ShownDetails),
    (row, reads): (&EvidenceRow, bool),
    grants: &[GrantRow],
    again: Option<&Given>,
) -> EvidenceView {
    let facts = &row.facts;
    let mut says = Vec::new();
    says.extend(facts.signed_on.map(|day| say.named("page-case-signed-on", &say::date(day))));
    if facts.signer_is_policyholder {
        says.push(say.t("page-case-signed-by-policyholder"));
    }
    if facts.electronic {
        says.push(say.t("page-case-signed-electronically"));
    }
    if facts.original_seen {
        says.push(say.t("page-case-original-seen"));
    }
    says.push(say.named("page-case-collected-by", &facts.collector));
    let name = row.file_name_text_id.and_then(|id| details.texts.get(&id));
    let given = again.filter(|given| given.raw(PIECE) == row.id.to_string());
    // Who has a grant has asked for it to use it: the newest is chosen already.
    let chosen = match given {
        Some(given) => given.raw("grant_id").to_owned(),
        None => grants.first().map(|grant| grant.id.to_string()).unwrap_or_default(),
    };
    EvidenceView {
        href: if reads { format!("/cases/{}/evidence/{}", case.case_no, row.id) } else { String::new() },
        kind: say.t(named::evidence(facts.kind)),
        file_name: name.map(|name| name.as_str().to_owned()).unwrap_or_default(),
        size: say::size(row.size_bytes),
        says,
        attached: format!("{} {}", row.attached_by, say::time(row.attached_time)),
        digest: say::hexadecimal(row.sha256.get(..DIGEST_BYTES).unwrap_or(&row.sha256)),
        open: given.is_some(),
        purpose: given.map(|given| given.raw("purpose").to_owned()).unwrap_or_default(),
        grants: grants.iter().map(|grant| grant_view(say, details, grant, &chosen)).collect(),
    }
}

fn grant_view(say: &Say, details: &ShownDetails, grant: &GrantRow, chosen: &str) -> GrantView {
    let whose = match grant.subject {
        SubjectIds::CaseMember(_, customer) => say.named("page-case-customer", &letter_of(details, customer)),
        _ => say.t("page-access-subject-case"),
    };
    let (class, end) =
        (say.t(guarding::class(grant.class)), grant.end_time.map(say::time).unwrap_or_default());
    let args =
        [("whose", WordArg::Key(&whose)), ("class", WordArg::Key(&class)), ("end", WordArg::Key(&end))];
    let id = grant.id.to_string();
    GrantView { text: say.with("page-case-evidence-grant-of", &args), chosen: id == chosen, id }
}

/// Where a grant for evidence can be asked for, a customer each: after a refusal that one would have spared.
pub(super) fn asks(person: &Person, read: &Read, again: Option<&Again>) -> Vec<(String, String)> {
    let ShownCase { row: case, details: Some(details) } = &read.shown else { return Vec::new() };
    let may = person.principal().permit(Action::RequestAccess).is_ok();
    if !may || !again.is_some_and(|again| again.asks) {
        return Vec::new();
    }
    let mut customers = Vec::new();
    for member in &details.members {
        if let ShownCaseMember::Full { row, .. } = member
            && !customers.contains(&row.customer_id)
        {
            customers.push(row.customer_id);
        }
    }
    let ask = |customer: &Uuid| {
        let letter = letter_of(details, *customer);
        let href = format!("/access/new?subject={}/{customer}&field=field-evidence", case.case_no);
        (href, person.say.named("page-case-evidence-ask", &letter))
    };
    customers.iter().map(ask).collect()
}
