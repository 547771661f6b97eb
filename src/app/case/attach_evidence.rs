//! Evidence is attached (证明材料): begun with what is said of it, filled piece by piece, kept when it is whole.

use std::sync::Arc;

use uuid::Uuid;
use zhenshi_domain::case::evidence::EvidenceFacts;

use super::ChangedCase;
use crate::{
    app::{
        App, AppError, EvidenceRow,
        evidence::{Stopped, Upload},
    },
    ids,
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        StoreError,
        case::{change::Command, evidence::NewEvidence, request::RequestKey},
    },
};

/// What is said of a piece of evidence.
#[derive(Debug, Clone)]
pub struct EvidenceHeader {
    /// The case.
    pub case_id: Uuid,
    /// Made by the caller.
    pub request_id: Uuid,
    /// Kind, signer, day, collector (empty: the caller), original, electronic.
    pub facts: EvidenceFacts,
    /// Name of the file.
    pub file_name: String,
    /// Size of the whole content in bytes.
    pub size: usize,
}

/// A piece of evidence on its way in.
pub struct Attaching {
    app: Arc<App>,
    scope: Scope,
    header: EvidenceHeader,
    id: Uuid,
    upload: Upload,
}

/// Begins to attach what `header` says. Whoever may not, or to which nothing can be attached just now, is refused before
/// a content is read.
///
/// # Errors
/// What every change answers with; [`AppError::EvidenceRefused`] if the scanner cannot be run.
pub async fn begin(
    app: &Arc<App>,
    principal: &Principal,
    header: EvidenceHeader,
) -> Result<Attaching, AppError> {
    let scope = principal.permit(Action::AttachEvidence)?;
    let refused = app.store.refuse_evidence(scope.clone(), header.case_id, header.request_id).await;
    if let Some(refused) = refused.map_err(|error| app.failed(&error))? {
        app.case_answer(Ok(refused))?;
    }
    let id = ids::mint(app.clock.now(), app.entropy.as_ref()).map_err(|error| app.failed(&error.into()))?;
    let upload = Upload::begin(&app.evidence, &app.sealer, &app.entropy, id);
    let upload = upload.map_err(|stopped| app.stopped(stopped))?;
    Ok(Attaching { app: app.clone(), scope, header, id, upload })
}

impl Attaching {
    /// Takes the next bytes of the content.
    ///
    /// # Errors
    /// [`AppError::EvidenceRefused`].
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.upload.take(bytes).await.map_err(|stopped| self.app.stopped(stopped))
    }

    /// How large the content is, for a transport that shows by itself when it is whole; instead of the header's size.
    pub const fn counted(&mut self, size: usize) {
        self.header.size = size;
    }

    /// The content is whole: it is kept. `said` are the bytes of the header, which with the content tell a repeat from a
    /// call of other content.
    ///
    /// # Errors
    /// [`AppError::EvidenceRefused`]; [`AppError::StaffNotEligible`] for a collector whom the directory does not know;
    /// [`AppError::WrongArgument`] for a signature of a day to come; and what every change answers with.
    pub async fn finish(self, said: &[u8]) -> Result<(ChangedCase, EvidenceRow), AppError> {
        let Self { app, scope, header, id, upload } = self;
        let whole = upload.finish(header.size).await.map_err(|stopped| app.stopped(stopped))?;
        let digest = app.request_digest(&[said, &whole.sha256].concat());
        let command = Command {
            case_id: header.case_id,
            etag: None,
            request: Some(RequestKey { request_id: header.request_id, digest }),
            action: "ATTACH_EVIDENCE",
        };
        let new = NewEvidence {
            id,
            facts: header.facts,
            content_type: whole.content_type,
            size_bytes: i64::try_from(whole.size).unwrap_or(i64::MAX),
            sha256: whole.sha256,
            wrapped_key: whole.wrapped_key,
            pieces: whole.pieces,
            file_name: app.seal_text(&header.file_name)?,
        };
        let answer = app.store.attach_evidence(app.case_tools(), scope.clone(), command, new).await;
        let changed = app.case_answer(answer)?;
        let evidence = app.store.case_evidence(scope, changed.case.id).await;
        let evidence = evidence.map_err(|error| app.failed(&error))?;
        let made = evidence.into_iter().find(|row| Some(row.id) == changed.made_id);
        Ok((changed, made.ok_or(AppError::CaseNotFound)?))
    }
}

impl App {
    fn stopped(&self, stopped: Stopped) -> AppError {
        match stopped {
            Stopped::Refused(refused) => AppError::EvidenceRefused(refused.name()),
            Stopped::Failed(error) => self.failed(&StoreError::from(error)),
        }
    }
}
