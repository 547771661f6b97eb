//! Timers: named cases by hand, every deadline of a year against the oracle.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;
use zhenshi_domain::{
    calendar::{Calendar, Notice},
    deadline::{DeadlineInputs, Stop, deadline},
    timer::{
        Clock, DEFAULT_WORK_BEGINS, Kept, Recipient, Replan, Timer, TimerKind, overdue_days, replan, timers,
        timers_of,
    },
};

use super::oracle::{Oracle, instant};

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::shipped().unwrap());
static ORACLE: LazyLock<Oracle> = LazyLock::new(Oracle::new);

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("2026-{text}:00+08:00")).unwrap().with_timezone(&Utc)
}

fn planned(clock: Clock, due: &str, now: &str) -> Vec<Timer> {
    timers_of(clock, at(due), &CALENDAR, DEFAULT_WORK_BEGINS, at(now))
}

fn shown(timers: &[Timer]) -> Vec<(TimerKind, i16, DateTime<Utc>, Recipient)> {
    timers.iter().map(|timer| (timer.kind, timer.step, timer.due_time, timer.recipient)).collect()
}

#[test]
fn the_clerk_is_reminded_and_each_working_day_after_one_further_up_is_told() {
    // Due at the end of Thursday, 26 November.
    assert_eq!(
        shown(&planned(Clock::Investigation, "11-27T00:00", "11-23T10:00")),
        [
            (TimerKind::Reminder, 0, at("11-25T09:00"), Recipient::Clerk),
            (TimerKind::Due, 1, at("11-27T00:00"), Recipient::Clerk),
            (TimerKind::Escalation, 2, at("11-27T09:00"), Recipient::TeamLeader),
            (TimerKind::Escalation, 3, at("11-30T09:00"), Recipient::ChannelHead),
            (TimerKind::Escalation, 4, at("12-01T09:00"), Recipient::Compliance),
        ]
    );
}

#[test]
fn reminders_and_escalations_keep_to_working_days() {
    for (due, times) in [
        // A call-back in the middle of a day: that day is the deadline's.
        ("11-25T10:30", ["11-24T09:00", "11-25T10:30", "11-26T09:00", "11-27T09:00", "11-30T09:00"]),
        // Cooling-off ends on a Sunday: reminded on Friday, told on Sunday's end, up from Monday on.
        ("11-30T00:00", ["11-27T09:00", "11-30T00:00", "11-30T09:00", "12-01T09:00", "12-02T09:00"]),
        // Within National Day: 1 to 7 October off, Saturday the 10th worked.
        ("10-04T00:00", ["09-30T09:00", "10-04T00:00", "10-08T09:00", "10-09T09:00", "10-10T09:00"]),
        // The first working day after Spring Festival: reminded on the make-up Saturday before it.
        ("02-25T00:00", ["02-14T09:00", "02-25T00:00", "02-25T09:00", "02-26T09:00", "02-27T09:00"]),
    ] {
        let found: Vec<_> =
            planned(Clock::Investigation, due, "01-02T10:00").iter().map(|timer| timer.due_time).collect();
        assert_eq!(found, times.map(at), "{due}");
    }
}

#[test]
fn a_reminder_that_comes_too_late_is_left_out() {
    // Assigned at the very minute, and just before.
    assert_eq!(planned(Clock::Investigation, "11-27T00:00", "11-25T09:00")[0].kind, TimerKind::Due);
    assert_eq!(planned(Clock::Investigation, "11-27T00:00", "11-25T08:59")[0].kind, TimerKind::Reminder);
}

#[test]
fn what_is_overdue_from_the_beginning_is_told_at_once_and_goes_up_from_today() {
    let found = shown(&planned(Clock::Investigation, "11-17T00:00", "11-23T10:00"));
    assert_eq!(
        found,
        [
            (TimerKind::Due, 1, at("11-17T00:00"), Recipient::Clerk),
            (TimerKind::Escalation, 2, at("11-24T09:00"), Recipient::TeamLeader),
            (TimerKind::Escalation, 3, at("11-25T09:00"), Recipient::ChannelHead),
            (TimerKind::Escalation, 4, at("11-26T09:00"), Recipient::Compliance),
        ]
    );
}

