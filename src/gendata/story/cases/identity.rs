//! Who somebody is: one certificate under two names, one person with two certificates, one number in two forms.

use super::super::super::holders::who;
use super::super::super::name::{Look, name};
use super::super::LIST_OF_DAY;
use super::super::script::Pen;
use super::{IDENTITY_CONFLICT, SAME_PERSON_TWICE};

pub(super) fn conflict(pen: &mut Pen<'_>) {
    let [first, second] = pen.one_or_two_days();
    let one = pen.stranger();
    let mut human = pen.human();
    // Somebody else in everything but the number and what it tells.
    (human.papers, human.birth, human.sex) =
        (one.policyholder.papers.clone(), one.policyholder.birth, one.policyholder.sex);
    let other = pen.policy(human);
    pen.send((first, 0), &one);
    pen.send((second, 1), &other);
    let holders = [who(&one, LIST_OF_DAY[first], |_| true), who(&other, LIST_OF_DAY[second], |_| true)];
    pen.expect(second, IDENTITY_CONFLICT, &holders.concat());
}

pub(super) fn twice(pen: &mut Pen<'_>) {
    let [first, second] = pen.one_or_two_days();
    let mut one = pen.human();
    // Without rare characters or dots: the truth is about certificates.
    one.name = name(pen.world.people.serial(), Look::Plain);
    let mut double = pen.world.people.human(pen.luck, one.birth, one.sex);
    double.name.clone_from(&one.name);
    let (one, other) = (pen.policy(one), pen.policy(double));
    pen.send((first, 0), &one);
    pen.send((second, 1), &other);
    let holders = [who(&one, LIST_OF_DAY[first], |_| true), who(&other, LIST_OF_DAY[second], |_| true)];
    pen.expect(second, SAME_PERSON_TWICE, &holders.concat());
}

pub(super) fn twins(pen: &mut Pen<'_>) {
    let [first, second] = pen.one_or_two_days();
    let mut one = pen.stranger();
    // At 30 and more he may have had a number of 15 digits; who cannot is a customer with two policies.
    let mut human = one.policyholder.clone();
    human.turn_number();
    if pen.turn.is_multiple_of(2) {
        std::mem::swap(&mut one.policyholder, &mut human);
    }
    let again = pen.policy(human);
    pen.send((first, 0), &one);
    pen.send((second, 0), &again);
}
