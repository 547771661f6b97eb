//! The case (问题件): its states, and every move between them as one table.
//!
//! [`TABLE`] is the machine: who may do what, from which state, and where it leads. [`apply`] reads it and nothing else, so
//! the table that an auditor reads is the one that decides. Pause, copies and assists are no states: a paused case is
//! still investigated, and another channel's part in it is a participant.
//!
//! To add a move: a variant of [`Move`] with the next number, its lines in [`TABLE`], and the words in `locales/`.

pub mod effects;
pub mod evidence;
mod outcome;
pub mod settings;
pub mod verification;

pub use outcome::{CallBackDoubt, CaseSource, Outcome};
use thiserror::Error;

/// Where a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// 整理: customer service may hold, merge or redirect it before it is distributed (article 13).
    Sorting,
    /// Released, and nobody has it.
    Open,
    /// 已分派: somebody has it and has not begun.
    Assigned,
    /// 排查中
    Investigating,
    /// 待复核: the investigation clock stands still, that of verification runs.
    Submitted,
    /// 办结: verified.
    Closed,
    /// 撤销, or merged into another case.
    Withdrawn,
}

impl CaseState {
    /// Every state, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Sorting,
        Self::Open,
        Self::Assigned,
        Self::Investigating,
        Self::Submitted,
        Self::Closed,
        Self::Withdrawn,
    ];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Sorting => 1,
            Self::Open => 2,
            Self::Assigned => 3,
            Self::Investigating => 4,
            Self::Submitted => 5,
            Self::Closed => 6,
            Self::Withdrawn => 7,
        }
    }

    /// The state with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Its name in the API and in errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sorting => "SORTING",
            Self::Open => "OPEN",
            Self::Assigned => "ASSIGNED",
            Self::Investigating => "INVESTIGATING",
            Self::Submitted => "SUBMITTED",
            Self::Closed => "CLOSED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }

    /// Whether the case has ended; only [`Move::Reopen`] leads on.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }
}

/// Who makes a move, as the table knows it. Which person is which is the policy's and the case's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The service by itself.
    Worker,
    /// An event of the core policy system.
    PolicyEvent,
    /// 客户服务部
    CustomerService,
    /// 合规
    Compliance,
    /// 业务团队负责人 of the case's branch.
    TeamLeader,
    /// A clerk of the case's channel, for himself.
    Clerk,
    /// Who has the case.
    Assignee,
    /// A participant who assists for another channel.
    Assistant,
}

/// What can be done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Keeps it out of the automatic release, until released by hand.
    Hold,
    /// Its suspicions go to another case.
    Merge,
    /// 分发: sorting ends.
    Release,
    /// 分派 to a clerk, a team leader or a unit.
    Assign,
    /// 领取: a clerk takes it himself.
    Claim,
    /// 转办 within the channel.
    Reassign,
    /// To another lead channel: its clock begins anew.
    Redirect,
    /// Customer service works on it itself; compliance verifies then.
    TakeOver,
    /// The investigation begins.
    Start,
    /// 提交复核 with outcome and evidence.
    Submit,
    /// 复核 by one of several verifiers; the others are still to come.
    Verify,
    /// 复核 by the last verifier: 办结.
    Close,
    /// 退回 to the same assignee, with a reason.
    Return,
    /// With a reason; refused while another case of the value is open.
    Reopen,
    /// 撤销
    Withdraw,
    /// The investigation clock stands still.
    Pause,
    /// It runs again.
    Resume,
    /// The three working days are extended; call-back and cooling-off never move.
    Extend,
    /// 催办
    Urge,
    /// A comment.
    Comment,
    /// An attempt to reach the customer.
    RecordContactAttempt,
    /// 证明材料
    AttachEvidence,
    /// Customer service is asked to call the customer.
    RequestCallBack,
    /// And has.
    AnswerCallBack,
    /// Another channel answers its assist (协办).
    AnswerAssist,
    /// Customer service does without the answer.
    OverrideAssist,
    /// 申诉（误发）
    Appeal,
    /// What became of the appeal.
    DecideAppeal,
    /// An agency would not help to find the truth (article 23): compliance is told.
    ReportAgencyRefusal,
    /// The commission (佣金) is held back, or no longer, by decision.
    DecideCommission,
}

