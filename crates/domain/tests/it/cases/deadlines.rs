//! Deadlines: named cases by hand, and every start of every shipped year against the oracle.

use std::sync::LazyLock;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use zhenshi_domain::{
    application::Channel,
    calendar::{Calendar, Certainty, Notice},
    cooling_off::Sale,
    deadline::{
        ApplicationDates, Basis, CoolingOff, Deadline, DeadlineInputs, Stop, channel_received_time, deadline,
        end_of_working_day,
    },
    policy::{CallBack, CallBackOutcome, PolicyCondition, PolicyStanding},
    profile::Profile,
};

use super::oracle::{Oracle, instant};

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::shipped().unwrap());
static ORACLE: LazyLock<Oracle> = LazyLock::new(Oracle::new);

pub(super) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}+08:00")).unwrap().with_timezone(&Utc)
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// 24:00 of a day.
pub(super) fn end(text: &str) -> DateTime<Utc> {
    instant(day(text) + Days::new(1), 0)
}

pub(super) fn received(text: &str) -> DeadlineInputs {
    DeadlineInputs {
        channel_received_time: at(text),
        applications: Vec::new(),
        stops: Vec::new(),
        extended_working_days: 0,
    }
}

pub(super) fn application(id: u128, call_back: Option<&str>, last_day: Option<&str>) -> ApplicationDates {
    let cooling_off = match last_day {
        Some(last) => CoolingOff::Ends { last_day: day(last), by_core: true },
        None => CoolingOff::NotSigned,
    };
    ApplicationDates { application_id: id, call_back_time: call_back.map(at), cooling_off }
}

pub(super) fn of(inputs: &DeadlineInputs) -> Deadline {
    deadline(&CALENDAR, "shipped", inputs)
}

#[test]
fn three_working_days_end_at_midnight_of_the_third() {
    for (start, due) in [
        // Just before midnight, and at it.
        ("2026-11-23T00:00:00", "2026-11-26"),
        ("2026-11-23T23:59:59", "2026-11-26"),
        ("2026-11-24T00:00:00", "2026-11-27"),
        // Over a weekend; on one.
        ("2026-11-26T10:00:00", "2026-12-01"),
        ("2026-11-27T23:59:59", "2026-12-02"),
        ("2026-11-28T00:00:00", "2026-12-02"),
        ("2026-11-29T12:00:00", "2026-12-02"),
        // On a holiday.
        ("2026-10-03T12:00:00", "2026-10-10"),
        // On a make-up Saturday, and over one.
        ("2026-10-10T09:00:00", "2026-10-14"),
        ("2026-10-08T09:00:00", "2026-10-12"),
        ("2026-02-13T09:00:00", "2026-02-25"),
        // A make-up Sunday counts, too.
        ("2026-09-17T09:00:00", "2026-09-21"),
        // Across Spring Festival and National Day.
        ("2026-02-12T17:00:00", "2026-02-24"),
        ("2026-02-14T23:59:59", "2026-02-26"),
        ("2025-01-24T09:00:00", "2025-02-05"),
        ("2026-09-29T09:00:00", "2026-10-09"),
        ("2026-09-30T23:59:59", "2026-10-10"),
        // Year's end.
        ("2025-12-30T09:00:00", "2026-01-05"),
        ("2025-12-31T23:59:59", "2026-01-06"),
        ("2026-01-01T00:00:00", "2026-01-06"),
        // Leap day: to it, over it, from it.
        ("2024-02-26T09:00:00", "2024-02-29"),
        ("2024-02-28T09:00:00", "2024-03-04"),
        ("2024-02-29T09:00:00", "2024-03-05"),
        ("2023-02-27T09:00:00", "2023-03-02"),
    ] {
        let found = of(&received(start));
        assert_eq!((found.due_time, found.basis), (end(due), Basis::WorkingDays), "{start}");
        assert!(!found.is_provisional() && found.stopped_since.is_none() && !found.is_extended());
        assert_eq!(
            (found.cooling_off_end_date, found.call_back_time, found.application_id),
            (None, None, None)
        );
        assert_eq!((found.calendar_version.as_str(), &found.inputs), ("shipped", &received(start)));
    }
}

