//! One recorded submission, and its parties masked.

use uuid::Uuid;
use zhenshi_domain::party::Role;

use super::{App, AppError};
use crate::{
    ids,
    security::{
        policy::Action,
        principal::Principal,
        scope::Scope,
        sealing::{Place, Sealer},
    },
    store::{StoreError, audit::Entry, payload::Payload, submission::SubmissionRow},
};

/// A submission as it is shown.
pub struct Shown {
    /// The submission.
    pub row: SubmissionRow,
    /// Whether it is the one in force.
    pub current: bool,
    /// The parties, when they were asked for.
    pub parties: Vec<ShownParty>,
}

/// A party in clear: the transport masks it before a byte leaves.
pub struct ShownParty {
    /// Number of the party.
    pub party_no: i16,
    /// Role.
    pub role: Role,
    /// What was sent.
    pub payload: Payload,
}

/// The submission of `id`, with its parties if `with_parties`. Looking at parties is written to the audit log first.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::SubmissionNotFound`] if there is none within the caller's scope: whether it
/// exists elsewhere is not said.
pub async fn get_submission(
    app: &App,
    principal: &Principal,
    id: Uuid,
    with_parties: bool,
) -> Result<Shown, AppError> {
    let scope = principal.permit(Action::GetSubmission)?;
    if with_parties {
        app.count_look_up(principal, Action::GetSubmission).await?;
    }
    let found = app.store.get_submission(scope.clone(), id).await.map_err(|error| app.failed(&error))?;
    let within =
        found.filter(|(row, _)| scope.allows_application(&row.source, row.channel, &row.branch_code));
    let Some((row, current)) = within else { return Err(AppError::SubmissionNotFound) };
    let parties = if with_parties {
        let parties = open_parties(app, &scope, id).await.map_err(|error| app.failed(&error))?;
        app.count_shown(principal, Action::GetSubmission, parties.len()).await?;
        parties
    } else {
        Vec::new()
    };
    Ok(Shown { row, current, parties })
}

async fn open_parties(app: &App, scope: &Scope, id: Uuid) -> Result<Vec<ShownParty>, StoreError> {
    let now = app.clock.now();
    let entry = Entry {
        id: ids::mint(now, app.entropy.as_ref())?,
        recorded_time: now,
        actor: scope.actor().to_owned(),
        action: "VIEW_MASKED".into(),
        subject_kind: "submission".into(),
        subject_ids: vec![id],
        reason: String::new(),
        digest: Vec::new(),
    };
    let mut parties = Vec::new();
    for part in app.store.get_sealed(scope.clone(), id, entry).await? {
        // What belongs to nobody is not shown, and neither is a classified file; a party whose key was destroyed has nothing
        // to show.
        let Some(role) = part.role else { continue };
        if part.sealed.wrapped_key.is_empty() || Sealer::is_classified(&part.sealed.wrapped_key) {
            continue;
        }
        let place = Place { table: "sealed", row: id, party_no: part.party_no };
        let opened = app.sealer.open(place, &part.sealed)?;
        parties.push(ShownParty { party_no: part.party_no, role, payload: Payload::decode(&opened, &id)? });
    }
    Ok(parties)
}
