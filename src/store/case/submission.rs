//! What a submission rests on: the evidence matrix's facts, read under the case's lock.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::case::{
    Outcome,
    evidence::{Attached, ContactAttempt, Missing, SubmissionFacts, missing},
};

use super::{
    CaseRow,
    change::Tools,
    life,
    parts::{self, ContactAttemptRow, EvidenceRow},
};
use crate::store::{StoreError, Tx, codes::Coded as _, list::cleared::ClearedKind};

/// The end of one suspicion of a case, where it differs from the case's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspicionEnd {
    /// The suspicion.
    pub suspicion_id: Uuid,
    /// Its end.
    pub outcome: Outcome,
    /// Why the customers may share the value; with [`Outcome::Cleared`].
    pub cleared_kind: Option<ClearedKind>,
}

/// What is submitted, in plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The end.
    pub outcome: Outcome,
    /// Why the customers may share the value; with [`Outcome::Cleared`].
    pub cleared_kind: Option<ClearedKind>,
    /// Number of the servicing change; with [`Outcome::Corrected`]. Empty if it is not given.
    pub servicing_no: String,
    /// Ends of single suspicions.
    pub suspicions: Vec<SuspicionEnd>,
}

/// What is known of a case for the matrix; what only the submission itself says is left out.
pub(in crate::store) async fn facts(
    tx: &mut Tx,
    tools: &Tools,
    case: &CaseRow,
) -> Result<SubmissionFacts, StoreError> {
    let used_up = life::used_up_time(tx, case.id).await?;
    let evidence = parts::evidence(tx, case.id, None).await?;
    let attempts = parts::contact_attempts(tx, case.id).await?;
    let open_assists = sqlx::query_scalar!(
        "SELECT count(*) AS \"count!\" FROM case_participant
         WHERE case_id = $1 AND kind = 2 AND answered_time IS NULL AND NOT overridden",
        case.id,
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(SubmissionFacts {
        evidence: pieces(&evidence, used_up),
        attempts: self::attempts(&attempts, used_up),
        servicing_no: !case.servicing_no.is_empty(),
        accepted_revision: accepted_revision(tx, case, used_up, None).await?,
        cleared_kind: case.cleared_kind.is_some(),
        electronic_signatures: tools.profile.cases().electronic_signatures,
        open_assists: usize::try_from(open_assists).unwrap_or_default(),
    })
}

/// The pieces of evidence that count: those that came after `used_up` ([`life::used_up_time`]).
pub(in crate::store) fn pieces(rows: &[EvidenceRow], used_up: Option<DateTime<Utc>>) -> Vec<Attached> {
    let counts = |row: &&EvidenceRow| Some(row.attached_time) > used_up;
    let attached = |row: &EvidenceRow| Attached { time: row.attached_time, facts: row.facts.clone() };
    rows.iter().filter(counts).map(attached).collect()
}

/// The attempts that count: those after `used_up`.
pub(in crate::store) fn attempts(
    rows: &[ContactAttemptRow],
    used_up: Option<DateTime<Utc>>,
) -> Vec<ContactAttempt> {
    rows.iter().map(|row| row.attempt).filter(|attempt| Some(attempt.time) > used_up).collect()
}

/// Whether a revision of one of the case's applications was accepted since the case began, after `used_up`, and, judged again for clues, left
/// no value of the case in the data of two of its customers. `only` are the suspicions that the correction is for; all of
/// them if none are named.
pub(in crate::store) async fn accepted_revision(
    tx: &mut Tx,
    case: &CaseRow,
    used_up: Option<DateTime<Utc>>,
    only: Option<&[Uuid]>,
) -> Result<bool, StoreError> {
    let accepted = sqlx::query_scalar!(
        "SELECT EXISTS (
             SELECT FROM case_member AS member
             JOIN application ON application.id = member.application_id
             JOIN submission ON submission.id = application.current_submission_id
             WHERE member.case_id = $1 AND submission.recorded_time >= $2
                 AND ($3::timestamptz IS NULL OR submission.recorded_time > $3)
                 AND submission.id <> member.submission_id
         ) AS \"accepted!\"",
        case.id,
        case.created_time,
        used_up,
    )
    .fetch_one(&mut *tx)
    .await?;
    if !accepted {
        return Ok(false);
    }
    // A contact of a seller is wrong with one customer; the others need two.
    let shared = sqlx::query_scalar!(
        "SELECT EXISTS (
             SELECT FROM case_suspicion AS followed
             JOIN clue_value AS value ON value.id = followed.clue_value_id
             JOIN contact_use AS used ON used.epoch = value.epoch AND used.clue = value.clue
                 AND used.fingerprint = value.fingerprint AND used.ended_time IS NULL
             JOIN case_member AS member ON member.case_id = followed.case_id
                 AND member.customer_id = used.customer_id AND member.application_id = used.application_id
             WHERE followed.case_id = $1 AND NOT followed.withdrawn
                 AND ($2::uuid[] IS NULL OR followed.suspicion_id = ANY($2))
             GROUP BY followed.suspicion_id, followed.clue
             HAVING CASE followed.clue WHEN 4 THEN count(DISTINCT used.name_fingerprint)
                 ELSE count(DISTINCT used.customer_id) END >= CASE followed.clue WHEN 3 THEN 1 ELSE 2 END
         ) AS \"shared!\"",
        case.id,
        only as Option<&[Uuid]>,
    )
    .fetch_one(tx)
    .await?;
    Ok(!shared)
}