#[test]
fn the_earliest_of_the_three_binds_and_says_whose_it_is() {
    // Received on a Monday: three working days end on Thursday, 26 November.
    for (applications, due, basis, id) in [
        (vec![], end("2026-11-26"), Basis::WorkingDays, None),
        (vec![application(1, None, None)], end("2026-11-26"), Basis::WorkingDays, None),
        (
            vec![application(1, Some("2026-11-25T10:30:00"), None)],
            at("2026-11-25T10:30:00"),
            Basis::CallBack,
            Some(1),
        ),
        (
            vec![application(1, Some("2026-11-27T10:30:00"), None)],
            end("2026-11-26"),
            Basis::WorkingDays,
            None,
        ),
        (vec![application(1, None, Some("2026-11-25"))], end("2026-11-25"), Basis::CoolingOff, Some(1)),
        // The last day of cooling-off is the customer's: it ends with it, and here with the third working day.
        (vec![application(1, None, Some("2026-11-26"))], end("2026-11-26"), Basis::WorkingDays, None),
        (vec![application(1, None, Some("2026-11-27"))], end("2026-11-26"), Basis::WorkingDays, None),
        (
            vec![application(1, Some("2026-11-26T09:00:00"), Some("2026-11-25"))],
            end("2026-11-25"),
            Basis::CoolingOff,
            Some(1),
        ),
        // The earliest among the case's applications.
        (
            vec![application(1, None, Some("2026-11-25")), application(2, None, Some("2026-11-24"))],
            end("2026-11-24"),
            Basis::CoolingOff,
            Some(2),
        ),
        (
            vec![application(1, Some("2026-11-25T09:00:00"), None), application(2, None, Some("2026-11-25"))],
            at("2026-11-25T09:00:00"),
            Basis::CallBack,
            Some(1),
        ),
    ] {
        let found = of(&DeadlineInputs { applications, ..received("2026-11-23T10:00:00") });
        assert_eq!((found.due_time, found.basis, found.application_id), (due, basis, id));
    }
    let two = vec![
        application(1, Some("2026-12-05T09:00:00"), Some("2026-12-07")),
        application(2, Some("2026-12-03T09:00:00"), Some("2026-12-09")),
    ];
    let found = of(&DeadlineInputs { applications: two, ..received("2026-11-23T10:00:00") });
    // Shown even where they do not bind.
    assert_eq!(found.call_back_time, Some(at("2026-12-03T09:00:00")));
    assert_eq!(found.cooling_off_end_date, Some(day("2026-12-07")));
}

#[test]
fn a_case_that_is_late_from_the_beginning_says_why() {
    let past = |dates| of(&DeadlineInputs { applications: vec![dates], ..received("2026-11-23T10:00:00") });
    let now = at("2026-11-23T10:00:00");
    let over = past(application(1, None, Some("2026-11-20")));
    assert_eq!((over.due_time, over.overdue(now)), (end("2026-11-20"), Some(Basis::CoolingOff)));
    let called = past(application(1, Some("2026-11-23T09:00:00"), None));
    assert_eq!(called.overdue(now), Some(Basis::CallBack));
    let in_time = past(application(1, None, None));
    assert_eq!(in_time.overdue(now), None);
    // At the very end of its day it is.
    assert_eq!(in_time.overdue(end("2026-11-26") - TimeDelta::nanoseconds(1)), None);
    assert_eq!(in_time.overdue(end("2026-11-26")), Some(Basis::WorkingDays));
}

#[test]
fn a_late_receipt_a_moved_call_back_and_a_revised_calendar_give_another_deadline() {
    let inputs = |applications| DeadlineInputs { applications, ..received("2026-11-23T10:00:00") };
    // Not signed; then the receipt becomes known, with ten days of which nine have gone.
    let before = of(&inputs(vec![application(1, None, None)]));
    assert_eq!((before.due_time, before.cooling_off_end_date), (end("2026-11-26"), None));
    let standing = PolicyStanding { receipt_date: Some(day("2026-11-14")), ..PolicyStanding::default() };
    let sale = Sale { channel: Channel::IndividualAgents, class: None, over_one_year: true };
    let dates =
        ApplicationDates::of(1, &standing, sale, &Profile::default(), at("2026-11-23T06:00:00")).unwrap();
    let after = of(&inputs(vec![dates]));
    assert_eq!((after.due_time, after.basis), (end("2026-11-24"), Basis::CoolingOff));
    // A call-back is moved forward, and back again.
    let moved = |time| of(&inputs(vec![application(1, Some(time), None)])).due_time;
    assert_eq!(moved("2026-11-25T15:00:00"), at("2026-11-25T15:00:00"));
    assert_eq!(moved("2026-11-24T15:00:00"), at("2026-11-24T15:00:00"));
    assert_eq!(moved("2026-11-30T15:00:00"), end("2026-11-26"));
    // A notice that makes 25 November an off-day and Saturday, the 28th, a working day.
    let mut revised = CALENDAR.clone();
    let notice = CALENDAR.notices().find(|notice| notice.year() == 2026).unwrap();
    let off: Vec<NaiveDate> = notice.off_days().chain([day("2026-11-25"), day("2026-11-26")]).collect();
    let make_up: Vec<NaiveDate> = notice.make_up_days().chain([day("2026-11-28")]).collect();
    revised.load(Notice::new(2026, Vec::new(), off, make_up).unwrap());
    let found = deadline(&revised, "shipped+1", &received("2026-11-23T10:00:00"));
    assert_eq!((found.due_time, found.calendar_version.as_str()), (end("2026-11-28"), "shipped+1"));
}

