//! Codes that name other entries: the branch, the team leader among the staff, the agency. Nobody may be put under an entry
//! that is not there: a branch that is misspelt would be nobody's.
//!
//! Entries are never removed, so what was there when it was looked up is there when the entry is written.

use std::collections::HashSet;

use super::{
    Entry, EntryKind,
    entry::{Field, Flaw, Problem},
    tools::DirectoryTools,
};
use crate::store::StoreError;

/// An entry by its kind and code.
pub(super) type Name = (EntryKind, String);

/// The entries that `entry` names, with the fields that do.
fn named(entry: &Entry) -> impl Iterator<Item = (Field, EntryKind, &str)> {
    [
        (Field::Branch, EntryKind::Branch, entry.branch_code.as_str()),
        (Field::TeamLeader, EntryKind::Staff, entry.team_leader_code.as_str()),
        (Field::Agency, EntryKind::Agency, entry.agency_code.as_str()),
    ]
    .into_iter()
    .filter(|(_, _, code)| !code.is_empty())
}

/// The fields of `entry` that name an entry which is not there.
pub(super) fn problems(entry: &Entry, is_there: impl Fn(&Name) -> bool) -> Vec<Problem> {
    named(entry)
        .filter(|(_, kind, code)| !is_there(&(*kind, (*code).to_owned())))
        .map(|(field, _, _)| Problem { field, flaw: Flaw::UnknownCode })
        .collect()
}

/// Of the entries that `entries` name, those that the directory has.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn present<'a>(
    tools: &DirectoryTools,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<HashSet<Name>, StoreError> {
    let names: HashSet<Name> =
        entries.flat_map(named).map(|(_, kind, code)| (kind, code.to_owned())).collect();
    if names.is_empty() { Ok(names) } else { tools.store.directory_present(names).await }
}
