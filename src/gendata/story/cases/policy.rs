//! Policies that end before and after the cut, and one that is in force again.

use super::super::super::holders::of_phone;
use super::super::script::Pen;
use super::super::{LIST_OF_DAY, PolicyNews};
use super::SAME_PHONE;
use super::sharing::{joins, listed_pair, pair};

const ENDS: [PolicyNews; 4] =
    [PolicyNews::Surrendered, PolicyNews::NotTakenUp, PolicyNews::Declined, PolicyNews::Cancelled];

pub(super) fn ended_before_cut(pen: &mut Pen<'_>) {
    let day = pen.day();
    let [one, other] = pair(pen);
    pen.send((day, 0), &one);
    pen.send((day, 1), &other);
    let news = pen.pick(&ENDS);
    // The core may be faster than the application.
    let part = pen.pick(&[2, 2, 0]);
    pen.tell((day, part), &other, news);
}

pub(super) fn ended_after_cut(pen: &mut Pen<'_>) {
    let days = pen.three_days();
    let [one, other] = listed_pair(pen, days[0]);
    let news = pen.pick(&ENDS);
    pen.tell((days[1], 0), &other, news);
    let phone = one.policyholder.phone.clone();
    let third = joins(pen, &phone);
    pen.send((days[2], 0), &third);
    let holders =
        [of_phone(&one, LIST_OF_DAY[days[0]], &phone), of_phone(&third, LIST_OF_DAY[days[2]], &phone)];
    pen.expect(days[2], SAME_PHONE, &holders.concat());
}

/// Its contacts are news on the day on which it counts again.
pub(super) fn reinstated(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [one, other] = pair(pen);
    pen.send((first, 0), &one);
    pen.send((first, 0), &other);
    let news = pen.pick(&ENDS);
    pen.tell((first, 1), &other, news);
    pen.tell((second, 1), &other, PolicyNews::Reinstated);
    let phone = &one.policyholder.phone;
    let holders = [of_phone(&one, LIST_OF_DAY[first], phone), of_phone(&other, LIST_OF_DAY[second], phone)];
    pen.expect(second, SAME_PHONE, &holders.concat());
}
