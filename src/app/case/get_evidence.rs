//! Evidence is read: what it was read for is on the timeline, sealed, and in the audit log before its first byte leaves.

use std::sync::Arc;

use aws_lc_rs::digest;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    app::{App, AppError, EvidenceRow},
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        StoreError,
        case::evidence::{OpenedEvidence, place},
    },
};

/// Pieces that are read from the database at a time: 1 MiB.
const PIECES_AT_A_TIME: i32 = 16;
/// Pieces that may be opened ahead of the reader.
const PIECES_AHEAD: usize = 4;

/// A content on its way out.
pub struct EvidenceContent {
    /// What it is.
    pub row: EvidenceRow,
    /// Name of its file.
    pub file_name: String,
    /// Its pieces, or what became of it: then the content is not whole.
    pub pieces: mpsc::Receiver<Result<Vec<u8>, AppError>>,
}

/// Reads the evidence `id` of the case `case_id` for a `purpose`.
///
/// # Errors
/// [`AppError::CaseNotFound`] if there is no such case or evidence within the caller's reach. A piece that was changed,
/// moved or is missing comes as [`AppError::Internal`] instead of the piece.
pub async fn get_evidence(
    app: &Arc<App>,
    principal: &Principal,
    (case_id, id): (Uuid, Uuid),
    purpose: &str,
) -> Result<EvidenceContent, AppError> {
    let scope = principal.permit(Action::GetEvidence)?;
    app.count_look_up(principal, Action::GetEvidence).await?;
    let purpose = app.seal_text(purpose)?;
    let opened = app
        .store
        .open_evidence(app.case_tools(), scope.clone(), (case_id, id), purpose, app.sealer.clone())
        .await
        .map_err(|error| app.failed(&error))?;
    let Some(OpenedEvidence { row, file_name, wrapped_key }) = opened else {
        return Err(AppError::CaseNotFound);
    };
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
