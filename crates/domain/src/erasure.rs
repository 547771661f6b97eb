//! Erasure (銷毀, fifth text 25) of one person's data: ACTIVE → RESTRICTED → DUE → APPROVED → SHREDDED.
//!
//! Time moves a person to RESTRICTED (only storage and protection are left, Network Data Regulation 24) and to DUE; two
//! persons move him to APPROVED: one requests, another decides; then the service destroys. A hold (an action at law, a
//! complaint) stops every step towards the end. [`TRANSITIONS`] is the table; [`Subject::apply`] adds what the table cannot
//! say. To add a move: its variant, its rows, its guard.

use chrono::NaiveDate;

use crate::retention::Terms;

/// Where a person's data stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Something goes on: worked with.
    Active,
    /// Everything ended; a legal period runs: stored and protected, nothing else.
    Restricted,
    /// No period runs any more: may be destroyed, by two persons.
    Due,
    /// Decided: will be destroyed.
    Approved,
    /// Destroyed.
    Shredded,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 5] = [Self::Active, Self::Restricted, Self::Due, Self::Approved, Self::Shredded];

    /// How answers name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Restricted => "RESTRICTED",
            Self::Due => "DUE",
            Self::Approved => "APPROVED",
            Self::Shredded => "SHREDDED",
        }
    }
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Everything has ended (the service).
    Restrict,
    /// No legal period runs any more (the service).
    Mature,
    /// Something goes on again (the service).
    Resume,
    /// Somebody asks for the destruction.
    Request,
    /// A second person agrees.
    Approve,
    /// A second person does not agree.
    Refuse,
    /// A hold is placed.
    Hold,
    /// The last hold is lifted.
    Lift,
    /// The data were destroyed (the service).
    Shred,
}

/// From where a move leads where. Whatever is not here is refused.
pub const TRANSITIONS: &[(State, Move, State)] = &[
    (State::Active, Move::Restrict, State::Restricted),
    (State::Restricted, Move::Mature, State::Due),
    (State::Restricted, Move::Resume, State::Active),
    (State::Due, Move::Resume, State::Active),
    (State::Approved, Move::Resume, State::Active),
    (State::Due, Move::Request, State::Due),
    (State::Due, Move::Approve, State::Approved),
    (State::Due, Move::Refuse, State::Due),
    (State::Active, Move::Hold, State::Active),
    (State::Restricted, Move::Hold, State::Restricted),
    (State::Due, Move::Hold, State::Due),
    // What was decided without knowing of the hold has to be decided again.
    (State::Approved, Move::Hold, State::Due),
    (State::Active, Move::Lift, State::Active),
    (State::Restricted, Move::Lift, State::Restricted),
    (State::Due, Move::Lift, State::Due),
    (State::Approved, Move::Shred, State::Shredded),
];

/// Why a move is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something goes on: no day can be told.
    #[error("a policy, an application, a case or an entry of the directory is still in use")]
    InUse,
    /// A legal period runs.
    #[error("a legal period runs: not before {from}")]
    TooEarly {
        /// First day on which it may be.
        from: NaiveDate,
    },
    /// A hold is in place.
    #[error("a hold is in place")]
    OnHold,
    /// The same person asked and decides.
    #[error("a second person has to decide")]
    SamePerson,
    /// There is a request already.
    #[error("the destruction was requested already")]
    AlreadyRequested,
    /// Nobody asked for it.
    #[error("nobody has requested the destruction")]
    NotRequested,
    /// The state does not allow it.
    #[error("not possible in state {}", .0.name())]
    WrongState(State),
}

/// A person, as far as the machine must know him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Where his data stand.
    pub state: State,
    /// What follows from what is held of him.
    pub terms: Terms,
    /// A hold is in place.
    pub held: bool,
    /// Who asked for the destruction, until it is decided.
    pub requested_by: Option<String>,
}

impl Subject {
    /// A person of whom something was just recorded.
    pub const fn active(terms: Terms) -> Self {
        Self { state: State::Active, terms, held: false, requested_by: None }
    }

