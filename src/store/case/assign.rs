//! Cases given by hand (分派, 转办): to somebody, to whose turn it is, or to another channel.

use zhenshi_domain::{
    application::Channel,
    assignment::Assignee,
    case::{self, Actor, CaseState, Move, RefusedMove},
    shanghai,
};

use super::{
    Answer, CaseEventKind, CaseRefusal, CaseRow, Change, EventData,
    actors::actors,
    batch::{self, Batch, Each},
    change::{self, Begun, Command, Tools},
    desk::{self, CLERK, CUSTOMER_SERVICE, CUSTOMER_SERVICE_MANAGER, Desk, TEAM_LEADER},
    distribute::{give, hand_out, settle},
    pause,
    refusal::NotEligible,
    text::{self, NewText},
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// Where a case is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To whose turn it is.
    Turn,
    /// To a member of staff, by code.
    Staff(String),
    /// To another channel or branch, and there to a member of staff or to whose turn it is.
    Channel {
        /// The channel.
        channel: Channel,
        /// Its branch.
        branch_code: String,
        /// Who there.
        staff_code: Option<String>,
    },
}

/// How a case is to be given.
#[derive(Debug, Clone)]
pub struct Assigning {
    /// Where to.
    pub to: To,
    /// Why, once for each case; needed where somebody has one already.
    pub reasons: Vec<NewText>,
}

/// A member of staff, as far as he may be given cases.
struct Candidate {
    code: String,
    duty: Option<i16>,
    channel: Option<i16>,
    branch_code: String,
    active: bool,
    on_leave: bool,
    capacity: Option<i32>,
    open_cases: i64,
}

impl Store {
    /// Assigns, reassigns or redirects a case.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn assign_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        assigning: Assigning,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match change::begin(tx, &tools, &scope, &command).await? {
                    Begun::Go(change) => *change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                let actors = actors(tx, &scope, &change.case).await?;
                if let Err(refused) =
                    moved(&mut change, &actors, &assigning.to, !assigning.reasons.is_empty())
                {
                    return Ok(Answer::Refused(refused));
                }
                let changes = match place(tx, &tools, vec![change], &assigning).await? {
                    Ok(changes) => changes,
                    Err(refused) => return Ok(Answer::Refused(refused)),
                };
                let done = change::finish_all(tx, &tools, changes).await?.pop();
                Ok(done.map_or(Answer::NotFound, |case| Answer::Done { case: Box::new(case), made_id: None }))
            })
        })
        .await
    }

    /// Assigns many cases at once, to one or to whose turn it is.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn batch_assign_cases(
        &self,
        tools: Tools,
        scope: Scope,
        batch: Batch,
        assigning: Assigning,
    ) -> Result<Vec<Each>, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut work = match batch::begin(tx, &tools, &scope, &batch).await? {
                    batch::Begun::Go(work) => work,
                    batch::Begun::Answered(answers) => return Ok(answers),
                };
                let with_reason = !assigning.reasons.is_empty();
                // Nothing is changed of a case before it is clear that it may be: the candidate is asked for first.
                desk::lock(tx).await?;
                let desk = Desk::load(tx, &tools, &work.changes).await?;
                let mut candidate = match &assigning.to {
                    To::Staff(code) => Some(candidate(tx, &tools, code).await?),
                    To::Turn | To::Channel { .. } => None,
                };
                work.decide(|change, actors| {
                    if let Some(candidate) = &candidate {
                        eligible(candidate.as_ref(), &change.case, &desk)
                            .map_err(|why| Answer::Refused(CaseRefusal::NotEligible(why)))?;
                    }
                    moved(change, actors, &assigning.to, with_reason).map_err(Answer::Refused)?;
                    if let Some(Some(candidate)) = &mut candidate
                        && change.case.assignee.as_deref() != Some(candidate.code.as_str())
                    {
                        candidate.open_cases += 1;
                    }
                    Ok(())
                });
                let changes = std::mem::take(&mut work.changes);
                work.changes = given(tx, &tools, &desk, changes, &assigning).await?;
                work.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// Makes the move that leads to `to`, if the state and the actors allow it.
fn moved(change: &mut Change, actors: &[Actor], to: &To, with_reason: bool) -> Result<(), CaseRefusal> {
    let state = change.case.state;
    let had = matches!(state, CaseState::Assigned | CaseState::Investigating);
    let action = match to {
        To::Channel { .. } => Move::Redirect,
        To::Turn | To::Staff(_) if had => Move::Reassign,
        To::Turn | To::Staff(_) => Move::Assign,
    };
    let after = case::apply_by(state, action, actors)?;
    if had && !with_reason {
        return Err(CaseRefusal::ReasonRequired);
    }
    if let To::Channel { channel, branch_code, .. } = to {
        if change.case.is_customer_services() {
            // What no channel can clear up goes to none.
            let allowed = case::allowed_by(state, actors).into_iter().filter(|other| *other != action);
            return Err(RefusedMove { state, action, allowed: allowed.collect() }.into());
        }
        redirect(change, *channel, branch_code);
    }
    change.case.state = after;
    Ok(())
}

