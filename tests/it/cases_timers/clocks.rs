//! Deadlines that are stored, that move, and that stand still; and who is told of them.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use zhenshi::store::case::change::Tools;
use zhenshi_domain::calendar::Notice;

use super::desk::{Desk, Told, at};

/// Kinds of the timeline.
const RECOMPUTED: i16 = 33;
const REMINDED: i16 = 34;
const ESCALATED: i16 = 35;

fn told(policy_no: &str, recorded: &str) -> Told {
    Told {
        policy_no: policy_no.to_owned(),
        call_back: None,
        last_day: None,
        recorded: at(recorded),
        pending: true,
    }
}

#[tokio::test]
async fn each_is_told_once_on_his_day() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-11-23 10:00"));
    let case = Desk::seed(1, desk.now(), "C1");
    desk.assign(std::slice::from_ref(&case)).await;
    assert_eq!(desk.deadline(&case).await, (at("2026-11-27 00:00"), 1, false, 2));
    let steps = [
        (0, "2026-11-25 09:00", "case.reminder", "clerk"),
        (1, "2026-11-27 00:00", "case.reminder", "clerk"),
        (2, "2026-11-27 09:00", "case.escalation", "team_leader"),
        (3, "2026-11-30 09:00", "case.escalation", "channel_head"),
        (4, "2026-12-01 09:00", "case.escalation", "compliance"),
    ];
    let planned: Vec<_> = steps.iter().map(|(step, time, ..)| (1, *step, at(time))).collect();
    assert_eq!(desk.timers(&case, 1).await, planned);
    let mut told = Vec::new();
    for (_, time, kind, recipient) in steps {
        desk.go_to(at(time) - TimeDelta::seconds(1));
        desk.work().await;
        assert_eq!(desk.outbox(&case).await, told, "before {time}");
        desk.go_to(at(time));
        desk.work().await;
        desk.work().await;
        told.push((kind.to_owned(), recipient.to_owned()));
        assert_eq!(desk.outbox(&case).await, told, "at {time}");
    }
    assert_eq!(
        desk.timeline(&case).await,
        [RECOMPUTED, REMINDED, REMINDED, ESCALATED, ESCALATED, ESCALATED],
        "counted first, then told"
    );
    assert_eq!(desk.deadline(&case).await.3, 7, "each is a change, and bumps the etag");
    let audited: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_pending WHERE action = 'SEND_TIMERS' AND $1 = ANY(subject_ids)",
    )
    .bind(case.id)
    .fetch_one(&desk.admin)
    .await
    .unwrap();
    assert_eq!(audited, 5);
    let overdue: Vec<String> = sqlx::query_scalar(
        "SELECT data ->> 'overdue_days' FROM outbox_pending WHERE kind = 'case.escalation' ORDER BY recorded_time",
    )
    .fetch_all(&desk.admin)
    .await
    .unwrap();
    assert_eq!(overdue, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_policy_event_moves_the_deadline_of_its_case_and_of_no_other() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-11-23 10:00"));
    let (case, other) = (Desk::seed(1, desk.now(), "C1"), Desk::seed(2, desk.now(), "C1"));
    desk.assign(&[case.clone(), other.clone()]).await;
    let first = desk.timers(&case, 1).await;
    // The call-back is scheduled before the third working day.
    desk.go_to(at("2026-11-24 10:00"));
    let call = Told { call_back: Some(at("2026-11-26 10:30")), ..told("P-1", "2026-11-24 10:00") };
    desk.tell(&[call]).await;
    desk.work().await;
    assert_eq!(desk.deadline(&case).await, (at("2026-11-26 10:30"), 2, false, 3));
    assert_eq!(desk.timers(&case, 3).await, first, "what was not sent is cancelled");
    assert_eq!(desk.timers(&case, 1).await[1], (1, 1, at("2026-11-26 10:30")));
    assert_eq!(desk.timeline(&case).await, [RECOMPUTED, RECOMPUTED]);
    assert_eq!(desk.deadline(&other).await, (at("2026-11-27 00:00"), 1, false, 2));
    // It is moved to after: the working days bind again, and nobody is reminded twice.
    desk.go_to(at("2026-11-25 10:00"));
    desk.work().await;
    let later = Told { call_back: Some(at("2026-12-03 10:30")), ..told("P-1", "2026-11-25 10:00") };
    desk.tell(&[later]).await;
    desk.work().await;
    assert_eq!(desk.deadline(&case).await.0, at("2026-11-27 00:00"));
    // A late receipt: cooling-off has been over since the day before, and the case says why it is overdue.
    let receipt = Told { last_day: NaiveDate::from_ymd_opt(2026, 11, 24), ..told("P-1", "2026-11-25 11:00") };
    desk.tell(&[receipt]).await;
    desk.work().await;
    let (due, basis, ..) = desk.deadline(&case).await;
    assert_eq!((due, basis), (at("2026-11-25 00:00"), 3));
    // It is due at once, and goes up from tomorrow on.
    let sent = desk.timers(&case, 2).await;
    assert!(sent.contains(&(1, 1, at("2026-11-25 00:00"))), "{sent:?}");
    let planned: Vec<_> =
        desk.timers(&case, 1).await.into_iter().map(|(_, step, time)| (step, time)).collect();
    assert_eq!(
        planned,
        [(2, at("2026-11-26 09:00")), (3, at("2026-11-27 09:00")), (4, at("2026-11-30 09:00"))]
    );
    // What changes nothing leaves the etag alone.
    let version = desk.deadline(&case).await.3;
    let same = Told { call_back: Some(at("2026-12-03 10:30")), ..told("P-1", "2026-11-25 12:00") };
    desk.tell(&[same]).await;
    desk.work().await;
    assert_eq!(desk.deadline(&case).await.3, version);
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM policy_event_pending").fetch_one(&desk.admin).await.unwrap();
    assert_eq!(waiting, 0);
}

