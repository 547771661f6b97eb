//! What being assigned a case is worth: the assignee may see name and phones of the case's members of its own channel, until
//! he submits it. Everything else is asked for.

use super::{Field, SecrecyClass};
use crate::{application::Channel, case::CaseState};

/// What an assignee may see without asking.
pub const FIELDS: [Field; 2] = [Field::Name, Field::Phones];

/// A case, as far as it decides.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Whom it is assigned to.
    pub assignee: Option<&'a str>,
    /// Where it stands.
    pub state: CaseState,
    /// Its lead channel.
    pub channel: Channel,
}

/// Why the assignment does not cover it. Checked in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Not his case.
    #[error("NOT_ASSIGNED")]
    NotAssigned,
    /// It is submitted, or over.
    #[error("SUBMITTED")]
    Submitted,
    /// Another part of the data than [`FIELDS`].
    #[error("OTHER_FIELDS")]
    OtherFields,
}

/// Whether the assignment covers reading `fields` of the case's own members.
///
/// # Errors
/// Why not.
pub fn covers(case: &Case<'_>, reader: &str, fields: &[Field]) -> Result<(), Denied> {
    if case.assignee != Some(reader) {
        return Err(Denied::NotAssigned);
    }
    if !matches!(case.state, CaseState::Assigned | CaseState::Investigating) {
        return Err(Denied::Submitted);
    }
    if fields.is_empty() || !fields.iter().all(|field| FIELDS.contains(field)) {
        return Err(Denied::OtherFields);
    }
    Ok(())
}

/// Whether a member of the case is within the assignment: of the case's channel, and of no class that is kept apart.
pub fn reaches(case: &Case<'_>, member: Channel, class: SecrecyClass) -> bool {
    member == case.channel && !class.is_classified()
}
