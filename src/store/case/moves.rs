//! What most verbs share: a change begins only if the machine lets whoever acts make the move, and an entry of the timeline
//! may come with or without words.

use uuid::Uuid;
use zhenshi_domain::case::{self, Actor, Move, RefusedMove};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    actors::actors,
    change::{self, Begun, Command, Tools},
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{StoreError, Tx},
};

/// As [`change::begin`]; and the state is what it is after `action`, or the move is refused.
pub(in crate::store) async fn begin(
    tx: &mut Tx,
    tools: &Tools,
    scope: &Scope,
    command: &Command,
    action: Move,
) -> Result<Begun, StoreError> {
    let mut change = match change::begin(tx, tools, scope, command).await? {
        Begun::Go(change) => change,
        answered @ Begun::Answered(_) => return Ok(answered),
    };
    let actors = actors(tx, scope, &change.case).await?;
    match case::apply_by(change.case.state, action, &actors) {
        Ok(state) => change.case.state = state,
        Err(refused) => return Ok(Begun::Answered(Answer::Refused(refused.into()))),
    }
    Ok(Begun::Go(change))
}

/// The refusal of a move that the state allows, but something beside it does not: a second pause, a second appeal.
pub(in crate::store) async fn not_again(
    tx: &mut Tx,
    change: &Change,
    action: Move,
) -> Result<Answer, StoreError> {
    let actors = actors(tx, &change.scope, &change.case).await?;
    let state = change.case.state;
    let mut allowed = case::allowed_by(state, &actors);
    allowed.retain(|other| *other != action);
    Ok(Answer::Refused(CaseRefusal::Move(RefusedMove { state, action, allowed })))
}

/// Whether whoever makes `change` has the case himself.
pub(in crate::store) async fn is_own(tx: &mut Tx, change: &Change) -> Result<bool, StoreError> {
    Ok(actors(tx, &change.scope, &change.case).await?.contains(&Actor::Assignee))
}

/// Whether whoever makes `change` investigates, or assists in it.
pub(in crate::store) async fn takes_part(tx: &mut Tx, change: &Change) -> Result<bool, StoreError> {
    let actors = actors(tx, &change.scope, &change.case).await?;
    Ok(actors.iter().any(|actor| matches!(actor, Actor::Assignee | Actor::Assistant)))
}

/// Adds an entry to the timeline, with what the actor wrote if he wrote anything; its id then.
pub(in crate::store) async fn tell(
    tx: &mut Tx,
    change: &mut Change,
    kind: CaseEventKind,
    data: EventData,
    words: Option<&NewText>,
) -> Result<Option<Uuid>, StoreError> {
    match words {
        Some(words) => change.tell_with(tx, kind, data, words).await?,
        None => change.tell(kind, data),
    }
    Ok(words.map(|words| words.id))
}
