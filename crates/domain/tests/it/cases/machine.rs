//! The machine against the table of the design, and against a model of what people do with a case.

use proptest::{prelude::*, sample::select};
use zhenshi_domain::case::{
    Actor, CallBackDoubt, CaseSource, CaseState, Move, Outcome, RefusedMove, TABLE, allowed, allowed_by,
    apply, apply_by,
};

use CaseState::{Assigned, Closed, Investigating, Open, Sorting, Submitted, Withdrawn};

/// The design's table, written out again: from, move, to.
const DESIGN: &[(&[CaseState], Move, CaseState)] = &[
    (&[Sorting], Move::Release, Open),
    (&[Open, Assigned, Investigating], Move::Assign, Assigned),
    (&[Open, Assigned, Investigating], Move::Claim, Assigned),
    (&[Open, Assigned, Investigating], Move::Reassign, Assigned),
    (&[Open, Assigned, Investigating], Move::Redirect, Assigned),
    (&[Assigned], Move::Start, Investigating),
    (&[Investigating], Move::Submit, Submitted),
    (&[Submitted], Move::Verify, Submitted),
    (&[Submitted], Move::Close, Closed),
    (&[Submitted], Move::Return, Investigating),
    (&[Closed, Withdrawn], Move::Reopen, Open),
    (&[Sorting, Open, Assigned, Investigating, Submitted], Move::Withdraw, Withdrawn),
    // Sorting is customer service's: they may hold, merge, redirect.
    (&[Sorting], Move::Hold, Sorting),
    (&[Sorting, Open], Move::Merge, Withdrawn),
    (&[Sorting], Move::Redirect, Sorting),
    (&[Open, Assigned, Investigating], Move::TakeOver, Investigating),
];

/// The moves that change a case and not its state: never after its end, but for comments, appeals' answers and commissions.
const BESIDE: [Move; 15] = [
    Move::Pause,
    Move::Resume,
    Move::Extend,
    Move::Urge,
    Move::Comment,
    Move::RecordContactAttempt,
    Move::AttachEvidence,
    Move::RequestCallBack,
    Move::AnswerCallBack,
    Move::AnswerAssist,
    Move::OverrideAssist,
    Move::Appeal,
    Move::DecideAppeal,
    Move::ReportAgencyRefusal,
    Move::DecideCommission,
];

#[test]
fn the_machine_is_the_designs_table() {
    for state in CaseState::ALL {
        for action in Move::ALL {
            let designed = DESIGN.iter().find(|(from, name, _)| *name == action && from.contains(&state));
            let answer = apply(state, action);
            match (designed, &answer) {
                (Some((_, _, to)), Ok(found)) => assert_eq!(found, to, "{state:?} {action:?}"),
                (None, Ok(found)) => {
                    assert!(BESIDE.contains(&action) && *found == state, "{state:?} {action:?} {found:?}");
                    let after_the_end =
                        matches!(action, Move::Comment | Move::DecideAppeal | Move::DecideCommission);
                    assert!(!state.is_over() || after_the_end, "{state:?} {action:?}");
                }
                (None, Err(_)) => {}
                (Some(_), Err(refused)) => panic!("{refused}"),
            }
        }
    }
}

#[test]
fn a_refused_move_says_the_state_and_what_is_possible() {
    let refused = apply(Sorting, Move::Submit).unwrap_err();
    assert_eq!(refused, RefusedMove { state: Sorting, action: Move::Submit, allowed: allowed(Sorting) });
    assert_eq!(
        refused.to_string(),
        "SUBMIT is not possible while the case is SORTING; possible: HOLD, MERGE, RELEASE, REDIRECT, WITHDRAW, COMMENT"
    );
    // The ends of a case lead on by a reopening only.
    let after_the_end = [Move::Reopen, Move::Comment, Move::DecideAppeal, Move::DecideCommission];
    assert_eq!((allowed(Closed), allowed(Withdrawn)), (after_the_end.to_vec(), after_the_end.to_vec()));
    let refused = apply_by(Closed, Move::Verify, &[Actor::Worker]).unwrap_err();
    assert_eq!(refused.to_string(), "VERIFY is not possible while the case is CLOSED; possible: nothing");
}

