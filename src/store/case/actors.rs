//! What somebody is to a case: the machine's table asks by whom a move is made.

use zhenshi_domain::case::Actor;

use super::CaseRow;
use crate::{
    security::{role::Role, scope::Scope},
    store::{StoreError, Tx},
};

/// Kind of a participant who assists.
pub(in crate::store) const ASSISTS: i16 = 2;

/// Everything that whoever acts under `scope` is to `case`: one person can be several.
pub(in crate::store) async fn actors(
    tx: &mut Tx,
    scope: &Scope,
    case: &CaseRow,
) -> Result<Vec<Actor>, StoreError> {
    let mut actors = without_assists(scope, case);
    let Some(staff_code) = scope.staff() else { return Ok(actors) };
    let assists = sqlx::query_scalar!(
        "SELECT EXISTS (SELECT 1 FROM case_participant WHERE case_id = $1 AND kind = $2 AND staff_code = $3)
         AS \"assists!\"",
        case.id,
        ASSISTS,
        staff_code,
    )
    .fetch_one(tx)
    .await?;
    if assists {
        actors.push(Actor::Assistant);
    }
    Ok(actors)
}

/// The same, but for whether he assists: for moves that no assistant makes, of many cases at once.
pub(in crate::store) fn without_assists(scope: &Scope, case: &CaseRow) -> Vec<Actor> {
    let Some(staff_code) = scope.staff() else {
        return if scope.is_service() { vec![Actor::Worker] } else { Vec::new() };
    };
    let mut actors = Vec::with_capacity(3);
    match scope.role() {
        Role::CustomerService | Role::CustomerServiceManager => actors.push(Actor::CustomerService),
        Role::Compliance => actors.push(Actor::Compliance),
        // The head of a channel can do for it what a team leader can for his team.
        Role::TeamLeader | Role::ChannelHead => actors.push(Actor::TeamLeader),
        Role::Clerk => actors.push(Actor::Clerk),
        Role::InformationSupervisor | Role::Administrator | Role::Auditor | Role::System => {}
    }
    if case.assignee.as_deref() == Some(staff_code)
        || (case.with_compliance && scope.role() == Role::Compliance)
    {
        actors.push(Actor::Assignee);
    }
    actors
}
