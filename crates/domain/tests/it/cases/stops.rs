//! What stops the clock of a deadline, and what moves it: submissions, pauses, extensions.

use chrono::NaiveDate;
use zhenshi_domain::{
    calendar::{Calendar, Certainty, Notice},
    deadline::{Basis, DeadlineInputs, Stop, deadline},
};

use super::deadlines::{application, at, day, end, of, received};

fn stop(from: &str, until: &str) -> Stop {
    Stop { from: at(from), until: Some(at(until)) }
}

#[test]
fn a_working_day_counts_when_its_end_finds_the_clock_running() {
    // Received on Monday, 23 November 2026; without a stop due at the end of Thursday.
    for (stops, due) in [
        // Submitted and returned on one day: nothing changes.
        (vec![stop("2026-11-24T10:00:00", "2026-11-24T16:00:00")], "2026-11-26"),
        // Over one midnight of a working day: one more.
        (vec![stop("2026-11-24T10:00:00", "2026-11-25T09:00:00")], "2026-11-27"),
        (vec![stop("2026-11-24T23:59:59", "2026-11-25T00:00:00")], "2026-11-27"),
        // Submitted exactly at the day's end: the day has counted.
        (vec![stop("2026-11-25T00:00:00", "2026-11-25T09:00:00")], "2026-11-26"),
        // On the day of the receipt, which does not count anyhow.
        (vec![stop("2026-11-23T11:00:00", "2026-11-24T09:00:00")], "2026-11-26"),
        // Over a weekend: Saturday and Sunday are nobody's.
        (vec![stop("2026-11-26T20:00:00", "2026-11-30T09:00:00")], "2026-11-30"),
        // Twice, and one within another.
        (
            vec![
                stop("2026-11-24T10:00:00", "2026-11-25T09:00:00"),
                stop("2026-11-25T18:00:00", "2026-11-26T09:00:00"),
            ],
            "2026-11-30",
        ),
        (
            vec![
                stop("2026-11-24T10:00:00", "2026-11-26T09:00:00"),
                stop("2026-11-25T10:00:00", "2026-11-25T11:00:00"),
            ],
            "2026-11-30",
        ),
        // After the third day has ended nothing brings it back.
        (vec![stop("2026-11-27T10:00:00", "2026-12-10T09:00:00")], "2026-11-26"),
    ] {
        let inputs = DeadlineInputs { stops, ..received("2026-11-23T10:00:00") };
        assert_eq!(of(&inputs).due_time, end(due), "{:?}", inputs.stops);
    }
}

#[test]
fn while_it_stands_still_only_the_customers_days_go_on() {
    let paused = vec![Stop { from: at("2026-11-24T10:00:00"), until: None }];
    let alone = DeadlineInputs { stops: paused.clone(), ..received("2026-11-23T10:00:00") };
    let found = of(&alone);
    assert!(found.stopped_since.is_some() && !found.falls_due());
    assert_eq!((found.due_time, found.overdue(at("2027-06-01T00:00:00"))), (end("2026-11-26"), None));
    let applications = vec![application(1, Some("2026-11-30T10:00:00"), None)];
    let called = of(&DeadlineInputs { applications, stops: paused, ..received("2026-11-23T10:00:00") });
    assert!(called.stopped_since.is_some() && called.falls_due());
    assert_eq!((called.due_time, called.basis), (at("2026-11-30T10:00:00"), Basis::CallBack));
    assert_eq!(called.overdue(at("2026-11-30T10:00:00")), Some(Basis::CallBack));
}

