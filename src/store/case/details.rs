//! One case with what hangs on it: suspicions, members, participants, verifications, and the parts of [`super::parts`]; and
//! what the rules say of it: what is missing, who may do what, whose verification is awaited.

use chrono::DateTime;
use uuid::Uuid;
use zhenshi_domain::{
    application::{ApplicationKind, Channel},
    case::{
        CaseState, Outcome,
        evidence::{self, SubmissionFacts},
        verification::{self, Department},
    },
    party::Role as PartyRole,
    suspicion::Clue,
};

mod rows;

pub use rows::{
    CaseDetails, CaseMemberRow, CaseName, CaseSuspicionRow, DeclaredRelationRow, ParticipantRow,
    VerificationRow,
};

use super::{
    CaseFilter, CaseRow,
    actors::{ASSISTS, actors},
    filter::Question,
    handler, life, parts,
    raw::Raw,
    submission,
};
use crate::{
    security::scope::Scope,
    store::{
        Store, StoreError, Tx,
        codes::Coded as _,
        list::{OwnerKind, cleared::ClearedKind},
        privacy,
    },
};

/// The case of `id`, if it is within `scope`.
pub(super) async fn within(tx: &mut Tx, scope: &Scope, id: Uuid) -> Result<Option<CaseRow>, StoreError> {
    let filter = CaseFilter::default().in_any_state();
    // Nothing in an empty filter asks for the time.
    let question = Question { scope, filter: &filter, now: DateTime::UNIX_EPOCH };
    let raw: Option<Raw> = question.among(&[id]).build_query_as().fetch_optional(tx).await?;
    raw.map(CaseRow::try_from).transpose()
}

impl Store {
    /// A case within `scope`, with its details if they are asked for. `electronic_signatures`: the installation takes them.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn get_case(
        &self,
        scope: Scope,
        name: CaseName,
        details: bool,
        electronic_signatures: bool,
    ) -> Result<Option<(CaseRow, Option<CaseDetails>)>, StoreError> {
        self.with_read(scope.clone(), move |tx| {
            Box::pin(async move {
                let id = match name {
                    CaseName::Id(id) => Some(id),
                    CaseName::Number(number) => {
                        sqlx::query_scalar!("SELECT id FROM case_file WHERE case_no = $1", number)
                            .fetch_optional(&mut *tx)
                            .await?
                    }
                };
                let Some(id) = id else { return Ok(None) };
                let Some(case) = within(tx, &scope, id).await? else { return Ok(None) };
                let details =
                    if details { Some(read(tx, &scope, &case, electronic_signatures).await?) } else { None };
                Ok(Some((case, details)))
            })
        })
        .await
    }
}

async fn read(
    tx: &mut Tx,
    scope: &Scope,
    case: &CaseRow,
    electronic_signatures: bool,
) -> Result<CaseDetails, StoreError> {
    let attempts = parts::contact_attempts(tx, case.id).await?;
    let evidence = parts::evidence(tx, case.id, None).await?;
    let participants = participants(tx, case.id).await?;
    let verifications = verifications(tx, case.id).await?;
    let suspicions = suspicions(tx, case.id).await?;
    let open_assist = |one: &&ParticipantRow| one.assists && one.answered_time.is_none() && !one.overridden;
    let used_up = life::used_up_time(tx, case.id).await?;
    let facts = SubmissionFacts {
        evidence: submission::pieces(&evidence, used_up),
        attempts: submission::attempts(&attempts, used_up),
        // Both are given with the submission itself: what was given the last time counts until then.
        servicing_no: !case.servicing_no.is_empty(),
        cleared_kind: case.cleared_kind.is_some(),
        accepted_revision: submission::accepted_revision(tx, case, used_up, None).await?,
        electronic_signatures,
        open_assists: participants.iter().filter(open_assist).count(),
    };
    Ok(CaseDetails {
        members: members(tx, case.id).await?,
        call_back_requests: parts::call_back_requests(tx, case.id).await?,
        opinions: parts::opinions(tx, case.id).await?,
        appeals: parts::appeals(tx, case.id).await?,
        missing: Outcome::ALL.map(|outcome| (outcome, evidence::missing(outcome, &facts))).to_vec(),
        handlers: handler::all(tx, case.id).await?,
        actors: actors(tx, scope, case).await?,
        awaited: awaited(case, &suspicions, &verifications),
        relations: declared_relations(tx, case.id).await?,
        suspicions,
        attempts,
        evidence,
        participants,
        verifications,
    })
}

/// Departments that have not verified the present submission.
fn awaited(
    case: &CaseRow,
    suspicions: &[CaseSuspicionRow],
    verifications: &[VerificationRow],
) -> Vec<Department> {
    if case.state != CaseState::Submitted {
        return Vec::new();
    }
    let facts = case.verification_facts(suspicions);
    let done = |department: &Department| {
        verifications
            .iter()
            .any(|one| one.round == case.round && one.department == *department && one.verified)
    };
    verification::required(&facts).into_iter().filter(|department| !done(department)).collect()
}

