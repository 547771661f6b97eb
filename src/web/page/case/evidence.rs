//! Evidence is attached by an ordinary upload; it is read in `reading`.
//!
//! The fields come before the file, so that whoever may not attach is refused before a content is read. A file that was not
//! taken is still read to its end: a browser that is still sending shows no answer.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{Multipart, Path, State, multipart::Field as Part},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;
use zhenshi_domain::case::{
    Move,
    evidence::{EvidenceFacts, EvidenceKind},
};

use super::{
    deed::CODE_CHARACTERS,
    form::{Choices, Fields},
    given::Given,
    possible::request_id,
    refused, show,
    shown::Again,
};
use crate::{
    app::{
        AppError, CaseName,
        case::{
            attach_evidence::{self, Attaching, EvidenceHeader},
            get_case::{View, get_case},
        },
        evidence::is_file_name,
    },
    web::{
        Site,
        error::PageError,
        person::Person,
        view::case::{UploadView, deeds::Input, named},
    },
    words::WordArg,
};

/// How the form is named where a page is shown again.
pub(super) const SLUG: &str = "evidence";
/// Longest that a browser may keep an upload waiting: it holds one of few places.
const UPLOAD_IDLE: Duration = Duration::from_secs(30);
/// Most bytes of the fields before the file.
const MOST_FIELD_BYTES: usize = 16 * 1024;
/// Most fields before the file.
const MOST_FIELDS: usize = 20;
/// Most characters of a file's name.
const FILE_NAME_CHARACTERS: usize = 255;
/// Most bytes that are read of a file that is not taken.
const MOST_DRAINED: usize = 64 * 1024 * 1024;
/// Bytes of a megabyte, as people count files.
const MEGABYTE: usize = 1024 * 1024;

/// Attaches what the form has.
pub(super) async fn attach(
    person: Person,
    State(site): State<Arc<Site>>,
    Path(no): Path<String>,
    mut form: Multipart,
) -> Result<Response, PageError> {
    let mut pairs = Vec::new();
    let mut left = MOST_FIELD_BYTES;
    for _ in 0..MOST_FIELDS {
        let next = timeout(UPLOAD_IDLE, form.next_field()).await.map_err(|_| PageError::Unreadable)?;
        let Some(part) = next.map_err(|_| PageError::Unreadable)? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            return with_file(&site, &person, &no, Given::new(pairs), part).await;
        }
        let text = timeout(UPLOAD_IDLE, part.text()).await.map_err(|_| PageError::Unreadable)?;
        let text = text.map_err(|_| PageError::Unreadable)?;
        left = left.checked_sub(text.len()).ok_or(PageError::TooLarge)?;
        pairs.push((name, text));
    }
    let mut given = Given::new(pairs);
    given.wrong("file", person.say.t("violation-required"));
    again(&site, &person, &no, given).await
}

async fn with_file(
    site: &Arc<Site>,
    person: &Person,
    no: &str,
    mut given: Given,
    mut file: Part<'_>,
) -> Result<Response, PageError> {
    let name = file.file_name().unwrap_or_default().to_owned();
    let header = header(site, person, no, &mut given, &name).await?;
    if given.is_wrong() {
        drain(&mut file).await;
        return again(site, person, no, given).await;
    }
    let said = given.request(&site.app, SLUG)?.digest;
    let error = match take(site, person, header, &mut file, &said).await {
        Ok(()) => {
            let to = format!("/cases/{no}?done={SLUG}");
            return Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
        }
        Err(Stop::Broken) => return Err(PageError::Unreadable),
        Err(Stop::Busy) => AppError::QueueFull,
        Err(Stop::Refused(error)) => error,
    };
    drain(&mut file).await;
    if !refused::is_shown_again(&error) {
        return Err(error.into());
    }
    let shown = Again::of(&person.say, &error, SLUG, given);
    show::page(site, person, no, Some(shown)).await
}

