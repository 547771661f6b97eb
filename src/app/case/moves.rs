//! What a caller may do with a case now: what the machine allows to what he is, the policy to his role, and the case's own
//! facts. A hint for pages and clerks: every use case asks all of it again, under the case's lock.

use zhenshi_domain::case::{
    self, Actor, CaseState, Move,
    verification::{self, Department, Verified, Verifier},
};

use crate::{
    security::{policy::Action, principal::Principal, role::Role},
    store::case::{
        CaseRow,
        details::{CaseDetails, CaseSuspicionRow},
    },
};

/// The moves, in the order of the machine's table.
pub(super) fn allowed(principal: &Principal, case: &CaseRow, details: &CaseDetails) -> Vec<Move> {
    let by_machine = case::allowed_by(case.state, &details.actors);
    let by_policy = by_machine.into_iter().filter(|one| principal.permit(action(*one)).is_ok());
    by_policy.filter(|one| fits(*one, principal, case, details)).collect()
}

/// Why a move that the caller's role may make is not to be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The case is not in one of these states.
    State(&'static [CaseState]),
    /// The caller is none of these to the case.
    Actor(&'static [Actor]),
    /// The case has nothing that it is about, or the caller handled it himself: see [`Move`].
    Facts,
}

/// Every move that the caller's role may make with some case, in the order of the machine's table, and what hinders it now.
pub(super) fn with_hindrances(
    principal: &Principal,
    case: &CaseRow,
    details: &CaseDetails,
) -> Vec<(Move, Option<Hindrance>)> {
    let permitted = Move::ALL.into_iter().filter(|one| principal.permit(action(*one)).is_ok());
    permitted.map(|one| (one, hindrance(one, principal, case, details))).collect()
}

fn hindrance(one: Move, principal: &Principal, case: &CaseRow, details: &CaseDetails) -> Option<Hindrance> {
    let mut lines = case::TABLE.iter().filter(|line| line.action == one);
    let Some(line) = lines.clone().find(|line| line.from.contains(&case.state)) else {
        return lines.next().map(|line| Hindrance::State(line.from));
    };
    if !line.by.iter().any(|by| details.actors.contains(by)) {
        return Some(Hindrance::Actor(line.by));
    }
    (!fits(one, principal, case, details)).then_some(Hindrance::Facts)
}

/// The action that a move is asked for by.
const fn action(of: Move) -> Action {
    match of {
        Move::Hold => Action::HoldCase,
        Move::Merge => Action::MergeCases,
        Move::Release => Action::ReleaseCases,
        Move::Assign | Move::Reassign | Move::Redirect => Action::AssignCase,
        Move::Claim => Action::ClaimNextCase,
        Move::TakeOver => Action::TakeOverCase,
        Move::Start => Action::StartInvestigation,
        Move::Submit => Action::SubmitCase,
        Move::Verify | Move::Close => Action::VerifyCase,
        Move::Return => Action::ReturnCase,
        Move::Reopen => Action::ReopenCase,
        Move::Withdraw => Action::WithdrawCase,
        Move::Pause => Action::PauseCase,
        Move::Resume => Action::ResumeCase,
        Move::Extend => Action::ExtendCase,
        Move::Urge => Action::UrgeCases,
        Move::Comment => Action::AddComment,
        Move::RecordContactAttempt => Action::RecordContactAttempt,
        Move::AttachEvidence => Action::AttachEvidence,
        Move::RequestCallBack => Action::RequestCallBack,
        Move::AnswerCallBack => Action::AnswerCallBack,
        Move::AnswerAssist | Move::OverrideAssist => Action::AnswerAssist,
        Move::Appeal => Action::AppealCase,
        Move::DecideAppeal => Action::DecideAppeal,
        Move::ReportAgencyRefusal => Action::ReportAgencyRefusal,
        Move::DecideCommission => Action::DecideCommission,
    }
}

/// Whether the case itself has anything that the move is about.
fn fits(one: Move, principal: &Principal, case: &CaseRow, details: &CaseDetails) -> bool {
    let own = principal.staff.as_ref().map(|staff| staff.staff_code.as_str());
    let somebody_has_it = case.assignee.is_some() || !case.unit_code.is_empty() || case.with_compliance;
    let open_appeal = details.appeals.iter().find(|appeal| appeal.decided_time.is_none());
    let open_assists = || {
        details
            .participants
            .iter()
            .filter(|one| one.assists && one.answered_time.is_none() && !one.overridden)
    };
    match one {
        Move::Assign => !somebody_has_it,
        Move::Reassign => somebody_has_it,
        Move::Claim => case.state == CaseState::Open && !somebody_has_it,
        Move::Pause => case.paused_since.is_none(),
        Move::Resume => case.paused_since.is_some(),
        Move::Verify | Move::Close | Move::Return => verifies(one, principal.role, own, case, details),
        Move::AnswerCallBack => details.call_back_requests.iter().any(|call| call.answered_time.is_none()),
        Move::AnswerAssist => open_assists().any(|one| Some(one.staff_code.as_str()) == own),
        Move::OverrideAssist => open_assists().next().is_some(),
        Move::Appeal => open_appeal.is_none(),
        Move::ReportAgencyRefusal => !case.agency_codes.is_empty(),
        Move::DecideAppeal => open_appeal.is_some_and(|appeal| Some(appeal.appealed_by.as_str()) != own),
        _ => true,
    }
}

/// Whether the caller may decide on the present submission, and whether his decision would close it.
fn verifies(one: Move, role: Role, own: Option<&str>, case: &CaseRow, details: &CaseDetails) -> bool {
    let department = match role {
        Role::Compliance => Department::Compliance,
        Role::CustomerService | Role::CustomerServiceManager => Department::CustomerService,
        _ => return false,
    };
    let (Some(code), Some(_)) = (own, case.outcome) else { return false };
    let joined = |one: &CaseSuspicionRow| !one.withdrawn && Some(one.joined_time) > case.submitted_time;
    if one != Move::Return && details.suspicions.iter().any(joined) {
        return false;
    }
    let facts = case.verification_facts(&details.suspicions);
    let so_far: Vec<Verified> = details
        .verifications
        .iter()
        .filter(|decision| decision.round == case.round && decision.verified)
        .map(|decision| Verified { department: decision.department, verifier: decision.verifier.clone() })
        .collect();
    match verification::verify(&facts, &details.handlers, &so_far, Verifier { code, department }) {
        Err(_) => false,
        Ok(left) => match one {
            Move::Verify => !left.is_empty(),
            Move::Close => left.is_empty(),
            _ => true,
        },
    }
}