    /// What `actor` does on `today`.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub fn apply(&self, made: Move, actor: &str, today: NaiveDate) -> Result<Self, Refusal> {
        self.guard(made, actor, today)?;
        let row = TRANSITIONS.iter().find(|(from, known, _)| *from == self.state && *known == made);
        let Some((_, _, to)) = row else { return Err(Refusal::WrongState(self.state)) };
        let mut after = Self { state: *to, ..self.clone() };
        match made {
            Move::Request => after.requested_by = Some(actor.to_owned()),
            Move::Approve | Move::Refuse | Move::Resume => after.requested_by = None,
            Move::Hold => {
                after.held = true;
                after.requested_by = None;
            }
            Move::Lift => after.held = false,
            Move::Restrict | Move::Mature | Move::Shred => {}
        }
        Ok(after)
    }

    /// What time alone has made of him by `today`.
    #[must_use]
    pub fn aged(&self, today: NaiveDate) -> Self {
        let mut subject = self.clone();
        for made in [Move::Resume, Move::Restrict, Move::Mature] {
            if let Ok(after) = subject.apply(made, "", today) {
                subject = after;
            }
        }
        subject
    }

    fn guard(&self, made: Move, actor: &str, today: NaiveDate) -> Result<(), Refusal> {
        let reached = |from: Option<NaiveDate>| match from {
            None => Err(Refusal::InUse),
            Some(from) if today < from => Err(Refusal::TooEarly { from }),
            Some(_) => Ok(()),
        };
        match made {
            Move::Restrict => reached(self.terms.restricted_from),
            Move::Mature => reached(self.terms.due_from),
            Move::Resume => match reached(self.terms.restricted_from) {
                Ok(()) => Err(Refusal::WrongState(self.state)),
                Err(_) => Ok(()),
            },
            Move::Request | Move::Approve | Move::Shred if self.state != State::Shredded => {
                // The date is told before anything else: it is what an early request wants to know.
                reached(self.terms.due_from)?;
                if self.held {
                    return Err(Refusal::OnHold);
                }
                self.guard_persons(made, actor)
            }
            Move::Refuse => self.guard_persons(made, actor),
            Move::Lift if !self.held => Err(Refusal::WrongState(self.state)),
            Move::Request | Move::Approve | Move::Shred | Move::Hold | Move::Lift => Ok(()),
        }
    }

    fn guard_persons(&self, made: Move, actor: &str) -> Result<(), Refusal> {
        match (made, &self.requested_by) {
            (Move::Request, Some(_)) => Err(Refusal::AlreadyRequested),
            (Move::Approve | Move::Refuse, None) if self.state == State::Due => Err(Refusal::NotRequested),
            (Move::Approve | Move::Refuse, Some(asked)) if asked == actor => Err(Refusal::SamePerson),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::retention::{Class, Holding, terms};

    fn epoch() -> NaiveDate {
        NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()
    }

    fn day(after: u64) -> NaiveDate {
        epoch().checked_add_days(Days::new(after)).unwrap()
    }

    const MOVES: [Move; 9] = [
        Move::Restrict,
        Move::Mature,
        Move::Resume,
        Move::Request,
        Move::Approve,
        Move::Refuse,
        Move::Hold,
        Move::Lift,
        Move::Shred,
    ];

    #[test]
    fn the_table_leads_to_the_end_and_nowhere_from_it() {
        assert!(TRANSITIONS.iter().all(|(from, _, _)| *from != State::Shredded));
        let keys: BTreeSet<_> = TRANSITIONS.iter().map(|(from, made, _)| (*from, *made)).collect();
        assert_eq!(keys.len(), TRANSITIONS.len());
        // Only through the decision of a second person.
        let to_end: Vec<_> = TRANSITIONS.iter().filter(|(_, _, to)| *to == State::Shredded).collect();
        assert_eq!(to_end, [&(State::Approved, Move::Shred, State::Shredded)]);
        let to_decided: Vec<_> = TRANSITIONS.iter().filter(|(_, _, to)| *to == State::Approved).collect();
        assert_eq!(to_decided, [&(State::Due, Move::Approve, State::Approved)]);
    }

    #[test]
    fn an_early_request_is_told_the_day() {
        let ended = Holding { class: Class::EndedPolicy, ended_on: Some(epoch()) };
        let subject = Subject::active(terms(&[ended])).aged(day(1));
        assert_eq!(subject.state, State::Restricted);
        let from = NaiveDate::from_ymd_opt(2010, 1, 2).unwrap();
        assert_eq!(subject.apply(Move::Request, "a", day(400)), Err(Refusal::TooEarly { from }));
        let open = Holding { class: Class::InUse, ended_on: None };
        assert_eq!(Subject::active(terms(&[open])).apply(Move::Request, "a", day(400)), Err(Refusal::InUse));
        let due = subject.aged(from);
        let asked = due.apply(Move::Request, "a", from).unwrap();
        assert_eq!(asked.apply(Move::Request, "b", from), Err(Refusal::AlreadyRequested));
        assert_eq!(asked.apply(Move::Approve, "a", from), Err(Refusal::SamePerson));
        assert_eq!(due.apply(Move::Approve, "b", from), Err(Refusal::NotRequested));
        let approved = asked.apply(Move::Approve, "b", from).unwrap();
        assert_eq!(approved.apply(Move::Hold, "c", from).unwrap().state, State::Due);
        assert_eq!(approved.apply(Move::Shred, "", from).unwrap().state, State::Shredded);
    }

    fn holding() -> impl Strategy<Value = Holding> {
        let class = prop::sample::select(vec![
            Class::EndedPolicy,
            Class::NotTakenUp,
            Class::Rejected,
            Class::Evidence,
        ]);
        (class, prop::option::weighted(0.9, 0u64..3_000))
            .prop_map(|(class, after)| Holding { class, ended_on: after.map(day) })
    }

    /// What happens: a move by one of three persons after some days; or the holdings are others from then on.
    fn happening() -> impl Strategy<Value = (Option<Vec<Holding>>, Move, u8, u64)> {
        (
            prop::option::weighted(0.1, prop::collection::vec(holding(), 1..4)),
            prop::sample::select(MOVES.to_vec()),
            0u8..3,
            0u64..900,
        )
    }

    /// The law, said another way: what must have been so for data to be gone.
    #[derive(Default)]
    struct Witness {
        held: bool,
        asked: Option<String>,
        agreed: Option<(String, String)>,
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn nothing_is_destroyed_but_after_its_time_unheld_and_by_two(
            first in prop::collection::vec(holding(), 1..4),
            story in prop::collection::vec(happening(), 1..40),
        ) {
            let mut holdings = first;
            let mut subject = Subject::active(terms(&holdings));
            let (mut witness, mut today) = (Witness::default(), epoch());
            for (others, made, who, days) in story {
                today = today.checked_add_days(Days::new(days)).unwrap();
                if let Some(others) = others
                    && subject.state != State::Shredded
                {
                    holdings = others;
                    subject.terms = terms(&holdings);
                }
                let actor = format!("person {who}");
                let over = holdings.iter().all(|one| one.ended_on.is_some())
                    && subject.terms.due_from.is_some_and(|from| from <= today);
                let before = subject.clone();
                let after = subject.apply(made, &actor, today);
                match made {
                    Move::Shred if after.is_ok() => {
                        prop_assert!(over && !witness.held && before.state == State::Approved);
                        let (asked, agreed) = witness.agreed.clone().expect("two persons");
                        prop_assert_ne!(asked, agreed);
                    }
                    Move::Request if after.is_ok() => {
                        prop_assert!(over && !witness.held);
                        witness.asked = Some(actor.clone());
                    }
                    Move::Approve if after.is_ok() => {
                        prop_assert!(over && !witness.held);
                        witness.agreed = witness.asked.take().map(|asked| (asked, actor.clone()));
                    }
                    Move::Refuse | Move::Resume if after.is_ok() => {
                        witness.asked = None;
                        witness.agreed = None;
                    }
                    Move::Hold if after.is_ok() => witness = Witness { held: true, ..Witness::default() },
                    Move::Lift if after.is_ok() => witness.held = false,
                    _ => {}
                }
                if let Ok(after) = after {
                    prop_assert!(before.state != State::Shredded);
                    subject = after;
                }
            }
        }

        #[test]
        fn ten_thousand_attempts_inside_retention_or_hold_are_refused(
            attempts in prop::collection::vec((holding(), any::<bool>(), 0u64..8_000, 0usize..3, 0u8..5), 5),
        ) {
            for (holding, held, after, which, state) in attempts {
                let (today, made) = (day(after), [Move::Request, Move::Approve, Move::Shred][which]);
                let terms = terms(&[holding]);
                let inside = terms.due_from.is_none_or(|from| today < from);
                let subject = Subject {
                    state: State::ALL[usize::from(state)],
                    terms,
                    held,
                    requested_by: Some("another".into()),
                };
                if inside || held {
                    prop_assert!(subject.apply(made, "somebody", today).is_err(), "{subject:?} {made:?}");
                }
            }
        }
    }
}