/// What changes need, by a calendar with a notice for 2027.
fn revised(desk: &Desk) -> Tools {
    let mut calendar = (*desk.app().calendars.current().calendar).clone();
    let days = |days: &[(i32, u32, u32)]| -> Vec<NaiveDate> {
        days.iter().map(|(y, m, d)| NaiveDate::from_ymd_opt(*y, *m, *d).unwrap()).collect()
    };
    let off = days(&[(2027, 1, 1), (2027, 1, 4), (2027, 1, 5)]);
    calendar.load(Notice::new(2027, Vec::new(), off, days(&[(2027, 1, 3)])).unwrap());
    Tools {
        clock: desk.app().clock.clone(),
        entropy: desk.app().entropy.clone(),
        calendar: Arc::new(calendar),
        calendar_version: "revised".to_owned(),
        profile: desk.app().rules.profile.clone(),
    }
}

#[tokio::test]
async fn an_extension_into_a_year_without_notice_is_marked_and_moves_with_the_notice() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-12-18 10:00"));
    let case = Desk::seed(1, desk.now(), "C1");
    desk.assign(std::slice::from_ref(&case)).await;
    assert_eq!(desk.deadline(&case).await, (at("2026-12-24 00:00"), 1, false, 2));
    sqlx::query("UPDATE case_file SET extended_working_days = 7").execute(&desk.admin).await.unwrap();
    desk.reckon(vec![case.id]).await;
    assert_eq!(desk.deadline(&case).await, (at("2027-01-05 00:00"), 1, true, 3));
    let tools = revised(&desk);
    let done = desk.app().store.recompute_by_calendar(tools, 100).await.unwrap();
    assert_eq!((done.taken, done.changed), (1, 1));
    assert_eq!(desk.deadline(&case).await, (at("2027-01-04 00:00"), 1, false, 4));
    let kept: (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>) =
        sqlx::query_as("SELECT extended_until, unextended_due_time FROM case_file")
            .fetch_one(&desk.admin)
            .await
            .unwrap();
    assert_eq!(kept, (at("2027-01-04 00:00"), at("2026-12-24 00:00")));
}

#[tokio::test]
async fn a_revised_calendar_moves_assists_and_the_sorting_of_doubts_too() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-12-30 10:00"));
    let (case, doubt) = (Desk::seed(1, at("2026-11-23 10:00"), "C1"), Desk::seed(2, desk.now(), "C1"));
    desk.put(&[case.clone(), doubt.clone()]).await;
    // An assist that was asked for on the 30th: 31 December and, in a year without notice, 4 January. And a doubt that
    // was reported on the 31st after work began.
    let assist =
        "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time, due_time)
        VALUES ($1, 2, 1, 'A1', 'A1', $2, $3)";
    let due = at("2027-01-05 00:00");
    sqlx::query(assist).bind(case.id).bind(desk.now()).bind(due).execute(&desk.admin).await.unwrap();
    let sorting = "UPDATE case_file SET state = 1, channel_received_time = NULL, assignee = NULL,
        assigned_time = NULL, created_time = '2026-12-31 10:00+08', release_time = '2027-01-04 09:00+08' WHERE id = $1";
    sqlx::query(sorting).bind(doubt.id).execute(&desk.admin).await.unwrap();
    desk.reckon(vec![case.id]).await;
    let of_assist = |timers: Vec<(i16, i16, chrono::DateTime<chrono::Utc>)>| {
        timers.into_iter().find(|(clock, step, _)| (*clock, *step) == (3, 1)).map(|(.., time)| time)
    };
    assert_eq!(of_assist(desk.timers(&case, 1).await), Some(due));
    let version = desk.deadline(&case).await.3;
    let tools = revised(&desk);
    let done = desk.app().store.recompute_by_calendar(tools.clone(), 100).await.unwrap();
    assert_eq!((done.taken, done.changed), (2, 2));
    let moved = at("2027-01-04 00:00");
    let kept: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT due_time FROM case_participant").fetch_one(&desk.admin).await.unwrap();
    assert_eq!(kept, moved, "31 December and Sunday, 3 January, which is worked");
    assert_eq!(of_assist(desk.timers(&case, 1).await), Some(moved));
    assert_eq!(desk.deadline(&case).await.3, version + 1, "and its etag says so");
    assert_eq!(desk.timeline(&case).await.last(), Some(&RECOMPUTED));
    let released: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT release_time FROM case_file WHERE state = 1")
            .fetch_one(&desk.admin)
            .await
            .unwrap();
    assert_eq!(released, at("2027-01-03 09:00"));
    assert_eq!(desk.timeline(&doubt).await, [RECOMPUTED]);
    let again = desk.app().store.recompute_by_calendar(tools, 100).await.unwrap();
    assert_eq!((again.taken, again.changed), (0, 0));
}

