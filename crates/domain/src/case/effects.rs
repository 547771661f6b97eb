//! What a change of a case does outside: which events it leaves for other systems.
//!
//! A pure function of the change, so that [`effects`] can be read and tested as a table. Reminders and escalations are not
//! among them: those come of time, not of a change (`timer.rs`).

use super::CaseState;
use crate::event::EventKind;

/// One change of a case, as far as it matters outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// State before; none when the change made the case.
    pub before: Option<CaseState>,
    /// State after.
    pub after: CaseState,
    /// The submission in force says of the case, or of one of its suspicions, that the data are false.
    pub confirmed_false: bool,
    /// What else there is to know.
    pub flags: Flags,
}

/// What else matters of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, asked by name")]
pub struct Flags {
    /// It has another assignee, or a first one.
    pub assignee_changed: bool,
    /// An agency refused to work with the insurer, and this change recorded it.
    pub agency_refused: bool,
    /// The commission is held back already.
    pub commission_held: bool,
    /// Somebody decided with this change that the commission of an overdue case is to be held back.
    pub hold_decided: bool,
    /// Somebody decided with this change that it is to be held back no longer.
    pub release_decided: bool,
    /// The configuration does not want commissions held back when data are confirmed false.
    pub never_hold_on_confirmed_false: bool,
}

impl Change {
    const fn was_over(&self) -> bool {
        matches!(self.before, Some(before) if before.is_over())
    }

    /// The case came to its end.
    const fn ended(&self) -> bool {
        self.after.is_over() && !self.was_over()
    }

    /// It was closed, verified.
    const fn closed(&self) -> bool {
        matches!(self.after, CaseState::Closed) && !self.was_over()
    }

    /// It was reopened.
    const fn reopened(&self) -> bool {
        self.was_over() && !self.after.is_over()
    }

    /// Compliance is told at once: when it is submitted, not only when it is verified (article 13).
    fn reports(&self) -> bool {
        let submitted = self.after == CaseState::Submitted && self.before != Some(CaseState::Submitted);
        (submitted && self.confirmed_false) || self.flags.agency_refused
    }

    /// The commission is to be held back from now on: the data were verified to be false, or somebody decided so.
    fn holds(&self) -> bool {
        let by_outcome = self.closed() && self.confirmed_false && !self.flags.never_hold_on_confirmed_false;
        !self.flags.commission_held && (by_outcome || (self.flags.hold_decided && !self.after.is_over()))
    }

    /// It is to be held back no longer: the case ended otherwise, or somebody decided so.
    fn releases(&self) -> bool {
        let ended_otherwise = self.ended() && !(self.closed() && self.confirmed_false);
        self.flags.commission_held && (ended_otherwise || self.flags.release_decided)
    }
}