#[test]
fn each_clock_tells_its_own_people() {
    assert_eq!(
        shown(&planned(Clock::Verification, "11-25T00:00", "11-23T10:00")),
        [
            (TimerKind::Due, 1, at("11-25T00:00"), Recipient::CustomerService),
            (TimerKind::Escalation, 2, at("11-25T09:00"), Recipient::Compliance),
        ]
    );
    let assist = planned(Clock::Assist, "11-26T00:00", "11-23T10:00");
    assert!(assist.iter().all(|timer| timer.clock == Clock::Assist));
    assert_eq!(assist.len(), 5);
}

#[test]
fn nothing_is_planned_while_nothing_can_fall_due() {
    let inputs = |until| DeadlineInputs {
        channel_received_time: at("11-23T10:00"),
        applications: Vec::new(),
        stops: vec![Stop { from: at("11-24T10:00"), until }],
        extended_working_days: 0,
    };
    let plan = |until| {
        let found = deadline(&CALENDAR, "shipped", &inputs(until));
        timers(&found, &CALENDAR, DEFAULT_WORK_BEGINS, at("11-25T10:00"))
    };
    assert_eq!(plan(None), []);
    // Returned the day after: due a working day later, at Friday's end.
    let again = plan(Some(at("11-25T10:00")));
    assert_eq!(again[0].due_time, at("11-26T09:00"));
    assert_eq!((again[1].kind, again[1].due_time), (TimerKind::Due, at("11-28T00:00")));
}

#[test]
fn work_begins_when_configured() {
    let eight = NaiveTime::from_hms_opt(8, 30, 0).unwrap();
    let found = timers_of(Clock::Investigation, at("11-27T00:00"), &CALENDAR, eight, at("11-23T10:00"));
    assert_eq!((found[0].due_time, found[2].due_time), (at("11-25T08:30"), at("11-27T08:30")));
}

/// What is kept after planning at `now`: everything that was due by `sent_until` is sent.
fn kept(timers: &[Timer], due: &str, now: &str, sent_until: &str) -> Vec<Kept> {
    let of = |timer: &Timer| Kept {
        timer: *timer,
        deadline_time: at(due),
        planned_time: at(now),
        sent: timer.due_time <= at(sent_until),
    };
    timers.iter().map(of).collect()
}

fn again(due: Option<&str>, kept: &[Kept], now: &str) -> Replan {
    let due = due.map(at);
    replan(Clock::Investigation, due, kept, &CALENDAR, DEFAULT_WORK_BEGINS, at(now))
}

#[test]
fn a_moved_deadline_cancels_what_is_not_sent_and_plans_anew() {
    let first = planned(Clock::Investigation, "11-27T00:00", "11-23T10:00");
    let rows = kept(&first, "11-27T00:00", "11-23T10:00", "11-25T12:00");
    // To a later day: the reminder was sent for the old one.
    let moved = again(Some("12-01T00:00"), &rows, "11-26T10:00");
    assert_eq!(moved.cancel, [1, 2, 3, 4]);
    assert_eq!(moved.add, planned(Clock::Investigation, "12-01T00:00", "11-26T10:00"));
    assert_eq!(moved.add.len(), 5);
    // The same again: nothing.
    let same = again(Some("11-27T00:00"), &rows, "11-26T10:00");
    assert_eq!((same.cancel, same.add), (vec![], vec![]));
    // Nothing can fall due: everything that is not sent goes.
    assert_eq!(again(None, &rows, "11-26T10:00").cancel, [1, 2, 3, 4]);
    // There and back: what was sent for the first is not sent again.
    let back = kept(&first[..1], "11-27T00:00", "11-23T10:00", "11-25T12:00");
    let returned = again(Some("11-27T00:00"), &back, "11-26T10:00");
    assert_eq!(returned.add, first[1..]);
}