#[test]
fn only_policies_whose_new_business_is_not_over_set_dates() {
    let sale = Sale { channel: Channel::Bancassurance, class: None, over_one_year: true };
    let created = at("2026-11-23T06:00:00");
    let of =
        |standing: PolicyStanding| ApplicationDates::of(7, &standing, sale, &Profile::default(), created);
    let done = CallBack {
        scheduled_time: Some(at("2026-11-02T09:00:00")),
        outcome: Some(CallBackOutcome::Done { occurred_time: at("2026-11-02T09:00:00") }),
    };
    let signed = |date| PolicyStanding { receipt_date: Some(day(date)), ..PolicyStanding::default() };
    // By the table: 15 days at the bank. By the core: its own date.
    let by_table = of(signed("2026-11-14")).unwrap();
    assert_eq!(by_table.cooling_off, CoolingOff::Ends { last_day: day("2026-11-29"), by_core: false });
    let sent = PolicyStanding { cooling_off_end_date: Some(day("2026-12-04")), ..signed("2026-11-14") };
    assert_eq!(
        of(sent).unwrap().cooling_off,
        CoolingOff::Ends { last_day: day("2026-12-04"), by_core: true }
    );
    assert_eq!(of(PolicyStanding::default()).unwrap().cooling_off, CoolingOff::NotSigned);
    // Over since 19 November: while the call has not been made that is overdue, and says so.
    assert!(of(signed("2026-11-04")).is_some());
    assert_eq!(of(PolicyStanding { call_back: done, ..signed("2026-11-04") }), None);
    // Called, and cooling-off goes on: article 13 binds.
    let going_on = of(PolicyStanding { call_back: done, ..signed("2026-11-14") }).unwrap();
    assert_eq!(going_on.call_back_time, None);
    // The last day is included: a case of that day still has it.
    assert!(of(PolicyStanding { call_back: done, ..signed("2026-11-08") }).is_some());
    assert_eq!(of(PolicyStanding { call_back: done, ..signed("2026-11-07") }), None);
    for condition in [
        PolicyCondition::Surrendered,
        PolicyCondition::Cancelled,
        PolicyCondition::Declined,
        PolicyCondition::NotTakenUp,
    ] {
        assert_eq!(of(PolicyStanding { condition, ..signed("2026-11-14") }), None);
    }
}

#[test]
fn nothing_in_the_channel_restarts_the_clock_and_a_change_of_channel_does() {
    let (first, now) = (at("2026-11-23T10:00:00"), at("2026-11-25T10:00:00"));
    assert_eq!(channel_received_time(None, Channel::Direct, now), now);
    let had = Some((Channel::Direct, first));
    assert_eq!(channel_received_time(had, Channel::Direct, now), first);
    assert_eq!(channel_received_time(had, Channel::Bancassurance, now), now);
}

#[test]
fn a_date_in_a_year_without_notice_is_provisional_and_computed_again() {
    let found = of(&received("2026-12-30T10:00:00"));
    // 31 December, then weekdays less 1 January.
    assert_eq!((found.due_time, found.certainty), (end("2027-01-05"), Certainty::Provisional));
    assert_eq!(found.missing.map(|missing| missing.year), Some(2027));
    assert!(found.is_provisional());
    assert_eq!(of(&received("2026-12-23T10:00:00")).certainty, Certainty::NextNoticeOpen);
    let mut loaded = CALENDAR.clone();
    let dates = |dates: &[&str]| dates.iter().map(|date| day(date)).collect::<Vec<_>>();
    let off = dates(&["2027-01-01", "2027-01-04"]);
    loaded.load(Notice::new(2027, Vec::new(), off, dates(&["2027-01-02"])).unwrap());
    let settled = deadline(&loaded, "shipped+1", &received("2026-12-30T10:00:00"));
    assert_eq!((settled.due_time, settled.certainty), (end("2027-01-05"), Certainty::Settled));
    assert!(!settled.is_provisional());
}

