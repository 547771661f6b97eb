//! Urging (催办): those who have the cases are told so again, whatever their timers say.

use zhenshi_domain::{
    calendar::Calendar,
    case::{self, CaseState, Move},
    event::{DueClock, DueStep, EventData as OutboxData, Recipient},
    shanghai,
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

/// Most days of a delay that are told.
const MOST_DAYS: usize = 400;

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
    let overdue_days = due_time.filter(|due| *due <= change.now).map(|due| {
        let today = shanghai::date(change.now);
        let days = shanghai::date(due).iter_days().take(MOST_DAYS).take_while(|day| *day <= today);
        days.filter(|day| calendar.provisional_is_working_day(*day).value).count()
    });
    let step = if overdue_days.is_some() { DueStep::Overdue } else { DueStep::Before };
    let overdue_days = u16::try_from(overdue_days.unwrap_or(0)).unwrap_or(u16::MAX);
    change.publish(OutboxData::Reminder { case, clock, step, recipient, overdue_days }, Vec::new());
    Ok(())
}