#[tokio::test]
async fn a_revised_calendar_moves_deadlines_and_notes_its_version_on_the_others() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-12-29 10:00"));
    let (late, early) = (Desk::seed(1, desk.now(), "C1"), Desk::seed(2, at("2026-11-23 10:00"), "C1"));
    desk.assign(&[late.clone(), early.clone()]).await;
    // 30 and 31 December, then a year without notice: 1 January off, 4 January worked.
    assert_eq!(desk.deadline(&late).await, (at("2027-01-05 00:00"), 1, true, 2));
    let tools = revised(&desk);
    let first = desk.app().store.recompute_by_calendar(tools.clone(), 100).await.unwrap();
    assert_eq!((first.taken, first.changed), (2, 1));
    assert_eq!(desk.deadline(&late).await, (at("2027-01-04 00:00"), 1, false, 3));
    assert_eq!(desk.deadline(&early).await.3, 2, "nothing moved but the version");
    let versions: Vec<String> = sqlx::query_scalar("SELECT DISTINCT calendar_version FROM case_file")
        .fetch_all(&desk.admin)
        .await
        .unwrap();
    assert_eq!(versions, ["revised"]);
    let again = desk.app().store.recompute_by_calendar(tools, 100).await.unwrap();
    assert_eq!((again.taken, again.changed), (0, 0));
    let times: Vec<_> = desk.timers(&late, 1).await.into_iter().map(|(_, _, time)| time).collect();
    assert_eq!(times[1..3], [at("2027-01-04 00:00"), at("2027-01-06 09:00")]);
}

#[tokio::test]
async fn with_the_verifiers_their_clock_runs_and_a_return_gives_the_days_back() {
    let desk = Desk::new().await;
    desk.go_to(at("2026-11-23 10:00"));
    let case = Desk::seed(1, desk.now(), "C1");
    desk.assign(std::slice::from_ref(&case)).await;
    let run = async |sql: &'static str| {
        sqlx::query(sql).bind(case.id).bind(desk.now()).execute(&desk.admin).await.unwrap();
        desk.reckon(vec![case.id]).await;
    };
    desk.go_to(at("2026-11-26 10:00"));
    desk.work().await;
    run("WITH stop AS (INSERT INTO case_stop (case_id, kind, from_time) VALUES ($1, 2, $2))
         UPDATE case_file SET state = 5, submitted_time = $2 WHERE id = $1")
    .await;
    let verifiers: Vec<_> = desk.timers(&case, 1).await;
    assert_eq!(verifiers, [(2, 1, at("2026-11-28 00:00")), (2, 2, at("2026-11-30 09:00"))]);
    // The deadline stands as it was submitted against; the verifiers' orders the worklist.
    assert_eq!(desk.deadline(&case).await.0, at("2026-11-27 00:00"));
    let urgent: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT urgent_time FROM case_file").fetch_one(&desk.admin).await.unwrap();
    assert_eq!(urgent, at("2026-11-28 00:00"));
    // Over two midnights of working days; Thursday's and Friday's did not count.
    for time in ["2026-11-28 00:00", "2026-11-30 09:30"] {
        desk.go_to(at(time));
        desk.work().await;
    }
    let told: Vec<_> = desk.outbox(&case).await.into_iter().map(|(_, recipient)| recipient).collect();
    assert_eq!(told, ["clerk", "customer_service", "compliance"]);
    run("WITH stop AS (UPDATE case_stop SET until_time = $2 WHERE case_id = $1)
         UPDATE case_file SET state = 4 WHERE id = $1")
    .await;
    assert_eq!(desk.deadline(&case).await.0, at("2026-12-01 00:00"));
    let steps: Vec<_> =
        desk.timers(&case, 1).await.into_iter().map(|(clock, step, _)| (clock, step)).collect();
    assert_eq!(steps, [(1, 1), (1, 2), (1, 3), (1, 4)]);
    // Closed: nobody is told of anything any more.
    run("UPDATE case_file SET state = 6, closed_time = $2 WHERE id = $1").await;
    assert_eq!(desk.timers(&case, 1).await, []);
}
