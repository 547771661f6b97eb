//! What stops the clock of a deadline, and what moves it: submissions, pauses, extensions.

use zhenshi_domain::deadline::{Basis, DeadlineInputs, Stop};

use super::deadlines::{application, at, end, of, received};

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
    assert!(!found.running && !found.falls_due());
    assert_eq!((found.due_time, found.overdue(at("2027-06-01T00:00:00"))), (end("2026-11-26"), None));
    let applications = vec![application(1, Some("2026-11-30T10:00:00"), None)];
    let called = of(&DeadlineInputs { applications, stops: paused, ..received("2026-11-23T10:00:00") });
    assert!(!called.running && called.falls_due());
    assert_eq!((called.due_time, called.basis), (at("2026-11-30T10:00:00"), Basis::CallBack));
    assert_eq!(called.overdue(at("2026-11-30T10:00:00")), Some(Basis::CallBack));
}

#[test]
fn an_extension_never_moves_call_back_or_cooling_off_and_is_told_apart() {
    let extended = |applications| {
        let extended_until = Some(end("2026-12-01"));
        of(&DeadlineInputs { applications, extended_until, ..received("2026-11-23T10:00:00") })
    };
    let alone = extended(vec![]);
    assert_eq!((alone.due_time, alone.unextended_due_time), (end("2026-12-01"), end("2026-11-26")));
    assert!(alone.is_extended());
    let called = extended(vec![application(1, Some("2026-11-30T10:00:00"), None)]);
    assert_eq!((called.due_time, called.basis), (at("2026-11-30T10:00:00"), Basis::CallBack));
    assert_eq!((called.unextended_due_time, called.is_extended()), (end("2026-11-26"), true));
    let cooling = extended(vec![application(1, None, Some("2026-11-25"))]);
    assert_eq!((cooling.due_time, cooling.is_extended()), (end("2026-11-25"), false));
    // One that ends before the working days extends nothing.
    let extended_until = Some(end("2026-11-24"));
    let short = of(&DeadlineInputs { extended_until, ..received("2026-11-23T10:00:00") });
    assert_eq!((short.due_time, short.is_extended()), (end("2026-11-26"), false));
}