/// Why nothing was attached.
enum Stop {
    /// The upload ended before it was whole, or stood still.
    Broken,
    /// As many uploads are under way as are taken.
    Busy,
    Refused(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

/// What is said of the file; what is wrong with it is noted in `given`.
async fn header(
    site: &Site,
    person: &Person,
    no: &str,
    given: &mut Given,
    file_name: &str,
) -> Result<EvidenceHeader, PageError> {
    let say = &person.say;
    let request_id = given.request(&site.app, SLUG)?.request_id;
    let name = CaseName::Number(show::number(no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    let kind = given.choice(say, "kind", true, |sent| EvidenceKind::from_code(sent.parse().ok()?));
    let signer_is_policyholder = !given.raw("signer").is_empty();
    let electronic = !given.raw("electronic").is_empty();
    let signed_on = given.date(say, "signed_on", signer_is_policyholder || electronic);
    let collector = given.text(say, "collector", CODE_CHARACTERS, false);
    let original_seen = !given.raw("original").is_empty();
    let file_name: String = file_name.trim().to_owned();
    if file_name.is_empty() {
        given.wrong("file", say.t("violation-required"));
    } else if !is_file_name(&file_name) {
        given.wrong("file", say.t("violation-file-name"));
    } else if file_name.chars().count() > FILE_NAME_CHARACTERS {
        let most = WordArg::Number(u32::try_from(FILE_NAME_CHARACTERS).unwrap_or(u32::MAX));
        given.wrong("file", say.with("violation-too-long", &[("most", most)]));
    }
    let kind = kind.unwrap_or(EvidenceKind::Other);
    let facts =
        EvidenceFacts { kind, signer_is_policyholder, signed_on, collector, original_seen, electronic };
    // How large it is shows when it is whole: a form's end says so.
    Ok(EvidenceHeader { case_id: case.row.id, request_id, facts, file_name, size: 0 })
}

async fn take(
    site: &Arc<Site>,
    person: &Person,
    header: EvidenceHeader,
    file: &mut Part<'_>,
    said: &[u8],
) -> Result<(), Stop> {
    let Some(_place) = site.app.evidence.place() else { return Err(Stop::Busy) };
    let mut attaching: Attaching = attach_evidence::begin(&site.app, person.principal(), header).await?;
    let mut bytes = 0;
    while let Some(chunk) = chunk(file).await? {
        bytes += chunk.len();
        attaching.take(&chunk).await?;
    }
    attaching.counted(bytes);
    attaching.finish(said).await?;
    Ok(())
}

async fn chunk(file: &mut Part<'_>) -> Result<Option<Bytes>, Stop> {
    timeout(UPLOAD_IDLE, file.chunk()).await.map_err(|_| Stop::Broken)?.map_err(|_| Stop::Broken)
}

async fn drain(file: &mut Part<'_>) {
    let mut left = MOST_DRAINED;
    while let Ok(Some(bytes)) = chunk(file).await {
        let Some(less) = left.checked_sub(bytes.len()) else { return };
        left = less;
    }
}

async fn again(site: &Arc<Site>, person: &Person, no: &str, given: Given) -> Result<Response, PageError> {
    let again = Again {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        deed: SLUG,
        given,
        text: person.say.t("page-case-form-wrong"),
        details: vec![person.say.t("page-case-file-again")],
        changed: false,
        asks: false,
    };
    show::page(site, person, no, Some(again)).await
}

/// The form of an upload, if the caller may attach now.
pub(super) fn upload(
    site: &Site,
    choices: &Choices<'_>,
    again: Option<&Again>,
) -> Result<Option<UploadView>, PageError> {
    let say = choices.say;
    if !choices.details.allowed.contains(&Move::AttachEvidence) {
        return Ok(None);
    }
    let again = again.filter(|again| again.deed == SLUG);
    let given = again.map(|again| &again.given);
    let mut of = Fields { form: SLUG, choices, given, made: Vec::new() };
    let kinds = EvidenceKind::ALL.iter().map(|one| (one.code().to_string(), say.t(named::evidence(*one))));
    of.add("kind", "page-case-field-evidence-kind", true, Input::Choice(kinds.collect()));
    of.add("signer", "page-case-field-signer", false, Input::Check);
    of.add("electronic", "page-case-field-electronic", false, Input::Check);
    of.add("signed_on", "page-case-field-signed-on", false, Input::Date).hint =
        say.t("page-case-hint-signed-on");
    of.add("original", "page-case-field-original", false, Input::Check);
    of.add("collector", "page-case-field-collector", false, Input::Text).hint =
        say.t("page-case-hint-collector");
    let megabytes = u32::try_from(site.app.evidence.max_bytes() / MEGABYTE).unwrap_or(u32::MAX);
    Ok(Some(UploadView {
        href: format!("/cases/{}/evidence", choices.case.case_no),
        request_id: request_id(site)?,
        open: again.is_some(),
        error: given.map(|given| given.of("file").1).unwrap_or_default(),
        fields: of.made,
        hint: say.with("page-case-hint-file", &[("count", WordArg::Number(megabytes))]),
    }))
}