#[test]
fn verification_and_assists_have_clocks_of_their_own() {
    for (start, days, due) in [
        ("2026-11-23T10:00:00", 1, "2026-11-24"),
        ("2026-11-27T23:59:59", 1, "2026-11-30"),
        ("2026-09-30T10:00:00", 1, "2026-10-08"),
        ("2026-11-23T10:00:00", 2, "2026-11-25"),
    ] {
        assert_eq!(end_of_working_day(&CALENDAR, at(start), days).value, end(due), "{start}");
    }
}

/// Starts on a day: its first and last instant, and some between.
fn starts(date: NaiveDate) -> [DateTime<Utc>; 5] {
    let midnight = instant(date, 0);
    [
        midnight,
        midnight + TimeDelta::nanoseconds(1),
        instant(date, 9),
        midnight + TimeDelta::hours(18),
        midnight + TimeDelta::days(1) - TimeDelta::nanoseconds(1),
    ]
}

#[test]
fn every_start_of_every_shipped_year_is_as_the_oracle_says() {
    let days = day("2019-01-01").iter_days().take_while(|date| *date <= day("2026-12-18"));
    let mut checked = 0;
    for start in days.flat_map(starts) {
        let inputs = DeadlineInputs { channel_received_time: start, ..received("2026-01-01T00:00:00") };
        let found = of(&inputs);
        assert_eq!(found.due_time, ORACLE.due(start, &[], &[], &[]), "{start}");
        assert!(!found.is_provisional(), "{start}");
        checked += 1;
    }
    assert!(checked > 14_000, "{checked}");
}

fn moments(hours: std::ops::Range<i64>, most: usize) -> impl Strategy<Value = Vec<TimeDelta>> {
    prop::collection::vec(hours.prop_map(TimeDelta::hours), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn deadlines_with_call_backs_cooling_off_extensions_and_stops_are_as_the_oracle_says(
        // So early in 2026 that nothing reaches the year that has no notice.
        seconds in 1_546_272_000_i64..1_794_000_000,
        call_backs in moments(-100..300, 4),
        last_days in moments(-100..300, 4),
        stops in prop::collection::vec((-50_i64..200, 0_i64..100), 0..4),
        open in prop::option::of(-50_i64..500),
        granted in 0_u16..=10,
    ) {
        let start = DateTime::from_timestamp(seconds, 0).unwrap();
        let after = |hours| start + TimeDelta::hours(hours);
        let call_backs: Vec<_> = call_backs.into_iter().map(|after| start + after).collect();
        let last_days: Vec<_> = last_days.into_iter().map(|after| super::oracle::shanghai_day(start + after)).collect();
        let spans: Vec<_> = stops.into_iter().map(|(from, long)| (after(from), after(from + long))).collect();
        let open = open.map(after);
        let called = call_backs.iter().map(|time| ApplicationDates {
            application_id: 1, call_back_time: Some(*time), cooling_off: CoolingOff::NotSigned,
        });
        let signed = last_days.iter().map(|last| ApplicationDates {
            application_id: 2, call_back_time: None, cooling_off: CoolingOff::Ends { last_day: *last, by_core: false },
        });
        let closed = spans.iter().map(|(from, until)| Stop { from: *from, until: Some(*until) });
        let inputs = DeadlineInputs {
            channel_received_time: start,
            applications: called.chain(signed).collect(),
            stops: closed.chain(open.map(|from| Stop { from, until: None })).collect(),
            extended_working_days: granted,
        };
        let found = of(&inputs);
        let customers = (call_backs.as_slice(), last_days.as_slice());
        let due = |days| ORACLE.due_of(days, start, customers, &spans, open);
        let granted = usize::from(granted);
        prop_assert_eq!(found.falls_due(), due(3 + granted).is_some());
        // What cannot fall due is what it was when it stopped.
        let stood = |days| ORACLE.due_of(days, start, customers, &spans, None).unwrap();
        prop_assert_eq!(found.due_time, due(3 + granted).unwrap_or_else(|| stood(3 + granted)));
        prop_assert_eq!(found.unextended_due_time, due(3).unwrap_or_else(|| stood(3)));
        // No stop shortens it, and each takes away no more than its own midnights.
        let unstopped = of(&DeadlineInputs { stops: Vec::new(), ..inputs.clone() });
        prop_assert!(found.working_days_due_time >= unstopped.working_days_due_time);
        prop_assert_eq!(found.is_extended(), found.due_time != found.unextended_due_time);
    }
}