/// The suspicions that a case follows up.
pub(super) async fn suspicions(tx: &mut Tx, case_id: Uuid) -> Result<Vec<CaseSuspicionRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT suspicion_id, clue, clue_value_id, owner_kind, owner_code, outcome, cleared_kind, withdrawn,
             attached_time
         FROM case_suspicion WHERE case_id = $1 ORDER BY clue, suspicion_id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let id = row.suspicion_id;
            let owner = row.owner_kind.map(|kind| OwnerKind::from_number(kind, id)).transpose()?;
            let outcome = row
                .outcome
                .map(|code| Outcome::from_code(code).ok_or_else(|| wrong("case_suspicion", "outcome", id)));
            Ok(CaseSuspicionRow {
                suspicion_id: id,
                clue: Clue::from_number(row.clue, id)?,
                clue_value_id: row.clue_value_id,
                owner: owner.map(|kind| (kind, row.owner_code)),
                outcome: outcome.transpose()?,
                cleared_kind: row.cleared_kind.map(|kind| ClearedKind::from_number(kind, id)).transpose()?,
                withdrawn: row.withdrawn,
                joined_time: row.attached_time,
            })
        })
        .collect()
}

async fn members(tx: &mut Tx, case_id: Uuid) -> Result<Vec<CaseMemberRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.customer_id, a.source, a.kind, a.application_no, m.submission_id, m.party_no, m.role, m.channel,
             m.branch_code, m.seller_code, m.agency_code, m.policy_no, m.added_time,
             (SELECT c.class FROM customer_class AS c WHERE c.customer_id = m.customer_id) AS "class?"
         FROM case_member AS m JOIN application AS a ON a.id = m.application_id
         WHERE m.case_id = $1 ORDER BY m.added_time, m.application_id, m.submission_id, m.party_no"#,
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CaseMemberRow {
                customer_id: row.customer_id,
                source: row.source,
                application_kind: ApplicationKind::from_number(row.kind, case_id)?,
                application_no: row.application_no,
                submission_id: row.submission_id,
                party_no: row.party_no,
                role: PartyRole::from_number(row.role, case_id)?,
                channel: Channel::from_number(row.channel, case_id)?,
                branch_code: row.branch_code,
                seller_code: row.seller_code,
                agency_code: row.agency_code,
                class: privacy::row::class(row.class, case_id)?,
                policy_no: row.policy_no,
                joined_time: row.added_time,
            })
        })
        .collect()
}

async fn participants(tx: &mut Tx, case_id: Uuid) -> Result<Vec<ParticipantRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT kind, channel, branch_code, staff_code, unit_code, due_time, answered_time, answer_text_id, overridden
         FROM case_participant WHERE case_id = $1 ORDER BY kind, added_time, channel, branch_code, staff_code",
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ParticipantRow {
                assists: row.kind == ASSISTS,
                channel: Channel::from_number(row.channel, case_id)?,
                branch_code: row.branch_code,
                staff_code: row.staff_code,
                unit_code: row.unit_code,
                due_time: row.due_time,
                answered_time: row.answered_time,
                answer_text_id: row.answer_text_id,
                overridden: row.overridden,
            })
        })
        .collect()
}

async fn verifications(tx: &mut Tx, case_id: Uuid) -> Result<Vec<VerificationRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT round, department, verifier, verified, recorded_time, text_id FROM case_verification
         WHERE case_id = $1 ORDER BY round, recorded_time, department",
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(VerificationRow {
                round: row.round,
                department: Department::from_code(row.department)
                    .ok_or_else(|| wrong("case_verification", "department", case_id))?,
                verifier: row.verifier,
                verified: row.verified,
                recorded_time: row.recorded_time,
                text_id: row.text_id,
            })
        })
        .collect()
}

/// Pairs of the case's customers whom an application in force declares spouse, parent or child: of the policyholder, or of
/// each other as his spouse and his child.
async fn declared_relations(tx: &mut Tx, case_id: Uuid) -> Result<Vec<DeclaredRelationRow>, StoreError> {
    let rows = sqlx::query!(
        "WITH customer AS (SELECT DISTINCT customer_id FROM case_member WHERE case_id = $1)
         SELECT DISTINCT one.customer_id AS one_id, other.customer_id AS other_id, a.application_no
         FROM customer AS first
         JOIN application_party AS one ON one.customer_id = first.customer_id AND one.ended_time IS NULL
         JOIN application_party AS other ON other.application_id = one.application_id
             AND other.submission_id = one.submission_id AND one.customer_id < other.customer_id
         JOIN customer AS second ON second.customer_id = other.customer_id
         JOIN application AS a ON a.id = one.application_id
         WHERE (one.role = 1 AND other.role = 2 AND other.relation BETWEEN 2 AND 4)
             OR (other.role = 1 AND one.role = 2 AND one.relation BETWEEN 2 AND 4)
             OR (one.role = 2 AND other.role = 2 AND one.relation = 2 AND other.relation = 4)
             OR (one.role = 2 AND other.role = 2 AND one.relation = 4 AND other.relation = 2)
         ORDER BY a.application_no, one_id, other_id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| DeclaredRelationRow {
            customer_ids: [row.one_id, row.other_id],
            application_no: row.application_no,
        })
        .collect())
}

/// A number that this version does not write.
fn wrong(table: &'static str, column: &'static str, row: Uuid) -> StoreError {
    StoreError::Corrupt { table, column, row: row.to_string() }
}