#[test]
fn what_should_have_been_sent_by_now_still_is() {
    let first = planned(Clock::Investigation, "11-27T00:00", "11-23T10:00");
    let rows = kept(&first, "11-27T00:00", "11-23T10:00", "11-23T10:00");
    for now in ["11-25T09:00", "11-27T00:00", "11-27T09:30", "12-01T09:30"] {
        let same = again(Some("11-27T00:00"), &rows, now);
        assert_eq!((same.cancel, same.add), (vec![], vec![]), "{now}");
    }
}

#[test]
fn after_a_stop_it_goes_on_with_the_next_one_up() {
    let first = planned(Clock::Investigation, "11-27T00:00", "11-23T10:00");
    // The team leader was told on Friday; then it was submitted, and on Wednesday it comes back, still overdue.
    let rows = kept(&first[..3], "11-27T00:00", "11-23T10:00", "11-27T09:00");
    let on = again(Some("11-27T00:00"), &rows, "12-02T10:00");
    assert_eq!(
        shown(&on.add),
        [
            (TimerKind::Escalation, 3, at("12-03T09:00"), Recipient::ChannelHead),
            (TimerKind::Escalation, 4, at("12-04T09:00"), Recipient::Compliance),
        ]
    );
    assert_eq!(on.planned_time, Some(at("12-02T10:00")));
    // Looked at again while the first of these is sent and the second is not: nothing changes.
    let mut rows = rows;
    rows.extend(kept(&on.add, "11-27T00:00", "12-02T10:00", "12-03T09:00"));
    let same = again(Some("11-27T00:00"), &rows, "12-03T10:00");
    assert_eq!((same.cancel, same.add), (vec![], vec![]));
    // All of them told: nobody is left.
    let all = kept(&first, "11-27T00:00", "11-23T10:00", "12-31T00:00");
    assert_eq!(again(Some("11-27T00:00"), &all, "12-31T00:00").add, []);
}

#[test]
fn another_calendar_moves_what_is_not_sent() {
    let first = planned(Clock::Investigation, "11-27T00:00", "11-23T10:00");
    let rows = kept(&first, "11-27T00:00", "11-23T10:00", "11-25T12:00");
    let notice = CALENDAR.notices().find(|notice| notice.year() == 2026).unwrap();
    let off = notice.off_days().chain([NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()]);
    let off: Vec<_> = off.chain([NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()]).collect();
    let mut revised = CALENDAR.clone();
    revised.load(Notice::new(2026, Vec::new(), off, notice.make_up_days().collect::<Vec<_>>()).unwrap());
    let due = Some(at("11-27T00:00"));
    let found = replan(Clock::Investigation, due, &rows, &revised, DEFAULT_WORK_BEGINS, at("11-26T10:00"));
    // The reminder was sent; Friday is off now, so it goes up from Monday on.
    assert_eq!(found.cancel, [2, 3, 4]);
    let times: Vec<_> = found.add.iter().map(|timer| (timer.step, timer.due_time)).collect();
    assert_eq!(times, [(2, at("11-30T09:00")), (3, at("12-01T09:00")), (4, at("12-02T09:00"))]);
}

#[test]
fn overdue_is_counted_in_working_days() {
    for (now, days) in [
        ("11-26T23:59", 0),
        ("11-27T00:00", 1),
        ("11-27T23:00", 1),
        ("11-29T10:00", 1),
        ("11-30T09:00", 2),
        ("12-02T09:00", 4),
    ] {
        assert_eq!(overdue_days(&CALENDAR, at("11-27T00:00"), at(now)), days, "{now}");
    }
}

#[test]
fn numbers_are_one_to_one_from_one() {
    for (place, clock) in (1..).zip(Clock::ALL) {
        assert_eq!((clock.code(), Clock::from_code(place)), (place, Some(clock)));
    }
    for (place, kind) in (1..).zip(TimerKind::ALL) {
        assert_eq!((kind.code(), TimerKind::from_code(place)), (place, Some(kind)));
    }
    for (place, recipient) in (1..).zip(Recipient::ALL) {
        assert_eq!((recipient.code(), Recipient::from_code(place)), (place, Some(recipient)));
    }
    assert_eq!((Clock::from_code(0), TimerKind::from_code(4), Recipient::from_code(6)), (None, None, None));
}

