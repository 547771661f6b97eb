//! What comes late, twice or in another order than it was made, and revisions before and after the cut.

use super::super::super::holders::of_phone;
use super::super::LIST_OF_DAY;
use super::super::script::Pen;
use super::SAME_PHONE;
use super::sharing::{joins, listed_pair, pair};

pub(super) fn removed_before_cut(pen: &mut Pen<'_>) {
    // On the same day, or on the day off of the same period.
    let (shared, removed) =
        pen.pick(&[((0, 1), (0, 2)), ((1, 1), (2, 0)), ((3, 0), (3, 1)), ((4, 1), (4, 2))]);
    let [one, mut other] = pair(pen);
    pen.send((shared.0, 0), &one);
    pen.send(shared, &other);
    other.revision = 2;
    other.policyholder.phone = pen.world.people.numbers.mobile();
    pen.send(removed, &other);
}

/// The newer revision has a phone of its own; the older one, with the stranger's, comes after it and is superseded.
pub(super) fn late_older(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [one, older] = pair(pen);
    let mut newer = older.clone();
    newer.revision = 2;
    newer.policyholder.phone = pen.world.people.numbers.mobile();
    pen.send((first, 0), &one);
    pen.send((first, 1), &newer);
    let late = pen.pick(&[(first, 2), (second, 0)]);
    pen.send(late, &older);
}

/// The other way round: the late one would take the sharing away.
pub(super) fn late_clean(pen: &mut Pen<'_>) {
    let day = pen.day();
    let [one, mut newer] = pair(pen);
    let mut older = newer.clone();
    older.policyholder.phone = pen.world.people.numbers.mobile();
    newer.revision = 2;
    pen.send((day, 0), &one);
    pen.send((day, 1), &newer);
    pen.send((day, 2), &older);
    let phone = &one.policyholder.phone;
    let list = LIST_OF_DAY[day];
    pen.expect(day, SAME_PHONE, &[of_phone(&one, list, phone), of_phone(&newer, list, phone)].concat());
}

/// Sent again under the same request id, and the same content under another: nothing is new.
pub(super) fn sent_again(pen: &mut Pen<'_>) {
    let [first, second] = pen.two_days();
    let [one, other] = pair(pen);
    let (sent, repeated) = (pen.send((first, 0), &one), pen.send((first, 0), &other));
    pen.send_again((second, 0), sent);
    pen.send_repeated((second, 1), repeated);
    let phone = &one.policyholder.phone;
    let list = LIST_OF_DAY[first];
    pen.expect(first, SAME_PHONE, &[of_phone(&one, list, phone), of_phone(&other, list, phone)].concat());
}

/// Listed as it was at its cut, though the list may be made after the revision; the next one knows better.
pub(super) fn removed_after_cut(pen: &mut Pen<'_>) {
    let days = pen.three_days();
    let [one, mut other] = listed_pair(pen, days[0]);
    other.revision = 2;
    other.policyholder.phone = pen.world.people.numbers.mobile();
    pen.send((days[1], 0), &other);
    let phone = one.policyholder.phone.clone();
    let third = joins(pen, &phone);
    pen.send((days[2], 0), &third);
    let holders =
        [of_phone(&one, LIST_OF_DAY[days[0]], &phone), of_phone(&third, LIST_OF_DAY[days[2]], &phone)];
    pen.expect(days[2], SAME_PHONE, &holders.concat());
    // The same with the list that is made a day late.
    let [_, mut late] = listed_pair(pen, 3);
    late.revision = 2;
    late.policyholder.phone = pen.world.people.numbers.mobile();
    pen.send((4, 0), &late);
}
