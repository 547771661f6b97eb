//! Relatives whom an application declares, and one that no longer does.

use super::super::super::draft::{Draft, DraftAccount};
use super::super::super::holders::of_phone;
use super::super::super::household::{Household, Member};
use super::super::super::wire::{Purpose, Relation};
use super::super::LIST_OF_DAY;
use super::super::script::Pen;
use super::SAME_PHONE;

/// A household with one relative, and the relative's own policy with the policyholder's phone.
fn relatives(pen: &mut Pen<'_>, household: Household, account_too: bool) -> [Draft; 2] {
    let declared = pen.household(household);
    let relative = declared.insured(0).unwrap_or(&declared.policyholder).clone();
    let mut own = pen.policy(relative);
    own.policyholder.phone.clone_from(&declared.policyholder.phone);
    if account_too {
        own.policyholder.bank.clone_from(&declared.policyholder.bank);
        own.accounts = vec![DraftAccount::of(Purpose::Premium, &own.policyholder)];
    }
    [declared, own]
}

fn excused(pen: &mut Pen<'_>, household: Household) {
    let [first, second] = pen.two_days();
    let account_too = pen.pick(&[true, false]);
    let [declared, own] = relatives(pen, household, account_too);
    // The declaration may come after the sharing, within a period.
    let first_part = pen.pick(&[0, 2, 1]);
    let same_day = pen.pick(&[false, false, true]);
    pen.send((first, first_part), &declared);
    pen.send((if same_day { first } else { second }, 1), &own);
}

pub(super) fn spouse(pen: &mut Pen<'_>) {
    excused(pen, Household::Spouse);
}

pub(super) fn parent(pen: &mut Pen<'_>) {
    excused(pen, Household::Parent);
}

/// Not by the relation, which is none of the family, but because he is a minor.
pub(super) fn minor(pen: &mut Pen<'_>) {
    let day = pen.day();
    let mut draft = pen.household(Household::Child);
    let phone = draft.policyholder.phone.clone();
    for member in &mut draft.members {
        member.relation = Relation::Other;
        if let Some(human) = &mut member.human {
            human.phone.clone_from(&phone);
        }
    }
    pen.send((day, 0), &draft);
}

/// The application that declared them relatives is revised and insures the policyholder only.
pub(super) fn withdrawn(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [mut declared, own] = relatives(pen, Household::Spouse, false);
    pen.send((first, 0), &declared);
    pen.send((first, 1), &own);
    declared.revision = 2;
    declared.members = vec![Member { relation: Relation::Oneself, human: None }];
    pen.send((second, 0), &declared);
    let phone = &declared.policyholder.phone;
    let holders =
        [of_phone(&own, LIST_OF_DAY[first], phone), of_phone(&declared, LIST_OF_DAY[second], phone)];
    pen.expect(second, SAME_PHONE, &holders.concat());
}
