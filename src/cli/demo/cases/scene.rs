//! The planted cases: what happens to each on which day, and what must have become of it at the end.
//!
//! To plant another: a variant with its name and its end, its lines in [`SCRIPT`], and who fits it in `cast.rs`.

use zhenshi_domain::case::Outcome;

/// A planted course of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Scene {
    /// A family shares a telephone.
    Cleared,
    /// The verifier finds the signature wanting.
    Returned,
    /// Nobody begins.
    Late,
    /// One of the two gives another telephone.
    Corrected,
    /// One of the two surrenders his policy.
    Withdrawn,
    /// Two channels are concerned.
    Across,
    /// The customer is not to be reached.
    Unreachable,
    /// The seller gave his own data.
    ConfirmedFalse,
}

/// What is done with a planted case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The assignee begins.
    Start,
    /// He attaches what the outcome needs, and submits.
    Submit(Outcome),
    /// Customer service verifies, and compliance where it must.
    Verify,
    /// Customer service returns it.
    Return,
    /// The other channel answers.
    Answer,
    /// A call in vain.
    CallInVain,
    /// A letter after the calls.
    Letter,
    /// An accepted new revision comes from the core.
    Correct,
    /// The core tells that a policy was surrendered.
    Surrender,
}

/// A working day (from 0) and an hour of it (place in [`super::HOURS`]).
pub(super) type At = (usize, usize);

/// What happens when, in order.
pub(super) const SCRIPT: &[(At, Scene, Step)] = &[
    ((0, 0), Scene::Cleared, Step::Start),
    ((0, 0), Scene::Returned, Step::Start),
    ((0, 0), Scene::Corrected, Step::Start),
    ((0, 0), Scene::Withdrawn, Step::Start),
    ((0, 0), Scene::Across, Step::Start),
    ((0, 0), Scene::Unreachable, Step::Start),
    ((0, 0), Scene::Unreachable, Step::CallInVain),
    ((0, 0), Scene::ConfirmedFalse, Step::Start),
    ((0, 1), Scene::Cleared, Step::Submit(Outcome::Cleared)),
    ((0, 1), Scene::Returned, Step::Submit(Outcome::Cleared)),
    ((0, 1), Scene::Across, Step::Answer),
    ((0, 1), Scene::Across, Step::Submit(Outcome::Cleared)),
    ((0, 1), Scene::ConfirmedFalse, Step::Submit(Outcome::ConfirmedFalse)),
    ((0, 2), Scene::Cleared, Step::Verify),
    ((0, 2), Scene::Across, Step::Verify),
    ((0, 2), Scene::Returned, Step::Return),
    ((1, 0), Scene::Returned, Step::Submit(Outcome::Cleared)),
    ((1, 0), Scene::Corrected, Step::Correct),
    ((1, 0), Scene::Withdrawn, Step::Surrender),
    ((1, 0), Scene::ConfirmedFalse, Step::Verify),
    ((1, 1), Scene::Returned, Step::Verify),
    ((1, 1), Scene::Corrected, Step::Submit(Outcome::Corrected)),
    ((1, 1), Scene::Unreachable, Step::CallInVain),
    ((1, 2), Scene::Corrected, Step::Verify),
    ((2, 2), Scene::Unreachable, Step::CallInVain),
    ((2, 2), Scene::Unreachable, Step::Letter),
    ((2, 2), Scene::Unreachable, Step::Submit(Outcome::Unreachable)),
];

/// Entries of a timeline that tell one end from another, in the order in which they are shown.
pub(super) const TELLING: [&str; 8] = [
    "ESCALATED",
    "ASSIST_ANSWERED",
    "RETURNED",
    "POLICY_CHANGED",
    "REPORTED_TO_COMPLIANCE",
    "COMMISSION_CHANGED",
    "WITHDRAWN",
    "CLOSED",
];

impl Scene {
    /// Every scene.
    pub(super) const ALL: [Self; 8] = [
        Self::Cleared,
        Self::Returned,
        Self::Late,
        Self::Corrected,
        Self::Withdrawn,
        Self::Across,
        Self::Unreachable,
        Self::ConfirmedFalse,
    ];

    /// What was planted, for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cleared => "a family's telephone, cleared",
            Self::Returned => "returned by a verifier once",
            Self::Late => "left lying until it is late",
            Self::Corrected => "corrected by a new revision",
            Self::Withdrawn => "its policy surrendered",
            Self::Across => "two channels, one assist",
            Self::Unreachable => "customer not to be reached",
            Self::ConfirmedFalse => "confirmed false",
        }
    }

    /// What must have become of it: state, outcome, and whichever of [`TELLING`] happened.
    pub(super) const fn planted(self) -> &'static str {
        match self {
            Self::Cleared => "CLOSED CLEARED: CLOSED",
            Self::Returned => "CLOSED CLEARED: RETURNED, CLOSED",
            Self::Late => "ASSIGNED overdue: ESCALATED",
            Self::Corrected => "CLOSED CORRECTED: CLOSED",
            Self::Withdrawn => "WITHDRAWN: POLICY_CHANGED, WITHDRAWN",
            Self::Across => "CLOSED CLEARED: ASSIST_ANSWERED, CLOSED",
            Self::Unreachable => "SUBMITTED UNREACHABLE:",
            Self::ConfirmedFalse => {
                "CLOSED CONFIRMED_FALSE: REPORTED_TO_COMPLIANCE, COMMISSION_CHANGED, CLOSED"
            }
        }
    }
}
