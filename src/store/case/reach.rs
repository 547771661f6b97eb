//! Who sees a case that is in memory: the same as the arms of [`super::filter`] say in SQL.

use zhenshi_domain::{application::Channel, case::CaseState};

use super::changes::SeenCase;
use crate::security::{
    policy::{Action, Extent},
    role::Role,
    scope::{CaseOf, Scope},
};

/// Channel and branch whose waiting cases a clerk sees beside his own: those that `ClaimNextCase` may give him.
pub(in crate::store) fn claimable(scope: &Scope) -> Option<(Channel, &str)> {
    const READING: [Action; 4] =
        [Action::GetCase, Action::ListCases, Action::ListCaseEvents, Action::WatchCases];
    let reads = scope.action().is_some_and(|action| READING.contains(&action));
    if scope.role() != Role::Clerk || scope.extent() != Extent::Own || !reads {
        return None;
    }
    let (channel, branch_code) = scope.home();
    channel.map(|channel| (channel, branch_code))
}

/// Whether a case is within `scope`: the same as the arms say in SQL.
pub fn sees(scope: &Scope, seen: &SeenCase) -> bool {
    let case = &seen.case;
    let participants: Vec<&str> = seen.participants.iter().map(String::as_str).collect();
    let of = CaseOf {
        channel: case.channel,
        branch_code: &case.branch_code,
        team_leader_code: &seen.team_leader,
        assignee: case.assignee.as_deref().unwrap_or_default(),
        participants: &participants,
    };
    let waits = case.state == CaseState::Open
        && case.assignee.is_none()
        && case.unit_code.is_empty()
        && !case.with_compliance
        && claimable(scope) == Some((case.channel, case.branch_code.as_str()));
    waits || scope.allows_case(&of)
}