impl Move {
    /// Every move, in the order of the table.
    pub const ALL: [Self; 30] = [
        Self::Hold,
        Self::Merge,
        Self::Release,
        Self::Assign,
        Self::Claim,
        Self::Reassign,
        Self::Redirect,
        Self::TakeOver,
        Self::Start,
        Self::Submit,
        Self::Verify,
        Self::Close,
        Self::Return,
        Self::Reopen,
        Self::Withdraw,
        Self::Pause,
        Self::Resume,
        Self::Extend,
        Self::Urge,
        Self::Comment,
        Self::RecordContactAttempt,
        Self::AttachEvidence,
        Self::RequestCallBack,
        Self::AnswerCallBack,
        Self::AnswerAssist,
        Self::OverrideAssist,
        Self::Appeal,
        Self::DecideAppeal,
        Self::ReportAgencyRefusal,
        Self::DecideCommission,
    ];

    /// Its name in the API and in errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "HOLD",
            Self::Merge => "MERGE",
            Self::Release => "RELEASE",
            Self::Assign => "ASSIGN",
            Self::Claim => "CLAIM",
            Self::Reassign => "REASSIGN",
            Self::Redirect => "REDIRECT",
            Self::TakeOver => "TAKE_OVER",
            Self::Start => "START",
            Self::Submit => "SUBMIT",
            Self::Verify => "VERIFY",
            Self::Close => "CLOSE",
            Self::Return => "RETURN",
            Self::Reopen => "REOPEN",
            Self::Withdraw => "WITHDRAW",
            Self::Pause => "PAUSE",
            Self::Resume => "RESUME",
            Self::Extend => "EXTEND",
            Self::Urge => "URGE",
            Self::Comment => "COMMENT",
            Self::RecordContactAttempt => "RECORD_CONTACT_ATTEMPT",
            Self::AttachEvidence => "ATTACH_EVIDENCE",
            Self::RequestCallBack => "REQUEST_CALL_BACK",
            Self::AnswerCallBack => "ANSWER_CALL_BACK",
            Self::AnswerAssist => "ANSWER_ASSIST",
            Self::OverrideAssist => "OVERRIDE_ASSIST",
            Self::Appeal => "APPEAL",
            Self::DecideAppeal => "DECIDE_APPEAL",
            Self::ReportAgencyRefusal => "REPORT_AGENCY_REFUSAL",
            Self::DecideCommission => "DECIDE_COMMISSION",
        }
    }
}

/// One line of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// From each of these.
    pub from: &'static [CaseState],
    /// What is done.
    pub action: Move,
    /// Where that leads; none: the state stays.
    pub to: Option<CaseState>,
    /// Who may.
    pub by: &'static [Actor],
}

use Actor::{Assignee, Assistant, Clerk, Compliance, CustomerService, PolicyEvent, TeamLeader, Worker};
use CaseState::{Assigned, Closed, Investigating, Open, Sorting, Submitted, Withdrawn};

/// Nobody has ended it, and it is not with the verifiers.
const WITH_CHANNEL: &[CaseState] = &[Open, Assigned, Investigating];
const UNDER_WAY: &[CaseState] = &[Sorting, Open, Assigned, Investigating, Submitted];
const RELEASED: &[CaseState] = &[Open, Assigned, Investigating, Submitted];
const HAS_ASSIGNEE: &[CaseState] = &[Assigned, Investigating];
const EVERY: &[CaseState] = &CaseState::ALL;
const OVER: &[CaseState] = &[Closed, Withdrawn];
/// It has been released, whatever became of it: what is held because of it can be let go after its end, and whoever appealed
/// gets an answer.
const ONCE_RELEASED: &[CaseState] = &[Open, Assigned, Investigating, Submitted, Closed, Withdrawn];

const fn line(from: &'static [CaseState], action: Move, to: Option<CaseState>, by: &'static [Actor]) -> Line {
    Line { from, action, to, by }
}