/// The events of `change`, in the order in which they are told. Every change is told to those who watch.
pub fn effects(change: &Change) -> Vec<EventKind> {
    let of = |kind: EventKind, happened: bool| happened.then_some(kind);
    [
        of(EventKind::CaseChanged, true),
        of(EventKind::CaseAssigned, change.flags.assignee_changed && !change.after.is_over()),
        of(EventKind::CaseReportedToCompliance, change.reports()),
        of(EventKind::CommissionHold, change.holds()),
        of(EventKind::CommissionRelease, change.releases()),
        // What was said of a call-back no longer holds: it is told anew for every application of the case.
        of(EventKind::CallBackClearance, change.ended() || change.reopened()),
        of(EventKind::CaseClosed, change.closed()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use CaseState::{Assigned, Closed, Investigating, Open, Sorting, Submitted, Withdrawn};
    use EventKind::{
        CallBackClearance, CaseAssigned, CaseChanged, CaseClosed, CaseReportedToCompliance, CommissionHold,
        CommissionRelease,
    };

    const NONE: Flags = Flags {
        assignee_changed: false,
        agency_refused: false,
        commission_held: false,
        hold_decided: false,
        release_decided: false,
        never_hold_on_confirmed_false: false,
    };
    /// State before and after, whether something was confirmed false, flags; and what is told.
    type Row = (Option<CaseState>, CaseState, bool, Flags, &'static [EventKind]);

    const HELD: Flags = Flags { commission_held: true, ..NONE };

    #[test]
    fn every_change_has_its_effects() {
        let given = Flags { assignee_changed: true, ..NONE };
        let refused = Flags { agency_refused: true, ..NONE };
        let decided = Flags { hold_decided: true, ..NONE };
        let twice = Flags { hold_decided: true, ..HELD };
        let released = Flags { release_decided: true, ..HELD };
        let nothing_held = Flags { release_decided: true, ..NONE };
        let never = Flags { never_hold_on_confirmed_false: true, ..NONE };
        // What happens, and every event but `case.changed`, which each has first.
        #[rustfmt::skip]
        let table: &[Row] = &[
            (None, Sorting, false, NONE, &[]),
            (Some(Sorting), Open, false, NONE, &[]),
            (Some(Open), Assigned, false, given, &[CaseAssigned]),
            (Some(Investigating), Assigned, false, given, &[CaseAssigned]),
            (Some(Investigating), Investigating, false, given, &[CaseAssigned]),
            (Some(Assigned), Investigating, false, NONE, &[]),
            (Some(Investigating), Submitted, false, NONE, &[]),
            (Some(Investigating), Submitted, true, NONE, &[CaseReportedToCompliance]),
            (Some(Submitted), Submitted, true, NONE, &[]),
            (Some(Submitted), Investigating, true, NONE, &[]),
            (Some(Investigating), Investigating, false, refused, &[CaseReportedToCompliance]),
            (Some(Submitted), Closed, false, NONE, &[CallBackClearance, CaseClosed]),
            (Some(Submitted), Closed, true, NONE, &[CommissionHold, CallBackClearance, CaseClosed]),
            (Some(Submitted), Closed, true, HELD, &[CallBackClearance, CaseClosed]),
            (Some(Submitted), Closed, true, never, &[CallBackClearance, CaseClosed]),
            (Some(Investigating), Investigating, false, decided, &[CommissionHold]),
            (Some(Investigating), Investigating, false, twice, &[]),
            (Some(Investigating), Investigating, false, released, &[CommissionRelease]),
            (Some(Investigating), Investigating, false, nothing_held, &[]),
            (Some(Submitted), Closed, false, HELD, &[CommissionRelease, CallBackClearance, CaseClosed]),
            (Some(Assigned), Withdrawn, false, HELD, &[CommissionRelease, CallBackClearance]),
            (Some(Submitted), Withdrawn, true, HELD, &[CommissionRelease, CallBackClearance]),
            (Some(Sorting), Withdrawn, false, NONE, &[CallBackClearance]),
            (Some(Closed), Open, true, HELD, &[CallBackClearance]),
            (Some(Withdrawn), Open, false, NONE, &[CallBackClearance]),
            (Some(Closed), Closed, true, HELD, &[]),
            (Some(Closed), Closed, true, released, &[CommissionRelease]),
            (Some(Closed), Closed, false, decided, &[]),
        ];
        for (before, after, confirmed_false, flags, expected) in table {
            let change =
                Change { before: *before, after: *after, confirmed_false: *confirmed_false, flags: *flags };
            let found = effects(&change);
            assert_eq!(found.first(), Some(&CaseChanged));
            assert_eq!(&found[1..], *expected, "{change:?}");
        }
    }

    #[test]
    fn a_commission_is_never_held_and_released_at_once_and_a_held_one_never_held_again() {
        let states = CaseState::ALL.map(Some).into_iter().chain([None]);
        let mut seen = 0;
        for before in states {
            for after in CaseState::ALL {
                for confirmed_false in [false, true] {
                    for bits in 0..64_u8 {
                        let bit = |n: u8| bits & (1 << n) != 0;
                        let flags = Flags {
                            assignee_changed: bit(0),
                            agency_refused: bit(1),
                            commission_held: bit(2),
                            hold_decided: bit(3),
                            release_decided: bit(4),
                            never_hold_on_confirmed_false: bit(5),
                        };
                        let found = effects(&Change { before, after, confirmed_false, flags });
                        let (hold, release) =
                            (found.contains(&CommissionHold), found.contains(&CommissionRelease));
                        assert!(!(hold && flags.commission_held) && (!release || flags.commission_held));
                        assert!(!(hold && release));
                        seen += 1;
                    }
                }
            }
        }
        assert_eq!(seen, 8 * 7 * 2 * 64);
    }
}
