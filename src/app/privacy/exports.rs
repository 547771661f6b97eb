//! Exports of unmasked data: asked for, decided on, listed, downloaded. The file is made in [`make`].

mod file;
pub mod make;
pub mod texts;

use std::{str::FromStr as _, sync::Arc};

use tokio::sync::mpsc;
use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi_domain::access::{Field, Office, Purpose};

use super::{ExportFormat, ExportKind, ExportOf, ExportRow, ExportState, office, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        StoreError,
        privacy::export::{
            Answer, MOST_ROWS, NewDecision, NewExport,
            list::{Decider, ExportFilter},
        },
    },
    words::{Language, Words},
};

/// Most cases of one export.
pub const MOST_CASES: usize = 200;
/// Pieces that are read ahead of who downloads.
const PIECES_AHEAD: usize = 4;

/// What is asked for, in words.
pub struct Asked {
    /// What it is for.
    pub kind: ExportKind,
    /// Format of the file.
    pub format: ExportFormat,
    /// Language of its headings.
    pub language: Language,
    /// What it is of.
    pub of: ExportOf,
    /// Which parts, each once.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: Purpose,
    /// The age public key.
    pub recipient: String,
    /// The report that it corrects.
    pub corrects_id: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// Who gets it, as JSON.
    pub receiver: String,
}

/// What somebody decides, in words.
pub struct Decided {
    /// Yes or no.
    pub agrees: bool,
    /// The general manager's approval, as JSON.
    pub general_manager: Option<String>,
    /// Why not; empty if nothing is said.
    pub note: String,
}

/// Whose exports are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All within the caller's extent.
    All,
    /// What the caller asked for.
    Own,
    /// What waits for the caller's decision; nothing for whom there is none.
    Waiting,
}

/// An export as it is shown to who decides.
pub struct ShownExport {
    /// The row.
    pub row: ExportRow,
    /// Why.
    pub reason: Zeroizing<String>,
    /// Who gets it, as JSON.
    pub receiver: Zeroizing<String>,
    /// The general manager's approval, as JSON; empty if there is none.
    pub general_manager: Zeroizing<String>,
    /// Why it was refused; empty if nothing was said.
    pub note: Zeroizing<String>,
}

/// A file on its way out.
pub struct Download {
    /// Of what.
    pub row: ExportRow,
    /// Its pieces, or what became of it: then the file is not whole.
    pub pieces: mpsc::Receiver<Result<Vec<u8>, AppError>>,
}