/// The case belongs to another channel or branch. A change of channel begins its clock anew; within one nothing does.
fn redirect(change: &mut Change, channel: Channel, branch_code: &str) {
    let case = &mut change.case;
    let data = EventData::none()
        .number("channel_before", case.channel.number())
        .number("channel", channel.number())
        .code("branch_code", branch_code);
    if case.channel != channel {
        case.channel = channel;
        case.channel_received_time = None;
        case.extended_until = None;
        case.extended_working_days = 0;
        case.due_time = None;
        case.due_basis = None;
        case.unextended_due_time = None;
        case.opened_overdue = false;
    }
    branch_code.clone_into(&mut case.branch_code);
    change.tell(CaseEventKind::Redirected, data);
}

/// Gives cases whose move was made to whom they are to go.
async fn place(
    tx: &mut Tx,
    tools: &Tools,
    mut changes: Vec<Change>,
    assigning: &Assigning,
) -> Result<Result<Vec<Change>, CaseRefusal>, StoreError> {
    if changes.iter().all(|change| change.case.state == CaseState::Sorting) {
        // It waits for its release where it is now.
        explain(tx, &mut changes, assigning).await?;
        return Ok(Ok(changes));
    }
    desk::lock(tx).await?;
    let desk = Desk::load(tx, tools, &changes).await?;
    if let To::Staff(code) | To::Channel { staff_code: Some(code), .. } = &assigning.to {
        let candidate = candidate(tx, tools, code).await?;
        for change in &changes {
            if let Err(why) = eligible(candidate.as_ref(), &change.case, &desk) {
                return Ok(Err(CaseRefusal::NotEligible(why)));
            }
        }
    }
    Ok(Ok(given(tx, tools, &desk, changes, assigning).await?))
}

async fn given(
    tx: &mut Tx,
    tools: &Tools,
    desk: &Desk,
    mut changes: Vec<Change>,
    assigning: &Assigning,
) -> Result<Vec<Change>, StoreError> {
    // A channel that has not had a case receives it with its clock running.
    for change in changes.iter_mut().filter(|change| change.case.channel_received_time.is_none()) {
        pause::end(tx, change).await?;
    }
    match &assigning.to {
        To::Staff(code) | To::Channel { staff_code: Some(code), .. } => {
            for change in &mut changes {
                give(change, Assignee::Clerk(code.clone()), false);
            }
            settle(tx, tools, desk, &mut changes).await?;
        }
        To::Turn | To::Channel { .. } => hand_out(tx, tools, &mut changes).await?,
    }
    explain(tx, &mut changes, assigning).await?;
    Ok(changes)
}

/// Keeps the reason for each case apart: whoever may read one case may not read the other.
async fn explain(tx: &mut Tx, changes: &mut [Change], assigning: &Assigning) -> Result<(), StoreError> {
    let texts: Vec<_> = changes.iter().map(|change| change.case.id).zip(&assigning.reasons).collect();
    text::insert_many(tx, &texts).await?;
    for (change, reason) in changes.iter_mut().zip(&assigning.reasons) {
        change.explain(reason.id);
    }
    Ok(())
}

async fn candidate(tx: &mut Tx, tools: &Tools, code: &str) -> Result<Option<Candidate>, StoreError> {
    let extent = desk::widen(tx).await?;
    let candidate = sqlx::query_as!(
        Candidate,
        r#"SELECT e.code, e.duty, e.channel, e.branch_code, e.active, e.capacity,
             EXISTS (SELECT FROM directory_leave l
                 WHERE l.entry_id = e.id AND $2 BETWEEN l.first_day AND l.last_day) AS "on_leave!",
             (SELECT count(*) FROM case_file c WHERE c.assignee = e.code AND c.state < 6) AS "open_cases!"
         FROM directory_entry e WHERE e.kind = 5 AND e.code = $1"#,
        code,
        shanghai::date(tools.clock.now()),
    )
    .fetch_optional(&mut *tx)
    .await?;
    desk::narrow(tx, extent).await?;
    Ok(candidate)
}

/// Whether `candidate` can have `case`.
fn eligible(candidate: Option<&Candidate>, case: &CaseRow, desk: &Desk) -> Result<(), NotEligible> {
    let who = candidate.ok_or(NotEligible::Unknown)?;
    let of_channel = matches!(who.duty, Some(CLERK | TEAM_LEADER));
    let of_customer_service = matches!(who.duty, Some(CUSTOMER_SERVICE | CUSTOMER_SERVICE_MANAGER));
    let own = case.is_customer_services();
    let full = || {
        let most = who.capacity.filter(|_| case.assignee.as_deref() != Some(who.code.as_str()));
        most.is_some_and(|most| who.open_cases >= i64::from(most))
    };
    match who {
        _ if !who.active => Err(NotEligible::Inactive),
        _ if !(if own { of_customer_service } else { of_channel }) => Err(NotEligible::NoClerk),
        _ if !own && who.channel != Some(case.channel.number()) => Err(NotEligible::OtherChannel),
        _ if !own && who.branch_code != case.branch_code => Err(NotEligible::OtherBranch),
        _ if who.on_leave => Err(NotEligible::OnLeave),
        _ if desk.is_concerned(case.id, &who.code) => Err(NotEligible::Concerned),
        _ if full() => Err(NotEligible::AtCapacity),
        _ => Ok(()),
    }
}