#[test]
fn only_those_of_the_table_may() {
    for (state, action, may) in [
        (Sorting, Move::Release, &[Actor::CustomerService, Actor::Worker, Actor::PolicyEvent][..]),
        (Open, Move::Assign, &[Actor::Worker, Actor::TeamLeader, Actor::CustomerService, Actor::PolicyEvent]),
        (
            Investigating,
            Move::Reassign,
            &[Actor::Worker, Actor::TeamLeader, Actor::CustomerService, Actor::PolicyEvent],
        ),
        (Open, Move::Claim, &[Actor::Clerk]),
        (Assigned, Move::Start, &[Actor::Assignee]),
        (Investigating, Move::Submit, &[Actor::Assignee]),
        (Submitted, Move::Verify, &[Actor::CustomerService, Actor::Compliance]),
        (Submitted, Move::Close, &[Actor::CustomerService, Actor::Compliance]),
        (Submitted, Move::Return, &[Actor::CustomerService, Actor::Compliance]),
        (Closed, Move::Reopen, &[Actor::CustomerService, Actor::Compliance, Actor::PolicyEvent]),
        (Submitted, Move::Withdraw, &[Actor::PolicyEvent, Actor::CustomerService]),
        (Open, Move::TakeOver, &[Actor::CustomerService]),
    ] {
        for actor in [
            Actor::Worker,
            Actor::PolicyEvent,
            Actor::CustomerService,
            Actor::Compliance,
            Actor::TeamLeader,
            Actor::Clerk,
            Actor::Assignee,
            Actor::Assistant,
        ] {
            let answer = apply_by(state, action, &[actor]);
            assert_eq!(answer.is_ok(), may.contains(&actor), "{state:?} {action:?} {actor:?}");
            assert_eq!(allowed_by(state, &[actor]).contains(&action), may.contains(&actor));
            if let Err(refused) = answer {
                assert_eq!(refused.allowed, allowed_by(state, &[actor]));
            }
        }
    }
    // One person is several of them.
    assert!(apply_by(Assigned, Move::Start, &[Actor::Clerk, Actor::Assignee]).is_ok());
}

#[test]
fn every_line_of_the_table_is_reached_by_one_move_of_one_state_only() {
    for (at, line) in TABLE.iter().enumerate() {
        assert!(!line.by.is_empty() && !line.from.is_empty(), "{line:?}");
        for other in &TABLE[at + 1..] {
            let shared = line.from.iter().any(|state| other.from.contains(state));
            assert!(line.action != other.action || !shared, "{line:?} {other:?}");
        }
    }
    assert!(Move::ALL.into_iter().all(|action| TABLE.iter().any(|line| line.action == action)));
}

#[test]
fn numbers_are_one_to_one_from_one() {
    for (place, state) in (1..).zip(CaseState::ALL) {
        assert_eq!((state.code(), CaseState::from_code(place)), (place, Some(state)));
    }
    for (place, outcome) in (1..).zip(Outcome::ALL) {
        assert_eq!((outcome.code(), Outcome::from_code(place)), (place, Some(outcome)));
    }
    for (place, source) in (1..).zip(CaseSource::ALL) {
        assert_eq!((source.code(), CaseSource::from_code(place)), (place, Some(source)));
    }
    for (place, doubt) in (1..).zip(CallBackDoubt::ALL) {
        assert_eq!((doubt.code(), CallBackDoubt::from_code(place)), (place, Some(doubt)));
    }
    for unknown in [-1, 0, 99] {
        assert_eq!((CaseState::from_code(unknown), Outcome::from_code(unknown)), (None, None));
        assert_eq!((CaseSource::from_code(unknown), CallBackDoubt::from_code(unknown)), (None, None));
    }
}

/// A case as people see it: facts instead of a state.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts of their own, which the model turns into a state")]
struct Model {
    released: bool,
    has_assignee: bool,
    begun: bool,
    with_verifiers: bool,
    verified: bool,
    withdrawn: bool,
}

impl Model {
    fn state(&self) -> CaseState {
        match self {
            Self { withdrawn: true, .. } => Withdrawn,
            Self { verified: true, .. } => Closed,
            Self { released: false, .. } => Sorting,
            Self { has_assignee: false, .. } => Open,
            Self { with_verifiers: true, .. } => Submitted,
            Self { begun: true, .. } => Investigating,
            _ => Assigned,
        }
    }