/// Whoever is late does not get out of it by a pause.
#[test]
fn working_days_that_were_over_when_it_stopped_still_bind() {
    // Due at the end of Thursday, 26 November; cooling-off ends two weeks later.
    let cooling = || vec![application(1, None, Some("2026-12-10"))];
    let stopped = |from: &str, applications, extended_working_days| {
        let stops = vec![Stop { from: at(from), until: None }];
        of(&DeadlineInputs { applications, stops, extended_working_days, ..received("2026-11-23T10:00:00") })
    };
    for (applications, from, due, basis) in [
        // Stopped the day after, and at the very end of the day: that day has counted.
        (cooling(), "2026-11-27T10:00:00", end("2026-11-26"), Basis::WorkingDays),
        (cooling(), "2026-11-27T00:00:00", end("2026-11-26"), Basis::WorkingDays),
        (vec![], "2026-11-27T10:00:00", end("2026-11-26"), Basis::WorkingDays),
        // Before: the customer's days go on alone.
        (cooling(), "2026-11-26T23:59:59", end("2026-12-10"), Basis::CoolingOff),
    ] {
        let found = stopped(from, applications, 0);
        assert_eq!((found.due_time, found.basis), (due, basis), "{from}");
        assert_eq!(found.unextended_due_time, due);
        assert!(found.falls_due());
        assert_eq!(found.overdue(at("2026-12-20T00:00:00")), Some(basis));
    }
    // Extended until Monday and stopped within: the days that were granted stand still, and on-time is told by Thursday.
    let within = stopped("2026-11-28T10:00:00", vec![], 2);
    assert_eq!((within.due_time, within.unextended_due_time), (end("2026-11-30"), end("2026-11-26")));
    assert!(!within.falls_due());
    let called = stopped("2026-11-28T10:00:00", cooling(), 2);
    assert_eq!((called.due_time, called.unextended_due_time), (end("2026-12-10"), end("2026-11-26")));
    // And stopped after: they were over too.
    let after = stopped("2026-12-01T10:00:00", cooling(), 2);
    assert_eq!((after.due_time, after.falls_due()), (end("2026-11-30"), true));
    // Two stops at once: it stands still since the first.
    let stops =
        ["2026-11-27T10:00:00", "2026-11-25T10:00:00"].map(|from| Stop { from: at(from), until: None });
    let both = of(&DeadlineInputs { stops: stops.to_vec(), ..received("2026-11-23T10:00:00") });
    assert_eq!((both.stopped_since, both.falls_due()), (Some(at("2026-11-25T10:00:00")), false));
}

#[test]
fn an_extension_never_moves_call_back_or_cooling_off_and_is_told_apart() {
    let extended = |applications| {
        let inputs = DeadlineInputs { applications, ..received("2026-11-23T10:00:00") };
        of(&DeadlineInputs { extended_working_days: 3, ..inputs })
    };
    let alone = extended(vec![]);
    assert_eq!((alone.due_time, alone.unextended_due_time), (end("2026-12-01"), end("2026-11-26")));
    assert!(alone.is_extended());
    let called = extended(vec![application(1, Some("2026-11-30T10:00:00"), None)]);
    assert_eq!((called.due_time, called.basis), (at("2026-11-30T10:00:00"), Basis::CallBack));
    assert_eq!((called.unextended_due_time, called.is_extended()), (end("2026-11-26"), true));
    let cooling = extended(vec![application(1, None, Some("2026-11-25"))]);
    assert_eq!((cooling.due_time, cooling.is_extended()), (end("2026-11-25"), false));
}

#[test]
fn days_that_were_granted_come_after_what_a_stop_gave_back() {
    for (stops, due) in [
        // Thursday's end, Friday and Monday granted.
        (vec![], "2026-11-30"),
        // Two of the three days given back, and one of the granted ones.
        (vec![stop("2026-11-24T10:00:00", "2026-11-26T09:00:00")], "2026-12-02"),
        (vec![stop("2026-11-27T10:00:00", "2026-11-28T09:00:00")], "2026-12-01"),
        // After the last of them nothing is.
        (vec![stop("2026-12-01T10:00:00", "2026-12-08T09:00:00")], "2026-11-30"),
    ] {
        let inputs = DeadlineInputs { stops, extended_working_days: 2, ..received("2026-11-23T10:00:00") };
        assert_eq!(of(&inputs).due_time, end(due), "{:?}", inputs.stops);
    }
}

#[test]
fn an_extension_into_a_year_without_notice_is_provisional_and_moves_with_the_notice() {
    let inputs = DeadlineInputs { extended_working_days: 7, ..received("2026-12-18T10:00:00") };
    let ordinary = of(&received("2026-12-18T10:00:00"));
    assert_eq!((ordinary.due_time, ordinary.is_provisional()), (end("2026-12-23"), false));
    let found = of(&inputs);
    // 24 to 31 December and, after New Year's Day and a weekend, 4 January.
    assert_eq!((found.due_time, found.certainty), (end("2027-01-04"), Certainty::Provisional));
    assert_eq!(found.missing.map(|missing| missing.year), Some(2027));
    let mut loaded = Calendar::shipped().unwrap();
    let off: Vec<NaiveDate> = ["2027-01-01", "2027-01-04"].map(day).to_vec();
    loaded.load(Notice::new(2027, Vec::new(), off, vec![day("2027-01-02")]).unwrap());
    let settled = deadline(&loaded, "shipped+1", &inputs);
    assert_eq!((settled.due_time, settled.is_provisional()), (end("2027-01-02"), false));
    assert_eq!(settled.unextended_due_time, end("2026-12-23"));
}
