//! Strangers who share a phone or an account, cleared pairs, and sharings that do not count.

use super::super::super::draft::{Draft, DraftAccount};
use super::super::super::holders::{of_account, of_phone};
use super::super::super::household::Household;
use super::super::super::truth::{ExpectedVerdict, FoundBy, PlantedFault};
use super::super::super::wire::{Kind, Purpose};
use super::super::script::Pen;
use super::super::{LIST_OF_DAY, LISTS};
use super::{SAME_BANK_ACCOUNT, SAME_PHONE};

/// Two policies of strangers with the first one's phone.
pub(super) fn pair(pen: &mut Pen<'_>) -> [Draft; 2] {
    // Of every two pairs one is sold by two channels.
    let (one, two_channels) = (pen.stranger(), pen.turn % 2 == 1);
    let mut other = if two_channels { pen.stranger_elsewhere() } else { pen.stranger() };
    other.policyholder.phone.clone_from(&one.policyholder.phone);
    [one, other]
}

/// Sends both, and the list of the day must say so.
pub(super) fn listed_pair(pen: &mut Pen<'_>, day: usize) -> [Draft; 2] {
    let pair = pair(pen);
    pen.send((day, 0), &pair[0]);
    pen.send((day, 1), &pair[1]);
    let phone = &pair[0].policyholder.phone;
    let list = LIST_OF_DAY[day];
    let holders = [of_phone(&pair[0], list, phone), of_phone(&pair[1], list, phone)].concat();
    pen.expect(day, SAME_PHONE, &holders);
    pair
}

/// A policy of another stranger with the phone.
pub(super) fn joins(pen: &mut Pen<'_>, phone: &str) -> Draft {
    let mut third = pen.stranger();
    phone.clone_into(&mut third.policyholder.phone);
    third
}

pub(super) fn phone(pen: &mut Pen<'_>) {
    let day = pen.day();
    listed_pair(pen, day);
}

pub(super) fn account(pen: &mut Pen<'_>) {
    let [first, second] = pen.one_or_two_days();
    let (one, mut other) = (pen.stranger(), pen.stranger());
    // In his own name, else the gate would see another payer.
    other.policyholder.bank.clone_from(&one.policyholder.bank);
    let purpose = pen.pick(&[Purpose::Premium, Purpose::Benefit]);
    other.accounts = vec![DraftAccount::of(purpose, &other.policyholder)];
    pen.send((first, 0), &one);
    pen.send((second, 2), &other);
    let number = &one.policyholder.bank.number;
    let holders =
        [of_account(&one, LIST_OF_DAY[first], number), of_account(&other, LIST_OF_DAY[second], number)];
    pen.expect(second, SAME_BANK_ACCOUNT, &holders.concat());
}

pub(super) fn claim_account(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let (one, other) = (pen.stranger(), pen.stranger());
    pen.send((first, 0), &one);
    pen.send((first, 1), &other);
    let mut claim = other;
    claim.kind = Kind::Claim;
    claim.policy_no = format!("P{}", claim.application_no);
    claim.original_application_no = claim.application_no;
    claim.application_no = pen.world.application_no();
    claim.policyholder.bank.clone_from(&one.policyholder.bank);
    claim.accounts = vec![DraftAccount::of(Purpose::Claim, &claim.policyholder)];
    pen.send((second, 0), &claim);
    let number = &one.policyholder.bank.number;
    let holders =
        [of_account(&one, LIST_OF_DAY[first], number), of_account(&claim, LIST_OF_DAY[second], number)];
    pen.expect(second, SAME_BANK_ACCOUNT, &holders.concat());
}

pub(super) fn third_joins(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let pair = listed_pair(pen, first);
    let phone = pair[0].policyholder.phone.clone();
    let third = joins(pen, &phone);
    pen.send((second, 0), &third);
    let mut holders: Vec<_> =
        pair.iter().flat_map(|draft| of_phone(draft, LIST_OF_DAY[first], &phone)).collect();
    holders.extend(of_phone(&third, LIST_OF_DAY[second], &phone));
    pen.expect(second, SAME_PHONE, &holders);
}

pub(super) fn no_relative(pen: &mut Pen<'_>) {
    let day = pen.day();
    let mut draft = pen.household(Household::Other);
    let phone = draft.policyholder.phone.clone();
    for human in draft.members.iter_mut().filter_map(|member| member.human.as_mut()) {
        human.phone.clone_from(&phone);
    }
    pen.send((day, 0), &draft);
    pen.expect(day, SAME_PHONE, &of_phone(&draft, LIST_OF_DAY[day], &phone));
}

/// A pair that is listed on the first day, cleared on the second, and shares again in a new policy on the third.
fn cleared_pair(pen: &mut Pen<'_>) -> ([usize; 3], Vec<Draft>) {
    // The list must have been made: that of the last day but one is made too late.
    let days = pen.pick(&[[0, 1, 3], [0, 3, 4], [1, 3, 4], [2, 3, 4]]);
    debug_assert!(LIST_OF_DAY[days[0]] < LISTS - 2);
    let pair = listed_pair(pen, days[0]);
    pen.clear((days[1], 0), LIST_OF_DAY[days[0]], SAME_PHONE, [&pair[0], &pair[1]]);
    let again = pen.policy(pair[1].policyholder.clone());
    pen.send((days[2], 0), &again);
    (days, [pair.to_vec(), vec![again]].concat())
}

pub(super) fn cleared(pen: &mut Pen<'_>) {
    cleared_pair(pen);
}

pub(super) fn cleared_and_joined(pen: &mut Pen<'_>) {
    let (days, drafts) = cleared_pair(pen);
    let phone = drafts[0].policyholder.phone.clone();
    let third = joins(pen, &phone);
    pen.send((days[2], 2), &third);
    let (before, now) = (LIST_OF_DAY[days[0]], LIST_OF_DAY[days[2]]);
    let mut holders: Vec<_> = drafts[..2].iter().flat_map(|draft| of_phone(draft, before, &phone)).collect();
    holders.extend(drafts[2..].iter().chain([&third]).flat_map(|draft| of_phone(draft, now, &phone)));
    pen.expect(days[2], SAME_PHONE, &holders);
}

pub(super) fn one_customer(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let one = pen.stranger();
    let again = pen.policy(one.policyholder.clone());
    pen.send((first, 0), &one);
    pen.send((second, 0), &again);
}

pub(super) fn group(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [one, mut other] = pair(pen);
    other.product.group = true;
    pen.send((first, 0), &one);
    pen.send_as((second, 0), &other, ExpectedVerdict::NotApplicable, Vec::new());
}

pub(super) fn rejected(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [one, other] = pair(pen);
    pen.send((first, 0), &one);
    let fault = PlantedFault {
        expected_code: "PRODUCT_CLASS_MISSING",
        field_path: "product.class".to_owned(),
        found_by: FoundBy::Gate,
        cause: "product class left out",
    };
    pen.send_as((second, 0), &other, ExpectedVerdict::Rejected, vec![fault]);
}
