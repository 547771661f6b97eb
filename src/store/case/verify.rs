//! Verification (复核): SUBMITTED to CLOSED when every required department has agreed, or back to INVESTIGATING.

use zhenshi_domain::case::{
    self, CaseState, Move, Outcome, RefusedMove,
    verification::{self, Department, RefusedVerifier, Verified, Verifier},
};

use super::{
    Answer, CaseEventKind, CaseRefusal, CaseRow, Change, EventData,
    actors::actors,
    change::{self, Begun, Command, Tools},
    cleared, clock,
    effects::{self, Decided},
    ends, handler,
    row::NEVER,
    submit,
    text::NewText,
    value,
};
use crate::{
    security::{role::Role, scope::Scope},
    store::{Store, StoreError, Tx},
};

impl Store {
    /// Agrees with a submission for the department of whoever acts; the last one closes the case.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn verify_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        note: Option<NewText>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let (department, left) = match decide(tx, &change, Move::Verify).await? {
                    Ok(decided) => decided,
                    Err(refusal) => return Ok(Answer::Refused(refusal)),
                };
                record(tx, &change, department, true, note.as_ref()).await?;
                let data = EventData::none().number("department", department.code());
                match &note {
                    Some(words) => change.tell_with(tx, CaseEventKind::Verified, data, words).await?,
                    None => change.tell(CaseEventKind::Verified, data),
                }
                if left.is_empty() {
                    close(tx, &tools, &mut change).await?;
                }
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }

    /// Returns a submission to its assignee.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn return_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let department = match decide(tx, &change, Move::Return).await? {
                    Ok((department, _)) => department,
                    Err(refusal) => return Ok(Answer::Refused(refusal)),
                };
                record(tx, &change, department, false, Some(&reason)).await?;
                change.case.state = CaseState::Investigating;
                change.case.verification_due_time = None;
                change.case.returned_count += 1;
                submit::end_stop(tx, &change).await?;
                clock::reckon(tx, &tools, &mut change).await?;
                let data = EventData::none()
                    .number("department", department.code())
                    .number("round", change.case.round);
                change.tell_with(tx, CaseEventKind::Returned, data, &reason).await?;
                effects::finish(tx, &tools, *change, Decided::default()).await
            })
        })
        .await
    }
}

/// Whether whoever makes `change` may decide on its submission, for which department, and who is still to verify then.
async fn decide(
    tx: &mut Tx,
    change: &Change,
    action: Move,
) -> Result<Result<(Department, Vec<Department>), CaseRefusal>, StoreError> {
    let case = &change.case;
    let actors = actors(tx, &change.scope, case).await?;
    if let Err(refused) = case::apply_by(case.state, action, &actors) {
        return Ok(Err(refused.into()));
    }
    let refused_but = |left: &[Move]| {
        let decisions = [Move::Verify, Move::Close, Move::Return];
        let mut allowed = case::allowed_by(case.state, &actors);
        allowed.retain(|other| !decisions.contains(other) || left.contains(other));
        CaseRefusal::Move(RefusedMove { state: case.state, action, allowed })
    };
    let refused = || refused_but(&[]);
    let (Some(code), Some(department)) = (change.scope.staff(), department(&change.scope)) else {
        return Ok(Err(refused()));
    };
    if action == Move::Verify && joined_after_submission(tx, case).await? {
        return Ok(Err(refused_but(&[Move::Return])));
    }
    let handlers = handler::all(tx, case.id).await?;
    let so_far = verified(tx, case).await?;
    let verifier = Verifier { code, department };
    Ok(verification::verify(&ends::facts(tx, case).await?, &handlers, &so_far, verifier)
        .map(|left| (department, left))
        .map_err(|why| match why {
            RefusedVerifier::HandledIt | RefusedVerifier::VerifiedForOther => {
                CaseRefusal::SecondPersonRequired
            }
            RefusedVerifier::NotRequired | RefusedVerifier::AlreadyVerified => refused(),
        }))
}

/// For which department somebody verifies.
pub(in crate::store) const fn department(scope: &Scope) -> Option<Department> {
    match scope.role() {
        Role::CustomerService | Role::CustomerServiceManager => Some(Department::CustomerService),
        Role::Compliance => Some(Department::Compliance),
        _ => None,
    }
}

/// Whether a suspicion joined the case after it was submitted: nobody has looked into it, and nobody can verify it.
async fn joined_after_submission(tx: &mut Tx, case: &CaseRow) -> Result<bool, StoreError> {
    let joined = sqlx::query_scalar!(
        "SELECT EXISTS (SELECT FROM case_suspicion WHERE case_id = $1 AND attached_time > $2 AND NOT withdrawn)
         AS \"joined!\"",
        case.id,
        case.submitted_time,
    )
    .fetch_one(tx)
    .await?;
    Ok(joined)
}

/// Who has verified the present submission.
pub(in crate::store) async fn verified(tx: &mut Tx, case: &CaseRow) -> Result<Vec<Verified>, StoreError> {
    let rows = sqlx::query!(
        "SELECT department, verifier FROM case_verification
         WHERE case_id = $1 AND round = $2 AND verified ORDER BY department",
        case.id,
        case.round,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let department = Department::from_code(row.department).ok_or_else(|| StoreError::Corrupt {
                table: "case_verification",
                column: "department",
                row: case.id.to_string(),
            })?;
            Ok(Verified { department, verifier: row.verifier })
        })
        .collect()
}

async fn record(
    tx: &mut Tx,
    change: &Change,
    department: Department,
    agreed: bool,
    note: Option<&NewText>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_verification (case_id, round, department, verifier, verified, recorded_time, text_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        change.case.id,
        change.case.round,
        department.code(),
        change.scope.staff().unwrap_or_default(),
        agreed,
        change.now,
        note.map(|words| words.id),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The end: clocks stop, values are free, what was cleared excuses its pairs from now on.
async fn close(tx: &mut Tx, tools: &Tools, change: &mut Change) -> Result<(), StoreError> {
    change.case.state = CaseState::Closed;
    change.case.closed_time = Some(change.now);
    change.case.verification_due_time = None;
    change.case.urgent_time = NEVER;
    submit::end_stop(tx, change).await?;
    value::set_open(tx, change.case.id, false).await?;
    cleared::clear_pairs(tx, tools, change).await?;
    clock::reckon(tx, tools, change).await?;
    let outcome = change.case.outcome.map_or(0, Outcome::code);
    change.tell(CaseEventKind::Closed, EventData::none().number("outcome", outcome));
    Ok(())
}