/// What is missing for `submission`: for its own end and for each end of a single suspicion.
pub(in crate::store) async fn lacking(
    tx: &mut Tx,
    tools: &Tools,
    case: &CaseRow,
    submission: &Submission,
) -> Result<Vec<Missing>, StoreError> {
    let mut known = facts(tx, tools, case).await?;
    let used_up = life::used_up_time(tx, case.id).await?;
    known.servicing_no = !submission.servicing_no.is_empty();
    let apart: Vec<Uuid> = submission
        .suspicions
        .iter()
        .filter(|end| end.outcome == Outcome::Corrected)
        .map(|end| end.suspicion_id)
        .collect();
    if submission.outcome != Outcome::Corrected && !apart.is_empty() {
        known.accepted_revision = accepted_revision(tx, case, used_up, Some(&apart)).await?;
    } else if submission.outcome == Outcome::Corrected && !submission.suspicions.is_empty() {
        let corrected = corrected_suspicions(tx, case.id, submission).await?;
        known.accepted_revision = accepted_revision(tx, case, used_up, Some(&corrected)).await?;
    }
    let ends = std::iter::once((submission.outcome, submission.cleared_kind))
        .chain(submission.suspicions.iter().map(|end| (end.outcome, end.cleared_kind)));
    let mut lacking: Vec<Missing> = Vec::new();
    for (outcome, cleared_kind) in ends {
        known.cleared_kind = cleared_kind.is_some();
        lacking.extend(missing(outcome, &known));
    }
    lacking.sort_unstable();
    lacking.dedup();
    Ok(lacking)
}

/// The suspicions of a corrected case that end as the case does.
async fn corrected_suspicions(
    tx: &mut Tx,
    case_id: Uuid,
    submission: &Submission,
) -> Result<Vec<Uuid>, StoreError> {
    let otherwise: Vec<Uuid> = submission
        .suspicions
        .iter()
        .filter(|end| end.outcome != Outcome::Corrected)
        .map(|end| end.suspicion_id)
        .collect();
    let corrected = sqlx::query_scalar!(
        "SELECT suspicion_id FROM case_suspicion WHERE case_id = $1 AND NOT suspicion_id = ANY($2)",
        case_id,
        &otherwise,
    )
    .fetch_all(tx)
    .await?;
    Ok(corrected)
}

/// Whether every suspicion that is named is the case's.
pub(in crate::store) async fn knows_all(
    tx: &mut Tx,
    case_id: Uuid,
    ends: &[SuspicionEnd],
) -> Result<bool, StoreError> {
    let ids: Vec<Uuid> = ends.iter().map(|end| end.suspicion_id).collect();
    let strangers = sqlx::query_scalar!(
        "SELECT EXISTS (
             SELECT FROM UNNEST($2::uuid[]) AS named (id)
             WHERE NOT EXISTS (SELECT FROM case_suspicion WHERE case_id = $1 AND suspicion_id = named.id)
         ) AS \"strangers!\"",
        case_id,
        &ids,
    )
    .fetch_one(tx)
    .await?;
    Ok(!strangers)
}

/// Keeps the ends of single suspicions; those of an earlier submission are forgotten.
pub(in crate::store) async fn keep_ends(
    tx: &mut Tx,
    case_id: Uuid,
    ends: &[SuspicionEnd],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ends.iter().map(|end| end.suspicion_id).collect();
    let outcomes: Vec<i16> = ends.iter().map(|end| end.outcome.code()).collect();
    let kinds: Vec<Option<i16>> = ends.iter().map(|end| end.cleared_kind.map(ClearedKind::number)).collect();
    sqlx::query!(
        "UPDATE case_suspicion SET outcome = NULL, cleared_kind = NULL WHERE case_id = $1 AND outcome IS NOT NULL",
        case_id,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE case_suspicion AS followed SET outcome = ended.outcome, cleared_kind = ended.kind
         FROM UNNEST($2::uuid[], $3::smallint[], $4::smallint[]) AS ended (id, outcome, kind)
         WHERE followed.case_id = $1 AND followed.suspicion_id = ended.id",
        case_id,
        &ids,
        &outcomes,
        &kinds as &[Option<i16>],
    )
    .execute(tx)
    .await?;
    Ok(())
}