/// One page of the register.
pub struct Page {
    /// The exports.
    pub rows: Vec<ExportRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

/// Whether `text` is an age public key.
pub fn is_recipient(text: &str) -> bool {
    age::x25519::Recipient::from_str(text).is_ok()
}

impl App {
    fn export_answer(&self, answer: Result<Answer, StoreError>) -> Result<ExportRow, AppError> {
        match answer.map_err(|error| self.failed(&error))? {
            Answer::Done(row) => Ok(*row),
            Answer::Reused => Err(AppError::RequestIdReused),
            Answer::NotFound => Err(AppError::UnmaskedExportNotFound),
            Answer::NoSubject => Err(AppError::AccessSubjectNotFound),
            Answer::TooLarge(actual) => Err(AppError::ExportTooLarge { limit: MOST_ROWS, actual }),
            Answer::SecondPerson => Err(AppError::SecondPersonRequired),
            Answer::Refused(why) => Err(AppError::ExportStateMismatch(why)),
        }
    }
}

/// Asks for an export.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessSubjectNotFound`], [`AppError::ExportTooLarge`],
/// [`AppError::UnmaskedExportNotFound`] of a report that is to be corrected, [`AppError::ExportStateMismatch`] if this is no
/// correction of it, [`AppError::RequestIdReused`].
pub async fn request_export(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    asked: Asked,
) -> Result<ExportRow, AppError> {
    let who = who(principal, Action::RequestUnmaskedExport)?;
    let Asked { kind, format, language, of, fields, purpose, recipient, corrects_id, reason, receiver } =
        asked;
    let new = NewExport {
        kind,
        format,
        language: language.as_tag().to_owned(),
        of,
        fields,
        purpose,
        recipient,
        corrects_id,
        reason: app.seal_privacy_text(&reason)?,
        receiver: app.seal_privacy_text(&receiver)?,
    };
    let answer = app.store.request_export(app.privacy_tools(), who, key, new, app.sealer.clone()).await;
    app.export_answer(answer)
}

/// Approves or refuses an export; the last approval makes its file.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::UnmaskedExportNotFound`], [`AppError::SecondPersonRequired`],
/// [`AppError::ExportStateMismatch`], [`AppError::RequestIdReused`]. A file that cannot be made now is made by the job.
pub async fn decide_export(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
    decided: Decided,
    words: &Arc<Words>,
) -> Result<ExportRow, AppError> {
    let who = who(principal, Action::DecideUnmaskedExport)?;
    let Decided { agrees, general_manager, note } = decided;
    let seal = |text: Option<String>| text.map(|text| app.seal_privacy_text(&text)).transpose();
    let note = seal(Some(note).filter(|note| !note.is_empty()))?;
    let decision = NewDecision { agrees, general_manager: seal(general_manager)?, note };
    let answer = app.store.decide_export(app.privacy_tools(), who.clone(), key, id, decision).await;
    let row = app.export_answer(answer)?;
    if row.state != ExportState::Approved {
        return Ok(row);
    }
    if let Err(error) = make::make_export(app, id, words).await {
        tracing::warn!(error = %error, "an export could not be made at once; the job makes it");
        return Ok(row);
    }
    let listed = app.store.find_export(who.scope, id).await.map_err(|error| app.failed(&error))?;
    Ok(listed.unwrap_or(row))
}

/// One export with what was written about it.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::UnmaskedExportNotFound`].
pub async fn get_export(app: &App, principal: &Principal, id: Uuid) -> Result<ShownExport, AppError> {
    let who = who(principal, Action::GetUnmaskedExport)?;
    let read = app.store.read_export(app.privacy_tools(), who, id, app.sealer.clone()).await;
    let (row, [reason, receiver, general_manager, note]) =
        read.map_err(|error| app.failed(&error))?.ok_or(AppError::UnmaskedExportNotFound)?;
    Ok(ShownExport { row, reason, receiver, general_manager, note })
}

/// At most `size` exports, newest first.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_exports(
    app: &App,
    principal: &Principal,
    whose: Whose,
    (state, after): (Option<ExportState>, Option<Uuid>),
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListUnmaskedExports)?;
    let code = scope.staff().unwrap_or_default().to_owned();
    let mut filter = ExportFilter { state, after, ..ExportFilter::default() };
    match whose {
        Whose::All => {}
        Whose::Own => filter.requester_code = Some(code),
        Whose::Waiting if principal.permit(Action::DecideUnmaskedExport).is_ok() => {
            let manager = office(principal.role) == Office::CustomerServiceManager;
            filter.waits_for = Some(Decider { code, manager });
        }
        Whose::Waiting => return Ok(Page { rows: Vec::new(), next: None }),
    }
    let listed = app.store.list_exports(scope, filter, i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}

/// An export's file, for who asked for it; that he downloads it is written first.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StrongerSignInRequired`], [`AppError::UnmaskedExportNotFound`], [`AppError::ExportStateMismatch`].
pub async fn download_export(app: &Arc<App>, principal: &Principal, id: Uuid) -> Result<Download, AppError> {
    app.permit_in_plain(principal, Action::DownloadUnmaskedExport).await?;
    let who = who(principal, Action::DownloadUnmaskedExport)?;
    let scope = who.scope.clone();
    let begun = app.store.begin_download(app.privacy_tools(), who, id).await;
    let begun = begun.map_err(|error| app.failed(&error))?.ok_or(AppError::UnmaskedExportNotFound)?;
    let row = begun.map_err(AppError::ExportStateMismatch)?;
    let (out, pieces) = mpsc::channel(PIECES_AHEAD);
    let app = app.clone();
    tokio::spawn(async move { send(&app, scope, id, out).await });
    Ok(Download { row, pieces })
}

async fn send(app: &App, scope: Scope, id: Uuid, out: mpsc::Sender<Result<Vec<u8>, AppError>>) {
    for piece_no in 0.. {
        let piece = match app.store.export_piece(scope.clone(), id, piece_no).await {
            Ok(None) => return,
            Ok(Some(piece)) => Ok(piece),
            Err(error) => Err(app.failed(&error)),
        };
        let failed = piece.is_err();
        // Nobody reads any more, or nothing is left to be read.
        if out.send(piece).await.is_err() || failed {
            return;
        }
    }
}