#[test]
fn every_deadline_of_2019_to_2026_is_told_as_the_oracle_says() {
    let first = NaiveDate::from_ymd_opt(2019, 1, 15).unwrap();
    let last = NaiveDate::from_ymd_opt(2026, 12, 10).unwrap();
    for date in first.iter_days().take_while(|date| *date <= last) {
        for hour in [0, 9, 15] {
            for ago in [-30, 0, 40, 100] {
                let due = instant(date, hour);
                let now = due - TimeDelta::hours(ago);
                let found = timers_of(Clock::Investigation, due, &CALENDAR, DEFAULT_WORK_BEGINS, now);
                let steps: Vec<_> = found.iter().map(|timer| (timer.step, timer.due_time)).collect();
                assert_eq!(steps, ORACLE.timers(due, now), "due {due}, now {now}");
            }
        }
    }
}

proptest! {
    #[test]
    fn steps_go_up_in_time_each_once(seconds in 1_546_272_000_i64..1_796_000_000, ahead in -400_i64..400) {
        let due = DateTime::from_timestamp(seconds, 0).unwrap();
        let now = due - TimeDelta::hours(ahead);
        let found = timers_of(Clock::Investigation, due, &CALENDAR, DEFAULT_WORK_BEGINS, now);
        prop_assert!(found.windows(2).all(|pair| pair[0].due_time < pair[1].due_time && pair[0].step < pair[1].step));
        // Planned again at once: the same, so that nothing is told twice.
        prop_assert_eq!(&found, &timers_of(Clock::Investigation, due, &CALENDAR, DEFAULT_WORK_BEGINS, now));
        for timer in found.iter().filter(|timer| timer.kind != TimerKind::Due) {
            prop_assert!(timer.due_time > now || due > now);
        }
    }
    /// Deadlines that move, stops, and a worker that sends what is due, late or not: nobody is told a step of a deadline
    /// twice, and whatever stays planned is of the deadline in force.
    #[test]
    fn however_a_deadline_moves_each_step_of_it_is_told_once(
        moves in prop::collection::vec((prop::option::weighted(0.8, 0_usize..3), 1_i64..60, any::<bool>()), 1..25),
    ) {
        let dues = [at("11-27T00:00"), at("11-25T10:30"), at("12-03T00:00")];
        let mut now = at("11-20T10:00");
        let mut rows: Vec<Kept> = Vec::new();
        for (due, hours, sends) in moves {
            let due = due.map(|place| dues[place]);
            let found = replan(Clock::Investigation, due, &rows, &CALENDAR, DEFAULT_WORK_BEGINS, now);
            for place in found.cancel.iter().rev() {
                prop_assert!(!rows.remove(*place).sent);
            }
            for timer in found.add {
                rows.push(Kept { timer, deadline_time: due.unwrap(), planned_time: found.planned_time.unwrap(), sent: false });
            }
            prop_assert!(rows.iter().filter(|row| !row.sent).all(|row| Some(row.deadline_time) == due));
            for (place, row) in rows.iter().enumerate() {
                let twice = |other: &Kept| (other.deadline_time, other.timer.step) == (row.deadline_time, row.timer.step);
                prop_assert!(!rows[..place].iter().any(twice));
            }
            // Everybody up to compliance has been told of this deadline, or will be.
            if let Some(due) = due {
                for step in 1..5 {
                    prop_assert!(rows.iter().any(|row| row.deadline_time == due && row.timer.step == step));
                }
            }
            now += TimeDelta::hours(hours);
            if sends {
                rows.iter_mut().filter(|row| row.timer.due_time <= now).for_each(|row| row.sent = true);
            }
        }
    }
}
