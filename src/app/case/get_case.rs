//! One case: its row, and what hangs on it; members of other channels as stubs; what people wrote and the members' data only
//! with an audit entry before it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi_domain::{application::Channel, case::Move};

use super::moves;
pub use super::moves::Hindrance;
use crate::{
    app::{App, AppError, get_submission::ShownParty, suspicions::entry},
    security::{policy::Action, principal::Principal, scope::Scope, sealing::Place},
    store::{
        StoreError,
        case::{
            CaseRow,
            details::{CaseDetails, CaseMemberRow, CaseName},
        },
        payload::Payload,
    },
};

/// Action of the audit entry of a look at sealed data.
pub(super) const ACTION_VIEW: &str = "VIEW_MASKED";
/// What the entry is about.
pub(super) const SUBJECT: &str = "case";

/// What people wrote, by id; a text whose key was destroyed is not there.
pub type Texts = HashMap<Uuid, Zeroizing<String>>;

/// How much is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The row.
    Basic,
    /// And what hangs on it.
    Full,
    /// And what is sealed of it.
    Masked,
}

/// A case as it is shown.
pub struct ShownCase {
    /// The row.
    pub row: CaseRow,
    /// What hangs on it, if it was asked for.
    pub details: Option<Box<ShownDetails>>,
}

/// What hangs on a case, as it is shown.
pub struct ShownDetails {
    /// All but the members.
    pub rows: CaseDetails,
    /// The members.
    pub members: Vec<ShownCaseMember>,
    /// What people wrote; empty unless it was asked for.
    pub texts: Texts,
    /// What the caller may do now.
    pub allowed: Vec<Move>,
    /// Every move that the caller's role may make, and what hinders it now.
    pub moves: Vec<(Move, Option<Hindrance>)>,
}

/// A member as it is shown.
pub enum ShownCaseMember {
    /// Of a channel that the caller does not see.
    Stub {
        /// Customer.
        customer_id: Uuid,
        /// Channel of the application.
        channel: Channel,
    },
    /// The others.
    Full {
        /// The member.
        row: Box<CaseMemberRow>,
        /// The party in clear, if it was asked for and its key was not destroyed: the transport masks it.
        party: Option<Box<ShownParty>>,
    },
}

/// How many customers are shown in full.
fn customers(members: &[ShownCaseMember]) -> usize {
    let different: HashSet<Uuid> = members
        .iter()
        .filter_map(|member| match member {
            ShownCaseMember::Full { row, .. } => Some(row.customer_id),
            ShownCaseMember::Stub { .. } => None,
        })
        .collect();
    different.len()
}

/// The case of `name`.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::CaseNotFound`] if there is none within the caller's scope: whether it exists
/// elsewhere is not said.
pub async fn get_case(
    app: &App,
    principal: &Principal,
    name: CaseName,
    view: View,
) -> Result<ShownCase, AppError> {
    let scope = principal.permit(Action::GetCase)?;
    if view == View::Masked {
        app.count_look_up(principal, Action::GetCase).await?;
    }
    let signatures = app.rules.profile.cases().electronic_signatures;
    let found = app.store.get_case(scope.clone(), name, view != View::Basic, signatures).await;
    let (row, details) = found.map_err(|error| app.failed(&error))?.ok_or(AppError::CaseNotFound)?;
    let Some(mut rows) = details else { return Ok(ShownCase { row, details: None }) };
    let members = std::mem::take(&mut rows.members).into_iter().map(|member| shown(&scope, member)).collect();
    let allowed = moves::allowed(principal, &row, &rows);
    let moves = moves::with_hindrances(principal, &row, &rows);
    let mut details = ShownDetails { rows, members, texts: Texts::new(), allowed, moves };
    if view == View::Masked {
        look(app, &scope, row.id).await?;
        app.count_shown(principal, Action::GetCase, customers(&details.members)).await?;
        open_parties(app, &scope, &mut details.members).await?;
        details.texts = open_texts(app, scope, text_ids(&details.rows)).await?;
    }
    Ok(ShownCase { row, details: Some(Box::new(details)) })
}

/// A member in full if he is of a channel that the caller sees.
fn shown(scope: &Scope, row: CaseMemberRow) -> ShownCaseMember {
    let own = scope.home().0 == Some(row.channel);
    if own || scope.is_everything() || scope.allows_application(&row.source, row.channel, &row.branch_code) {
        ShownCaseMember::Full { row: Box::new(row), party: None }
    } else {
        ShownCaseMember::Stub { customer_id: row.customer_id, channel: row.channel }
    }
}

/// Writes that the caller looks at what is sealed of a case. Nothing is opened before this is committed.
pub(super) async fn look(app: &App, scope: &Scope, case_id: Uuid) -> Result<(), AppError> {
    let entry = entry(app, scope, ACTION_VIEW, SUBJECT, vec![case_id]).map_err(|error| app.failed(&error))?;
    app.store.audit(scope.clone(), entry).await.map_err(|error| app.failed(&error))
}

/// Opens what people wrote. Whoever calls has written the audit entry.
pub(super) async fn open_texts(app: &App, scope: Scope, ids: Vec<Uuid>) -> Result<Texts, AppError> {
    if ids.is_empty() {
        return Ok(Texts::new());
    }
    let opened = app.store.open_case_texts(scope, app.sealer.clone(), ids).await;
    opened.map_err(|error| app.failed(&error))
}

fn text_ids(rows: &CaseDetails) -> Vec<Uuid> {
    let mut ids = Vec::new();
    ids.extend(rows.participants.iter().filter_map(|one| one.answer_text_id));
    ids.extend(rows.attempts.iter().filter_map(|one| one.text_id));
    ids.extend(rows.evidence.iter().filter_map(|one| one.file_name_text_id));
    ids.extend(rows.verifications.iter().filter_map(|one| one.text_id));
    ids.extend(
        rows.call_back_requests.iter().flat_map(|one| [one.question_text_id, one.answer_text_id]).flatten(),
    );
    ids.extend(rows.opinions.iter().flat_map(|one| [Some(one.text_id), one.reply_text_id]).flatten());
    ids.extend(rows.appeals.iter().flat_map(|one| [Some(one.text_id), one.decision_text_id]).flatten());
    ids
}

/// Opens the parties of the members in full, in one batch.
async fn open_parties(app: &App, scope: &Scope, members: &mut [ShownCaseMember]) -> Result<(), AppError> {
    let mut wanted: Vec<(Uuid, i16)> =
        full(members).map(|(row, _)| (row.submission_id, row.party_no)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    let sealed = app.store.get_sealed_parties(scope.clone(), wanted).await;
    let sealed = sealed.map_err(|error| app.failed(&error))?;
    for (row, party) in full(members) {
        let Some(sealed) = sealed.get(&(row.submission_id, row.party_no)) else { continue };
        let place = Place { table: "sealed", row: row.submission_id, party_no: row.party_no };
        let payload = app
            .sealer
            .open(place, sealed)
            .map_err(StoreError::from)
            .and_then(|bytes| Payload::decode(&bytes, &row.submission_id))
            .map_err(|error| app.failed(&error))?;
        *party = Some(Box::new(ShownParty { party_no: row.party_no, role: row.role, payload }));
    }
    Ok(())
}

fn full(
    members: &mut [ShownCaseMember],
) -> impl Iterator<Item = (&CaseMemberRow, &mut Option<Box<ShownParty>>)> {
    members.iter_mut().filter_map(|member| match member {
        ShownCaseMember::Full { row, party } => Some((&**row, party)),
        ShownCaseMember::Stub { .. } => None,
    })
}
