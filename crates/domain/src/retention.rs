//! Retention (保管期限): how long the law wants a person's data kept, and from when they may be destroyed.
//!
//! [`CLASSES`] is the table: a class of holding, for how many years it must and for how many it may be kept, and the law
//! that says so. What is held of a person is a list of [`Holding`]s; [`terms`] says what follows for the person: the longest
//! term decides, because a person is destroyed as a whole. The way to the end is the machine of [`erasure`](crate::erasure).
//! To add a class: its variant, its row in [`CLASSES`], and where the store finds it (`src/store/retention/facts.rs`).

use chrono::{Days, Months, NaiveDate};

/// What is held of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A policy in force, an application under way, an open case, an active entry of the directory.
    InUse,
    /// A policy that ended: surrendered or cancelled.
    EndedPolicy,
    /// An application that was declined or not taken up.
    NotTakenUp,
    /// An application that was rejected here and never corrected.
    Rejected,
    /// Evidence and words of a case.
    Evidence,
    /// An entry of the directory that is out of use.
    FormerSeller,
    /// The audit log. It holds no personal data and is never destroyed with a person.
    Audit,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRule {
    /// The class.
    pub class: Class,
    /// Years that it must be kept after its end; none while it has no end.
    pub floor_years: Option<u32>,
    /// Years after which it has to be destroyed; none if nothing asks for that.
    pub ceiling_years: Option<u32>,
    /// Days after its end in which it may still be worked with; then only storage and protection are left.
    pub active_days: u64,
    /// The law.
    pub law: &'static str,
}

/// How long what is kept. A year between floor and ceiling leaves room for the half-yearly inspections.
pub const CLASSES: [ClassRule; 7] = [
    ClassRule {
        class: Class::InUse,
        floor_years: None,
        ceiling_years: None,
        active_days: 0,
        law: "PIPL 13(2): needed for the contract",
    },
    ClassRule {
        class: Class::EndedPolicy,
        floor_years: Some(10),
        ceiling_years: Some(11),
        active_days: 0,
        law: "AML Law (2024) 34: 10 years after the relationship ends; Insurance Law 87: 5 years, 10 for terms over one year",
    },
    ClassRule {
        class: Class::NotTakenUp,
        floor_years: Some(3),
        ceiling_years: Some(4),
        active_days: 0,
        law: "PIPL 19: the shortest time necessary; Civil Code 188: claims lapse after 3 years",
    },
    ClassRule {
        class: Class::Rejected,
        floor_years: Some(3),
        ceiling_years: Some(4),
        // A rejected application is one to be corrected.
        active_days: 180,
        law: "PIPL 19: the shortest time necessary; Civil Code 188: claims lapse after 3 years",
    },
    ClassRule {
        class: Class::Evidence,
        floor_years: Some(10),
        ceiling_years: Some(11),
        active_days: 0,
        law: "AML Law (2024) 34: what was found in knowing the customer, 10 years",
    },
    ClassRule {
        class: Class::FormerSeller,
        floor_years: Some(5),
        ceiling_years: Some(6),
        active_days: 0,
        law: "Insurance Law 87 with PIPL 19: as long as what he sold may be asked about at least",
    },
    ClassRule {
        class: Class::Audit,
        floor_years: Some(3),
        ceiling_years: None,
        active_days: 0,
        law: "PIPL 56, Network Data Regulation 12: records of processing 3 years; Cybersecurity Law 21: logs 6 months",
    },
];

impl Class {
    /// Its row.
    pub fn rule(self) -> &'static ClassRule {
        // Every class has its row (tested below), so the fallback is never taken.
        CLASSES.iter().find(|rule| rule.class == self).unwrap_or(&CLASSES[0])
    }

    /// How certificates and answers name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InUse => "IN_USE",
            Self::EndedPolicy => "ENDED_POLICY",
            Self::NotTakenUp => "NOT_TAKEN_UP",
            Self::Rejected => "REJECTED",
            Self::Evidence => "EVIDENCE",
            Self::FormerSeller => "FORMER_SELLER",
            Self::Audit => "AUDIT",
        }
    }
}

/// One thing that is held of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// What it is.
    pub class: Class,
    /// The day, in Asia/Shanghai, on which it ended; none while it goes on.
    pub ended_on: Option<NaiveDate>,
}