    fn over(&self) -> bool {
        self.verified || self.withdrawn
    }

    /// Somebody in the channel can work on it, or be given it.
    fn in_channel(&self) -> bool {
        self.released && !self.with_verifiers && !self.over()
    }

    /// Does it, or says that it makes no sense.
    fn act(&mut self, action: Move) -> bool {
        let being_begun = self.in_channel() && self.has_assignee && self.begun;
        let waits_for_verifiers = self.with_verifiers && !self.over();
        let possible = match action {
            Move::Hold | Move::Release => !self.released && !self.over(),
            Move::Merge => !self.over() && !self.has_assignee,
            Move::Redirect => !self.over() && !self.with_verifiers,
            Move::Assign | Move::Claim | Move::Reassign | Move::TakeOver | Move::Extend => self.in_channel(),
            Move::Start => self.in_channel() && self.has_assignee && !self.begun,
            Move::Pause | Move::Resume => self.in_channel() && self.has_assignee,
            Move::Submit | Move::RecordContactAttempt | Move::AttachEvidence | Move::RequestCallBack => {
                being_begun
            }
            Move::AnswerCallBack => being_begun || waits_for_verifiers,
            Move::Verify | Move::Close | Move::Return => waits_for_verifiers,
            Move::Reopen => self.over(),
            Move::Withdraw => !self.over(),
            Move::Comment => true,
            Move::DecideCommission | Move::DecideAppeal => self.released || self.over(),
            Move::Urge
            | Move::ReportAgencyRefusal
            | Move::AnswerAssist
            | Move::OverrideAssist
            | Move::Appeal => self.released && !self.over(),
        };
        if possible {
            self.change(action);
        }
        possible
    }

    fn change(&mut self, action: Move) {
        let given = Self { released: true, has_assignee: true, ..Self::default() };
        match action {
            Move::Release => self.released = true,
            Move::Assign | Move::Claim | Move::Reassign => *self = given,
            Move::Redirect if self.released => *self = given,
            Move::TakeOver => *self = Self { begun: true, ..given },
            Move::Start => self.begun = true,
            Move::Submit => self.with_verifiers = true,
            Move::Return => self.with_verifiers = false,
            Move::Close => self.verified = true,
            Move::Reopen => *self = Self { released: true, ..Self::default() },
            Move::Withdraw | Move::Merge => self.withdrawn = true,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_sequence_of_commands_goes_as_the_model_says(commands in prop::collection::vec(select(&Move::ALL[..]), 0..60)) {
        let mut model = Model::default();
        let mut state = Sorting;
        for action in commands {
            let before = state;
            match apply(state, action) {
                Ok(next) => {
                    prop_assert!(model.act(action), "{:?} {:?}", before, action);
                    state = next;
                }
                Err(refused) => {
                    prop_assert!(!model.clone().act(action), "{}", refused);
                    prop_assert_eq!((refused.state, refused.action), (before, action));
                    prop_assert!(!refused.allowed.contains(&action));
                    for other in Move::ALL {
                        prop_assert_eq!(refused.allowed.contains(&other), model.clone().act(other));
                    }
                }
            }
            prop_assert_eq!(state, model.state());
        }
    }

    /// Commands that mostly make sense, so that the far end is reached.
    #[test]
    fn a_case_is_closed_only_after_a_submission_and_never_by_who_has_it(choices in prop::collection::vec(0usize..100, 1..80)) {
        let mut state = Sorting;
        let mut submitted = false;
        for choice in choices {
            let possible = allowed(state);
            let action = possible[choice % possible.len()];
            if apply_by(state, action, &[Actor::Assignee, Actor::Clerk, Actor::TeamLeader]).is_ok() {
                prop_assert!(!matches!(action, Move::Verify | Move::Close | Move::Return | Move::Withdraw));
            }
            let next = apply(state, action).unwrap();
            submitted = next == Submitted || (submitted && state == Submitted);
            if next == Closed && state != Closed {
                prop_assert!(state == Submitted && submitted && action == Move::Close);
            }
            state = next;
        }
    }
}
