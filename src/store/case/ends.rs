//! How a submission says that a case ends: the case's own end, and those of single suspicions that end otherwise. What
//! weighs most among them decides who verifies, and what is told outside.

use uuid::Uuid;
use zhenshi_domain::case::{Outcome, verification::VerificationFacts};

use super::{
    CaseRow,
    details::{CaseSuspicionRow, suspicions},
};
use crate::store::{StoreError, Tx};

impl CaseRow {
    /// What decides who verifies it. `suspicions` are its own.
    pub fn verification_facts(&self, suspicions: &[CaseSuspicionRow]) -> VerificationFacts {
        VerificationFacts {
            outcomes: self.outcomes(suspicions),
            clues: self.clues.clone(),
            sampled: self.sampled,
            taken_over: self.taken_over,
        }
    }

    /// Its end, and those of the suspicions that end otherwise; none before a submission.
    fn outcomes(&self, suspicions: &[CaseSuspicionRow]) -> Vec<Outcome> {
        let single = suspicions.iter().filter(|one| !one.withdrawn).filter_map(|one| one.outcome);
        self.outcome.into_iter().chain(single).collect()
    }
}

/// What decides who verifies `case`, read under its lock.
pub(in crate::store) async fn facts(tx: &mut Tx, case: &CaseRow) -> Result<VerificationFacts, StoreError> {
    Ok(case.verification_facts(&suspicions(tx, case.id).await?))
}

/// Whether the submission in force says of the case, or of one of its suspicions, that the data are false.
pub(in crate::store) async fn confirmed_false(tx: &mut Tx, case: &CaseRow) -> Result<bool, StoreError> {
    if case.outcome.is_none() {
        return Ok(false);
    }
    Ok(case.outcomes(&suspicions(tx, case.id).await?).contains(&Outcome::ConfirmedFalse))
}

/// The applications of `case` whose data were confirmed false: those of the suspicions that ended so, and, if the case itself
/// did, those that no suspicion is about.
pub(in crate::store) async fn false_applications(
    tx: &mut Tx,
    case: &CaseRow,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!(
        "WITH named AS (
             SELECT listed.application_id,
                 COALESCE(followed.outcome, $2) = $3 AND NOT followed.withdrawn AS is_false
             FROM case_suspicion AS followed
             JOIN suspicion_member AS listed ON listed.suspicion_id = followed.suspicion_id
             WHERE followed.case_id = $1
         )
         SELECT DISTINCT member.application_id FROM case_member AS member
         WHERE member.case_id = $1 AND (
             EXISTS (SELECT FROM named WHERE named.application_id = member.application_id AND named.is_false)
             OR ($2 = $3 AND NOT EXISTS (SELECT FROM named WHERE named.application_id = member.application_id)))
         ORDER BY member.application_id",
        case.id,
        case.outcome.map(Outcome::code),
        Outcome::ConfirmedFalse.code(),
    )
    .fetch_all(tx)
    .await?;
    Ok(ids)
}