/// What follows for the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// First day on which only storage and protection are allowed; none while something goes on.
    pub restricted_from: Option<NaiveDate>,
    /// First day on which everything may be destroyed; none while something goes on.
    pub due_from: Option<NaiveDate>,
    /// Day by which it has to be destroyed, unless it is held.
    pub destroy_by: Option<NaiveDate>,
}

/// The terms of a person of whom `holdings` are held. Of nothing nothing follows: there is nobody to destroy.
pub fn terms(holdings: &[Holding]) -> Terms {
    let mut all = Terms::default();
    for holding in holdings {
        let rule = holding.class.rule();
        let (Some(ended), Some(floor)) = (holding.ended_on, rule.floor_years) else {
            return Terms::default();
        };
        all.restricted_from = all.restricted_from.max(after_days(ended, rule.active_days));
        all.due_from = all.due_from.max(after_years(ended, floor));
        all.destroy_by =
            all.destroy_by.max(rule.ceiling_years.and_then(|ceiling| after_years(ended, ceiling)));
    }
    // Nothing is destroyed that may still be worked with.
    all.due_from = all.due_from.max(all.restricted_from);
    all
}

fn after_days(day: NaiveDate, days: u64) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(days))
}

/// The first day after so many whole years: the anniversary itself still belongs to them.
fn after_years(day: NaiveDate, years: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(years.checked_mul(12)?))?.succ_opt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn held(class: Class, ended_on: Option<NaiveDate>) -> Holding {
        Holding { class, ended_on }
    }

    #[test]
    fn every_class_has_one_row_in_order_of_floor_and_ceiling_with_its_law() {
        let all = [
            Class::InUse,
            Class::EndedPolicy,
            Class::NotTakenUp,
            Class::Rejected,
            Class::Evidence,
            Class::FormerSeller,
            Class::Audit,
        ];
        for class in all {
            assert_eq!(CLASSES.iter().filter(|rule| rule.class == class).count(), 1, "{class:?}");
            let rule = class.rule();
            assert!(!rule.law.is_empty() && !class.name().is_empty());
            if let (Some(floor), Some(ceiling)) = (rule.floor_years, rule.ceiling_years) {
                assert!(floor < ceiling, "{class:?}");
            }
        }
    }

    #[test]
    fn the_law_s_own_numbers() {
        let ended = day(2026, 3, 1);
        for (class, due) in [
            (Class::EndedPolicy, day(2036, 3, 2)),
            (Class::Evidence, day(2036, 3, 2)),
            (Class::NotTakenUp, day(2029, 3, 2)),
            (Class::Rejected, day(2029, 3, 2)),
            (Class::FormerSeller, day(2031, 3, 2)),
        ] {
            assert_eq!(terms(&[held(class, Some(ended))]).due_from, Some(due), "{class:?}");
        }
        // The 29th of February has its anniversary on the 28th.
        let leap = terms(&[held(Class::NotTakenUp, Some(day(2028, 2, 29)))]);
        assert_eq!(leap.due_from, Some(day(2031, 3, 1)));
        assert_eq!(terms(&[held(Class::InUse, None)]), Terms::default());
        assert_eq!(terms(&[]), Terms::default());
    }

    fn holding() -> impl Strategy<Value = Holding> {
        let class = prop::sample::select(vec![
            Class::EndedPolicy,
            Class::NotTakenUp,
            Class::Rejected,
            Class::Evidence,
            Class::FormerSeller,
        ]);
        (class, 0u64..20_000)
            .prop_map(|(class, after)| held(class, day(1990, 1, 1).checked_add_days(Days::new(after))))
    }

    proptest! {
        #[test]
        fn the_longest_term_decides_and_what_goes_on_ends_nothing(
            holdings in prop::collection::vec(holding(), 1..6),
        ) {
            let all = terms(&holdings);
            for one in &holdings {
                let own = terms(&[*one]);
                prop_assert!(all.due_from >= own.due_from && all.restricted_from >= own.restricted_from);
            }
            prop_assert!(all.restricted_from <= all.due_from && all.due_from <= all.destroy_by);
            let mut open = holdings;
            open.push(held(Class::InUse, None));
            prop_assert_eq!(terms(&open), Terms::default());
        }
    }
}
