//! Looking entries up: one with its personal data, or a page without.

use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{
    EntryKind, EntryRow,
    tools::{DirectoryTools, Verb},
};
use crate::{
    app::AppError,
    ids,
    security::{principal::Principal, scope::Scope, sealing::Place},
    store::{
        StoreError,
        audit::Entry as AuditEntry,
        directory::{SEALED_PARTY, SEALED_TABLE, read::EntryFilter},
        payload::{Payload, PersonPayload},
    },
};

/// An entry with its personal data in clear: the transport masks them before a byte leaves.
pub struct Shown {
    /// What is plain.
    pub row: EntryRow,
    /// Name, certificate, phones and address; none of a channel or a branch.
    pub person: Option<PersonPayload>,
}

/// A page of entries.
pub struct Page {
    /// In the order in which they were first recorded.
    pub rows: Vec<EntryRow>,
    /// The last entry, if there is a page after this one.
    pub next: Option<Uuid>,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Only of this channel.
    pub channel: Option<Channel>,
    /// Only of this branch.
    pub branch_code: Option<String>,
    /// Only those after this one.
    pub after: Option<Uuid>,
}

/// The entry `code` of `kind` with its personal data. Looking at them is written to the audit log first.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::DirectoryEntryNotFound`] if there is none within the caller's scope.
pub async fn get(
    tools: &DirectoryTools,
    principal: &Principal,
    kind: EntryKind,
    code: &str,
) -> Result<Shown, AppError> {
    let scope = principal.permit(Verb::Get.of(kind))?;
    let row = find(tools, scope.clone(), kind, code).await?;
    // A channel and a branch have nothing that is sealed: nobody has looked at anything.
    let person = match kind.owner() {
        None => None,
        Some(_) => open(tools, scope, row.id).await.map_err(|error| tools.failed(&error))?,
    };
    Ok(Shown { row, person })
}

/// The entries of `kind` within the caller's scope that match, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn list(
    tools: &DirectoryTools,
    principal: &Principal,
    kind: EntryKind,
    filter: ListFilter,
    page_size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Verb::List.of(kind))?;
    let filter = EntryFilter {
        channel: filter.channel,
        branch_code: filter.branch_code,
        after: filter.after,
        // One more than asked for tells whether there is a page after this one.
        limit: i64::from(page_size) + 1,
        kind,
        code: None,
    };
    let mut rows = tools.store.read_directory(scope, filter).await.map_err(|error| tools.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}

/// The entry `code` of `kind`, without its personal data.
pub(super) async fn find(
    tools: &DirectoryTools,
    scope: Scope,
    kind: EntryKind,
    code: &str,
) -> Result<EntryRow, AppError> {
    let filter = EntryFilter {
        kind,
        channel: None,
        code: Some(code.to_owned()),
        branch_code: None,
        after: None,
        limit: 1,
    };
    let rows = tools.store.read_directory(scope, filter).await.map_err(|error| tools.failed(&error))?;
    rows.into_iter().next().ok_or(AppError::DirectoryEntryNotFound)
}

/// The entry that a request was answered with.
pub(super) async fn find_by_id(
    tools: &DirectoryTools,
    scope: Scope,
    kind: EntryKind,
    code: &str,
    id: Uuid,
) -> Result<EntryRow, AppError> {
    let row = find(tools, scope, kind, code).await?;
    if row.id == id { Ok(row) } else { Err(AppError::DirectoryEntryNotFound) }
}

async fn open(tools: &DirectoryTools, scope: Scope, id: Uuid) -> Result<Option<PersonPayload>, StoreError> {
    let now = tools.clock.now();
    let entry = AuditEntry {
        id: ids::mint(now, tools.entropy.as_ref())?,
        recorded_time: now,
        actor: scope.actor().to_owned(),
        action: "VIEW_MASKED".into(),
        subject_kind: "directory_entry".into(),
        subject_ids: vec![id],
        reason: String::new(),
        digest: Vec::new(),
    };
    let Some(sealed) = tools.store.read_directory_sealed(scope, id, entry).await? else { return Ok(None) };
    let place = Place { table: SEALED_TABLE, row: id, party_no: SEALED_PARTY };
    let opened = tools.sealer.open(place, &sealed)?;
    Ok(Payload::decode(&opened, &id)?.person)
}
