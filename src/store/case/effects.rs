//! What a change of a case does outside: events for other systems, by the table of `zhenshi_domain::case::effects`.

use uuid::Uuid;
use zhenshi_domain::{
    case::{
        Outcome,
        effects::{Change as Effect, Flags, effects},
    },
    event::{Cause, EventData as Told, EventKind},
};

use super::{
    Answer, CaseEventKind, Change, EventData,
    change::{self, Tools},
    clearance, ends,
    row::Timeliness,
};
use crate::store::{StoreError, Tx};

/// What somebody decided with a change, beside the move itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, asked by name")]
pub struct Decided {
    /// It has another assignee.
    pub assignee_changed: bool,
    /// An agency refused to help.
    pub agency_refused: bool,
    /// The commission is to be held back.
    pub hold: bool,
    /// It is to be held back no longer.
    pub release: bool,
    /// What is to be said of call-backs is another, though the case goes on.
    pub clearance_changed: bool,
}

/// Finishes `change` with everything that follows from it outside.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub(in crate::store) async fn finish(
    tx: &mut Tx,
    tools: &Tools,
    mut change: Change,
    decided: Decided,
) -> Result<Answer, StoreError> {
    let effect = Effect {
        before: Some(change.state_before()),
        after: change.case.state,
        confirmed_false: ends::confirmed_false(tx, &change.case).await?,
        flags: Flags {
            assignee_changed: decided.assignee_changed,
            agency_refused: decided.agency_refused,
            commission_held: change.case.commission_held,
            hold_decided: decided.hold,
            release_decided: decided.release,
            never_hold_on_confirmed_false: false,
        },
    };
    let kinds = effects(&effect);
    let applications = clearance::applications(tx, change.case.id).await?;
    for kind in &kinds {
        // What is held for an overdue case is all of it; what was found false is what the commission was earned with.
        let found_false = *kind == EventKind::CommissionHold && !decided.hold;
        let of_false =
            if found_false { ends::false_applications(tx, &change.case).await? } else { Vec::new() };
        publish(&mut change, *kind, decided, if found_false { &of_false } else { &applications })?;
    }
    let answer = change::Change::finish(change, tx, tools).await?;
    if let Answer::Done { case, .. } = &answer
        && (kinds.contains(&EventKind::CallBackClearance) || decided.clearance_changed)
    {
        clearance::tell(tx, tools, case, &applications).await?;
    }
    Ok(answer)
}

fn publish(
    change: &mut Change,
    kind: EventKind,
    decided: Decided,
    applications: &[Uuid],
) -> Result<(), StoreError> {
    let case = change.facts()?;
    match kind {
        EventKind::CaseAssigned => change.publish(Told::Assigned { case }, Vec::new()),
        EventKind::CaseClosed => {
            // A case closes by a submission, which has an outcome.
            let outcome = change.case.outcome.unwrap_or(Outcome::Corrected);
            // By an extension only is not on time.
            let on_time = change.case.timeliness().is_none_or(|told| told == Timeliness::OnTime);
            change.publish(Told::Closed { case, outcome, on_time }, Vec::new());
        }
        EventKind::CaseReportedToCompliance => {
            let why = if decided.agency_refused { Cause::AgencyRefusal } else { Cause::ConfirmedFalse };
            change.publish(Told::ReportedToCompliance { case, cause: why }, Vec::new());
            // Whoever reports a refusal has told it with his words.
            if !decided.agency_refused {
                let data = EventData::none().name("cause", cause_name(why));
                change.tell(CaseEventKind::ReportedToCompliance, data);
            }
        }
        EventKind::CommissionHold => {
            let why = if decided.hold { Cause::Overdue } else { Cause::ConfirmedFalse };
            change.case.commission_held = true;
            change.publish(Told::CommissionHold { case, cause: why }, applications.to_vec());
            if !decided.hold {
                let data = EventData::none().number("held", 1).name("cause", cause_name(why));
                change.tell(CaseEventKind::CommissionChanged, data);
            }
        }
        EventKind::CommissionRelease => {
            change.case.commission_held = false;
            change.publish(Told::CommissionRelease { case }, applications.to_vec());
            if !decided.release {
                change.tell(CaseEventKind::CommissionChanged, EventData::none().number("held", 0));
            }
        }
        // `case.changed` is left by every change; clearances are told when the row says how the case stands; assists
        // when they are given to somebody; the others come of time, or of lists.
        EventKind::CaseChanged
        | EventKind::CallBackClearance
        | EventKind::CaseAssistAsked
        | EventKind::CaseReminder
        | EventKind::CaseEscalation
        | EventKind::ListSealed
        | EventKind::AccessAlert
        | EventKind::LoanOverdue
        | EventKind::LeakReported
        | EventKind::LeakOverdue => {}
    }
    Ok(())
}

const fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::ConfirmedFalse => "CONFIRMED_FALSE",
        Cause::AgencyRefusal => "AGENCY_REFUSAL",
        Cause::Overdue => "OVERDUE",
    }
}
