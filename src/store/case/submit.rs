//! INVESTIGATING to SUBMITTED, by the assignee: what is missing for the outcome is refused all at once.

use zhenshi_domain::{
    case::{self, Move, evidence::Missing, verification::sampled},
    deadline::end_of_working_day,
};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    change::{Begun, Command, Tools},
    clock,
    effects::{self, Decided},
    handler, moves, pause,
    submission::{self, Submission},
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _, list::cleared::ClearedKind},
};

/// Kind of a stop of the investigation clock: with the verifiers.
pub(in crate::store) const WITH_VERIFIERS: i16 = 2;

impl Store {
    /// Submits a case for verification.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn submit_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        submission: Submission,
        summary: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Submit).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let lacking = submission::lacking(tx, &tools, &change.case, &submission).await?;
                if !lacking.is_empty() {
                    let names = lacking.into_iter().map(Missing::name).collect();
                    return Ok(Answer::Refused(CaseRefusal::Missing(names)));
                }
                if !submission::knows_all(tx, change.case.id, &submission.suspicions).await? {
                    return Ok(Answer::Refused(CaseRefusal::PartNotFound));
                }
                submission::keep_ends(tx, change.case.id, &submission.suspicions).await?;
                resume(tx, &tools, &mut change).await?;
                enter(tx, &tools, &mut change, submission).await?;
                let data = EventData::none()
                    .number("outcome", change.case.outcome.map_or(0, case::Outcome::code))
                    .number("cleared_kind", change.case.cleared_kind.map_or(0, ClearedKind::number))
                    .number("round", change.case.round);
                change.tell_with(tx, CaseEventKind::Submitted, data, &summary).await?;
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }
}

/// Ends a pause: the days that it took are given back before it is asked whether the submission is in time.
async fn resume(tx: &mut Tx, tools: &Tools, change: &mut Change) -> Result<(), StoreError> {
    if pause::end(tx, change).await? {
        // The deadline that is submitted against is the one of the investigation.
        let after = change.case.state;
        change.case.state = change.state_before();
        clock::reckon(tx, tools, change).await?;
        change.case.state = after;
    }
    Ok(())
}

/// What a submission sets: the end, whether it is in time, and the clock of the verification.
async fn enter(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
    submission: Submission,
) -> Result<(), StoreError> {
    let now = change.now;
    let settings = tools.profile.cases();
    let case = &mut change.case;
    // With the extension: what was in time by it only is told apart afterwards.
    let in_time = case.due_time.is_none_or(|due| now <= due);
    case.on_time = Some(case.on_time.unwrap_or(true) && in_time);
    case.outcome = Some(submission.outcome);
    case.cleared_kind = submission.cleared_kind;
    case.servicing_no = submission.servicing_no;
    case.submitted_time = Some(now);
    case.round += 1;
    case.sampled = sampled(case.id.as_u128(), settings.sampled_per_mille);
    let due = end_of_working_day(&tools.calendar, now, settings.verification_working_days).value;
    case.verification_due_time = Some(due);
    case.urgent_time = due;
    sqlx::query!(
        "INSERT INTO case_stop (case_id, kind, from_time) VALUES ($1, $2, $3)
         ON CONFLICT (case_id, kind, from_time) DO UPDATE SET until_time = NULL",
        case.id,
        WITH_VERIFIERS,
        now,
    )
    .execute(&mut *tx)
    .await?;
    handler::note(tx, change).await?;
    clock::reckon(tx, tools, change).await?;
    Ok(())
}

/// Ends the stop of the investigation clock that a submission began.
pub(in crate::store) async fn end_stop(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE case_stop SET until_time = $3 WHERE case_id = $1 AND kind = $2 AND until_time IS NULL",
        change.case.id,
        WITH_VERIFIERS,
        change.now,
    )
    .execute(tx)
    .await?;
    Ok(())
}