/// The machine. One line a move, but [`Move::Redirect`], which leaves sorting where it is. A policy event releases and gives what
/// a seller did to compliance, when nothing else of the case is left.
pub const TABLE: &[Line] = &[
    line(&[Sorting], Move::Hold, None, &[CustomerService]),
    line(&[Sorting, Open], Move::Merge, Some(Withdrawn), &[Worker, CustomerService]),
    line(&[Sorting], Move::Release, Some(Open), &[Worker, PolicyEvent, CustomerService]),
    line(WITH_CHANNEL, Move::Assign, Some(Assigned), &[Worker, PolicyEvent, CustomerService, TeamLeader]),
    line(WITH_CHANNEL, Move::Claim, Some(Assigned), &[Clerk]),
    line(WITH_CHANNEL, Move::Reassign, Some(Assigned), &[Worker, PolicyEvent, CustomerService, TeamLeader]),
    line(&[Sorting], Move::Redirect, None, &[CustomerService]),
    line(WITH_CHANNEL, Move::Redirect, Some(Assigned), &[CustomerService]),
    line(WITH_CHANNEL, Move::TakeOver, Some(Investigating), &[CustomerService]),
    line(&[Assigned], Move::Start, Some(Investigating), &[Assignee]),
    line(&[Investigating], Move::Submit, Some(Submitted), &[Assignee]),
    line(&[Submitted], Move::Verify, None, &[CustomerService, Compliance]),
    line(&[Submitted], Move::Close, Some(Closed), &[CustomerService, Compliance]),
    line(&[Submitted], Move::Return, Some(Investigating), &[CustomerService, Compliance]),
    line(OVER, Move::Reopen, Some(Open), &[CustomerService, Compliance, PolicyEvent]),
    line(UNDER_WAY, Move::Withdraw, Some(Withdrawn), &[PolicyEvent, CustomerService]),
    line(HAS_ASSIGNEE, Move::Pause, None, &[CustomerService, Compliance, TeamLeader]),
    line(HAS_ASSIGNEE, Move::Resume, None, &[CustomerService, Compliance, TeamLeader, Assignee]),
    line(WITH_CHANNEL, Move::Extend, None, &[CustomerService, Compliance]),
    line(RELEASED, Move::Urge, None, &[CustomerService, Compliance, TeamLeader]),
    line(EVERY, Move::Comment, None, &[CustomerService, Compliance, TeamLeader, Assignee, Assistant]),
    line(&[Investigating], Move::RecordContactAttempt, None, &[Assignee, CustomerService]),
    line(&[Investigating], Move::AttachEvidence, None, &[Assignee, CustomerService]),
    line(&[Investigating], Move::RequestCallBack, None, &[Assignee]),
    line(&[Investigating, Submitted], Move::AnswerCallBack, None, &[CustomerService]),
    line(RELEASED, Move::AnswerAssist, None, &[Assistant]),
    line(RELEASED, Move::OverrideAssist, None, &[CustomerService]),
    line(RELEASED, Move::Appeal, None, &[Assignee, TeamLeader]),
    line(ONCE_RELEASED, Move::DecideAppeal, None, &[CustomerService, Compliance]),
    line(RELEASED, Move::ReportAgencyRefusal, None, &[Assignee, TeamLeader, CustomerService]),
    line(ONCE_RELEASED, Move::DecideCommission, None, &[TeamLeader, Compliance]),
];

/// A move that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} is not possible while the case is {}; possible: {}", action.name(), state.name(), names(allowed))]
pub struct RefusedMove {
    /// Where the case is.
    pub state: CaseState,
    /// What was asked for.
    pub action: Move,
    /// What is possible, in the order of the table; for the actor who asked, if one was named.
    pub allowed: Vec<Move>,
}

fn names(moves: &[Move]) -> String {
    if moves.is_empty() {
        return "nothing".to_owned();
    }
    moves.iter().map(|action| action.name()).collect::<Vec<_>>().join(", ")
}

fn find(state: CaseState, action: Move) -> Option<&'static Line> {
    TABLE.iter().find(|line| line.action == action && line.from.contains(&state))
}

/// The moves that are possible in `state`, in the order of the table.
pub fn allowed(state: CaseState) -> Vec<Move> {
    Move::ALL.into_iter().filter(|action| find(state, *action).is_some()).collect()
}

/// Those that one of `actors` may make: one person can be several of them.
pub fn allowed_by(state: CaseState, actors: &[Actor]) -> Vec<Move> {
    let may = |action: &Move| find(state, *action).is_some_and(|line| permits(line, actors));
    Move::ALL.into_iter().filter(may).collect()
}

fn permits(line: &Line, actors: &[Actor]) -> bool {
    line.by.iter().any(|by| actors.contains(by))
}

/// The state after `action`.
///
/// # Errors
/// [`RefusedMove`], with the state and what is possible in it.
pub fn apply(state: CaseState, action: Move) -> Result<CaseState, RefusedMove> {
    match find(state, action) {
        Some(line) => Ok(line.to.unwrap_or(state)),
        None => Err(RefusedMove { state, action, allowed: allowed(state) }),
    }
}

/// As [`apply`], by somebody who is all of `actors`.
///
/// # Errors
/// [`RefusedMove`], with what is possible for him.
pub fn apply_by(state: CaseState, action: Move, actors: &[Actor]) -> Result<CaseState, RefusedMove> {
    match find(state, action).filter(|line| permits(line, actors)) {
        Some(line) => Ok(line.to.unwrap_or(state)),
        None => Err(RefusedMove { state, action, allowed: allowed_by(state, actors) }),
    }
}
