//! Evidence is read: what it was read for is on the timeline, sealed, and in the audit log before its first byte leaves.

use std::sync::Arc;

use aws_lc_rs::digest;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    app::{App, AppError, EvidenceRow, privacy::who},
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        StoreError,
        case::evidence::{OpenedEvidence, Reading, place},
    },
};

/// Pieces that are read from the database at a time: 1 MiB.
const PIECES_AT_A_TIME: i32 = 16;
/// Pieces that may be opened ahead of the reader.
const PIECES_AHEAD: usize = 4;

/// What somebody wants to read.
pub struct Wanted {
    /// The case.
    pub case_id: Uuid,
    /// The piece of evidence.
    pub id: Uuid,
    /// What for; kept sealed.
    pub purpose: String,
    /// By which grant: none is needed while no file of the case is classified.
    pub grant_id: Option<Uuid>,
}

/// A content on its way out.
pub struct EvidenceContent {
    /// What it is.
    pub row: EvidenceRow,
    /// Name of its file.
    pub file_name: String,
    /// Its pieces, or what became of it: then the content is not whole.
    pub pieces: mpsc::Receiver<Result<Vec<u8>, AppError>>,
}

/// Reads the evidence that is `wanted`.
///
/// # Errors
/// [`AppError::StrongerSignInRequired`]; [`AppError::QuotaExceeded`]; [`AppError::CaseNotFound`] if there is no such case or evidence within the caller's reach; [`AppError::AccessNotGranted`] if it is of
/// somebody whose data are restricted, or a file of the case is classified and no grant covers it. A piece that was changed, moved or is
/// missing comes as [`AppError::Internal`] instead of the piece.
pub async fn get_evidence(
    app: &Arc<App>,
    principal: &Principal,
    wanted: &Wanted,
) -> Result<EvidenceContent, AppError> {
    let scope = app.permit_in_plain(principal, Action::GetEvidence).await?;
    app.count_reveal(principal, Action::GetEvidence).await?;
    let id = wanted.id;
    let reading = Reading {
        case_id: wanted.case_id,
        id,
        purpose: app.seal_text(&wanted.purpose)?,
        grant_id: wanted.grant_id,
        customers_told: app.privacy.customers_told,
    };
    let opened = app
        .store
        .open_evidence(app.case_tools(), who(principal, Action::GetEvidence)?, reading, app.sealer.clone())
        .await
        .map_err(|error| app.failed(&error))?;
    let OpenedEvidence { row, file_name, wrapped_key } =
        opened.ok_or(AppError::CaseNotFound)?.map_err(AppError::AccessNotGranted)?;
    let (out, pieces) = mpsc::channel(PIECES_AHEAD);
    let (app, sha256) = (app.clone(), row.sha256.clone());
    tokio::spawn(async move {
        if let Err(error) = send(&app, scope, id, &wrapped_key, &sha256, &out).await {
            // Whoever reads is told that it is not whole; if nobody does, there is nobody to tell.
            let _ = out.send(Err(app.failed(&error))).await;
        }
    });
    let file_name = file_name.map(|name| name.as_str().to_owned()).unwrap_or_default();
    Ok(EvidenceContent { row, file_name, pieces })
}

/// Opens piece after piece and sends it on. One that is not the last is not sent before the next one is there.
async fn send(
    app: &App,
    scope: Scope,
    id: Uuid,
    wrapped_key: &[u8],
    sha256: &[u8],
    out: &mpsc::Sender<Result<Vec<u8>, AppError>>,
) -> Result<(), StoreError> {
    let mut pieces = app.sealer.open_pieces(place(id), wrapped_key)?;
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut first = 0;
    loop {
        // One more than is opened: whether there is one says which piece is the last.
        let mut sealed =
            app.store.evidence_pieces(scope.clone(), id, first, i64::from(PIECES_AT_A_TIME) + 1).await?;
        let more = i32::try_from(sealed.len()).is_ok_and(|count| count > PIECES_AT_A_TIME);
        if more {
            sealed.pop();
        }
        let count = sealed.len();
        for (no, piece) in sealed.iter().enumerate() {
            let opened = pieces.open(piece, !more && no + 1 == count)?;
            hash.update(&opened);
            if out.send(Ok(opened.to_vec())).await.is_err() {
                // Nobody reads any more.
                return Ok(());
            }
        }
        if !more {
            break;
        }
        first += PIECES_AT_A_TIME;
    }
    if hash.finish().as_ref() == sha256 {
        return Ok(());
    }
    Err(StoreError::Corrupt { table: "case_evidence", column: "sha256", row: id.to_string() })
}
