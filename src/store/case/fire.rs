//! Sending timers that are due: each once, under its case's row lock, in the transaction that claims it.
//!
//! A killed worker holds nothing: its transaction is rolled back, and another sends what it had claimed.

use std::collections::HashMap;

use uuid::Uuid;
use zhenshi_domain::{
    case::CaseState,
    event::{AssistFacts, DueClock, DueStep, EventData as OutboxData, Recipient as Told},
    timer::{Clock, Recipient, TimerKind, overdue_days},
};

use super::{
    CaseEventKind, Change, EventData,
    change::{self, Command, Tools},
    row,
    timer::{self, DueTimer},
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// Action of the audit entry that sent timers leave.
pub const ACTION_SEND_TIMERS: &str = "SEND_TIMERS";

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fired {
    /// Timers that were sent.
    pub sent: usize,
    /// Cases that were looked at: nothing more to do when there were none.
    pub cases: usize,
}

impl Store {
    /// Sends at most `limit` timers that are due, and whatever else their cases have due.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached; then nothing of this pass was sent.
    pub async fn fire_timers(&self, tools: Tools, limit: i64) -> Result<Fired, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { fire(tx, &tools, limit).await })).await
    }
}

async fn fire(tx: &mut Tx, tools: &Tools, limit: i64) -> Result<Fired, StoreError> {
    let now = tools.clock.now();
    let ids = timer::lock_due(tx, now, limit).await?;
    if ids.is_empty() {
        return Ok(Fired::default());
    }
    let mut timers: HashMap<Uuid, Vec<DueTimer>> = HashMap::new();
    for due in timer::due(tx, &ids, now).await? {
        timers.entry(due.case_id).or_default().push(due);
    }
    let (mut sent, mut void, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for case in row::lock_many(tx, &ids).await? {
        let command = Command { case_id: case.id, etag: None, request: None, action: ACTION_SEND_TIMERS };
        let mut change = Change::of(case, now, Scope::system(), command);
        let before = sent.len();
        for due in timers.remove(&change.case.id).unwrap_or_default() {
            // Planned under this lock, so it is right; a change that forgot to reckon must not send a wrong one.
            if applies(due.timer.clock, change.case.state) {
                send(tools, &mut change, &due)?;
                sent.push(due.id);
            } else {
                void.push(due.id);
            }
        }
        if sent.len() > before {
            changes.push(change);
        }
    }
    timer::sent(tx, &sent, now).await?;
    timer::cancel(tx, &void, now).await?;
    change::finish_all(tx, tools, changes).await?;
    Ok(Fired { sent: sent.len(), cases: ids.len() })
}

/// Whether `clock` can fall due while the case is in `state`.
const fn applies(clock: Clock, state: CaseState) -> bool {
    match clock {
        Clock::Investigation => {
            matches!(state, CaseState::Open | CaseState::Assigned | CaseState::Investigating)
        }
        Clock::Verification => matches!(state, CaseState::Submitted),
        Clock::Assist => !matches!(state, CaseState::Sorting | CaseState::Closed | CaseState::Withdrawn),
    }
}

fn send(tools: &Tools, change: &mut Change, due: &DueTimer) -> Result<(), StoreError> {
    let timer = due.timer;
    let case = change.facts()?;
    let (clock, recipient) = (told_clock(timer.clock), told(timer.recipient));
    let overdue_days = match timer.kind {
        TimerKind::Reminder | TimerKind::Due => 0,
        TimerKind::Escalation => overdue_days(&tools.calendar, due.deadline_time, timer.due_time),
    };
    let assist = due.channel.map(|channel| AssistFacts { channel, due_time: due.deadline_time });
    let data = EventData::none()
        .number("clock", timer.clock.code())
        .number("step", timer.step)
        .number("recipient", timer.recipient.code())
        .time("due_time", due.deadline_time);
    let data = match due.channel {
        Some(channel) => data.number("channel", channel.number()),
        None => data,
    };
    let (kind, event) = match timer.kind {
        TimerKind::Reminder | TimerKind::Due => {
            let step = if timer.kind == TimerKind::Due { DueStep::Due } else { DueStep::Before };
            let event = OutboxData::Reminder { case, clock, assist, step, recipient, overdue_days };
            (CaseEventKind::Reminded, event)
        }
        TimerKind::Escalation => {
            let event = OutboxData::Escalation { case, clock, assist, recipient, overdue_days };
            (CaseEventKind::Escalated, event)
        }
    };
    change.tell(kind, data);
    change.publish(event, Vec::new());
    Ok(())
}

const fn told_clock(clock: Clock) -> DueClock {
    match clock {
        Clock::Investigation => DueClock::Investigation,
        Clock::Verification => DueClock::Verification,
        Clock::Assist => DueClock::Assist,
    }
}

const fn told(recipient: Recipient) -> Told {
    match recipient {
        Recipient::Clerk => Told::Clerk,
        Recipient::TeamLeader => Told::TeamLeader,
        Recipient::ChannelHead => Told::ChannelHead,
        Recipient::Compliance => Told::Compliance,
        Recipient::CustomerService => Told::CustomerService,
    }
}
