//! Writing one entry: created if its code is new, else replaced as a whole.

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::shanghai;

use super::{
    entry::Draft,
    get::{find, find_by_id},
    references,
    tools::{DirectoryTools, Verb},
};
use crate::{
    app::AppError,
    security::principal::Principal,
    store::directory::{
        entry::EntryRow,
        write::{Batch, RequestKey, Written},
    },
};

/// An entry on its way in.
pub struct Submitted {
    /// Idempotency key.
    pub request_id: Uuid,
    /// HMAC of what was sent: see [`DirectoryTools::request_digest`].
    pub digest: [u8; 32],
    /// The revision that the caller saw; none to write in any case.
    pub expected_revision: Option<i64>,
    /// The entry.
    pub draft: Draft,
}

/// Writes the entry and returns it as it stands; a repeat writes nothing.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::DirectoryEntryInvalid`] with everything that is wrong,
/// [`AppError::EtagMismatch`], [`AppError::RequestIdReused`], [`AppError::StoreUnavailable`].
pub async fn upsert(
    tools: &DirectoryTools,
    principal: &Principal,
    submitted: Submitted,
) -> Result<EntryRow, AppError> {
    let Submitted { request_id, digest, expected_revision, draft } = submitted;
    let scope = principal.permit(Verb::Upsert.of(draft.entry.kind))?;
    let today: NaiveDate = shanghai::date(tools.clock.now());
    let mut problems = draft.problems(today);
    let present = references::present(tools, std::iter::once(&draft.entry)).await;
    let present = present.map_err(|error| tools.failed(&error))?;
    let unknown = references::problems(&draft.entry, |name| present.contains(name));
    problems.extend(
        unknown
            .into_iter()
            .filter(|own| problems.iter().all(|other| other.field != own.field))
            .collect::<Vec<_>>(),
    );
    if !problems.is_empty() {
        return Err(AppError::DirectoryEntryInvalid { kind: draft.entry.kind, problems });
    }
    let (kind, code) = (draft.entry.kind, draft.entry.code.clone());
    let batch = Batch {
        entries: vec![draft.into_new(tools)],
        epoch: tools.fingerprints.epoch(),
        scope: scope.clone(),
        request: Some(RequestKey { request_id, digest }),
        expected_revision,
        dry_run: false,
    };
    let written = tools.store.write_directory(tools.record(), batch).await;
    match written.map_err(|error| tools.failed(&error))? {
        Written::Done(_) => find(tools, scope, kind, &code).await,
        Written::Replayed(id) => find_by_id(tools, scope, kind, &code, id).await,
        Written::Reused => Err(AppError::RequestIdReused),
        Written::Stale => Err(AppError::EtagMismatch),
    }
}
