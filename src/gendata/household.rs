//! Households: who is insured beside or instead of the policyholder, and what families share.
//! A new composition is a variant of [`Household`] and an arm of [`found`].

use chrono::NaiveDate;

use super::luck::Luck;
use super::people::{Human, People, birth_date, eighteen};
use super::wire::{Relation, Sex};

/// Who is insured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Household {
    /// The policyholder himself.
    Oneself,
    /// The spouse.
    Spouse,
    /// A minor child.
    Child,
    /// A child who is eighteen on the day of the application.
    ChildOfAge,
    /// Spouse and two children.
    SpouseAndChildren,
    /// The policyholder himself and the spouse.
    OneselfAndSpouse,
    /// A parent.
    Parent,
    /// Somebody else.
    Other,
}

/// The compositions that real business has, with their weights.
const USUAL: [(Household, u32); 7] = [
    (Household::Oneself, 46),
    (Household::Spouse, 12),
    (Household::Child, 20),
    (Household::SpouseAndChildren, 5),
    (Household::OneselfAndSpouse, 9),
    (Household::Parent, 6),
    (Household::Other, 2),
];

/// An insured party. `human` is `None` for the policyholder himself.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) relation: Relation,
    pub(super) human: Option<Human>,
}

impl Household {
    /// A composition by its weight.
    pub(super) fn usual(luck: &mut Luck) -> Self {
        luck.weighted(&USUAL)
    }
}

/// Makes a policyholder and his insured parties. With `numbered` everybody has a resident number, so that any field
/// can be spoilt without a second finding.
pub(super) fn found(
    people: &mut People,
    luck: &mut Luck,
    household: Household,
    on: NaiveDate,
    numbered: bool,
) -> (Human, Vec<Member>) {
    let sex = luck.pick(&[Sex::Male, Sex::Female]);
    let ages = match household {
        Household::Child | Household::SpouseAndChildren => (28, 52),
        Household::ChildOfAge => (44, 60),
        _ => (22, 65),
    };
    let mut holder = people.adult(luck, on, ages, sex);
    if !numbered && luck.percent(3) {
        people.change_papers(luck, &mut holder);
    }
    let age = on.years_since(holder.birth).unwrap_or(ages.0);
    let mut family = Family { people, luck, holder: &holder, age, on, numbered };
    let members = match household {
        Household::Oneself => vec![oneself()],
        Household::Spouse => vec![family.spouse(true)],
        Household::Child => vec![family.child(true)],
        Household::ChildOfAge => vec![family.child_of_age()],
        Household::SpouseAndChildren => vec![family.spouse(false), family.child(true), family.child(false)],
        Household::OneselfAndSpouse => vec![oneself(), family.spouse(true)],
        Household::Parent => vec![family.parent()],
        Household::Other => vec![family.other()],
    };
    (holder, members)
}

fn oneself() -> Member {
    Member { relation: Relation::Oneself, human: None }
}

/// The makings of a policyholder's family.
struct Family<'a> {
    people: &'a mut People,
    luck: &'a mut Luck,
    holder: &'a Human,
    /// Age of the policyholder in years.
    age: u32,
    on: NaiveDate,
    numbered: bool,
}

impl Family<'_> {
    /// `may_share` for at most one member: only with the policyholder is a shared phone excused, not among members.
    fn spouse(&mut self, may_share: bool) -> Member {
        let ages = (self.age.saturating_sub(4).max(22), self.age + 4);
        let mut human = self.people.adult(self.luck, self.on, ages, self.holder.sex.other());
        if !self.numbered && self.luck.percent(2) {
            self.people.change_papers(self.luck, &mut human);
        }
        self.settle(&mut human, may_share, 25);
        Member { relation: Relation::Spouse, human: Some(human) }
    }

    fn child(&mut self, may_share: bool) -> Member {
        let oldest = self.age.saturating_sub(22).min(17);
        let sex = self.luck.pick(&[Sex::Male, Sex::Female]);
        let nearly_of_age = oldest == 17 && self.luck.percent(3);
        let birth = if nearly_of_age {
            eighteen(self.on, false)
        } else {
            birth_date(self.luck, self.on, (0, oldest))
        };
        let mut human = self.people.human(self.luck, birth, sex);
        if !self.numbered {
            let infant = self.on.years_since(birth).is_some_and(|age| age < 3);
            self.people.child_papers(self.luck, &mut human, infant);
        }
        self.settle(&mut human, may_share, 40);
        if human.phone != self.holder.phone {
            human.phone.clear();
        }
        human.landline.clear();
        human.email.clear();
        Member { relation: Relation::Child, human: Some(human) }
    }

    fn child_of_age(&mut self) -> Member {
        let sex = self.luck.pick(&[Sex::Male, Sex::Female]);
        let mut human = self.people.human(self.luck, eighteen(self.on, true), sex);
        self.settle(&mut human, false, 0);
        Member { relation: Relation::Child, human: Some(human) }
    }

    fn parent(&mut self) -> Member {
        let sex = self.luck.pick(&[Sex::Male, Sex::Female]);
        let ages = (self.age + 20, (self.age + 32).min(95));
        let mut human = self.people.adult(self.luck, self.on, ages, sex);
        self.settle(&mut human, true, 20);
        Member { relation: Relation::Parent, human: Some(human) }
    }

    fn other(&mut self) -> Member {
        let sex = self.luck.pick(&[Sex::Male, Sex::Female]);
        let human = self.people.adult(self.luck, self.on, (22, 65), sex);
        Member { relation: Relation::Other, human: Some(human) }
    }

    /// Most of a family lives together; some use one phone.
    fn settle(&mut self, human: &mut Human, may_share: bool, sharing_percent: u32) {
        if self.luck.percent(85) {
            human.home = self.holder.home.clone();
        }
        if may_share && self.luck.percent(sharing_percent) {
            human.phone.clone_from(&self.holder.phone);
        }
    }
}
