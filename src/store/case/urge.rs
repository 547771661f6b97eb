//! Urging (催办): those who have the cases are told so again, whatever their timers say.

use zhenshi_domain::{
    calendar::Calendar,
    case::{self, CaseState, Move},
    event::{DueClock, DueStep, EventData as OutboxData, Recipient},
    timer::overdue_days,
};

use super::{
    Answer, CaseEventKind, Change, EventData,
    batch::{self, Batch, Begun, Each},
    change::Tools,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError},
};

impl Store {
    /// Urges those who have the cases of `batch`.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn urge_cases(
        &self,
        tools: Tools,
        scope: Scope,
        batch: Batch,
    ) -> Result<Vec<Each>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut work = match batch::begin(tx, &tools, &scope, &batch).await? {
                    Begun::Go(work) => work,
                    Begun::Answered(answers) => return Ok(answers),
                };
                work.decide(|change, actors| match case::apply_by(change.case.state, Move::Urge, actors) {
                    Ok(_) => {
                        change.tell(CaseEventKind::Urged, EventData::none());
                        Ok(())
                    }
                    Err(refused) => Err(Answer::Refused(refused.into())),
                });
                for change in &mut work.changes {
                    publish(change, &tools.calendar)?;
                }
                work.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// Tells whoever has the case: the verifiers while it is with them, else the assignee.
pub(super) fn publish(change: &mut Change, calendar: &Calendar) -> Result<(), StoreError> {
    let case = change.facts()?;
    let (clock, due_time, recipient) = if change.case.state == CaseState::Submitted {
        (DueClock::Verification, change.case.verification_due_time, Recipient::CustomerService)
    } else {
        (DueClock::Investigation, change.case.due_time, Recipient::Clerk)
    };
    // What cannot fall due, such as a paused case, is not called overdue; and days are counted as escalations count them.
    let overdue = change.case.is_overdue(change.now);
    let overdue_days =
        due_time.filter(|_| overdue).map_or(0, |due_time| overdue_days(calendar, due_time, change.now));
    let step = if overdue { DueStep::Overdue } else { DueStep::Before };
    change.publish(
        OutboxData::Reminder { case, clock, assist: None, step, recipient, overdue_days },
        Vec::new(),
    );
    Ok(())
}
