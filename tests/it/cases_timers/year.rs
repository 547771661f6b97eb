//! Days of a year, played: cases come in every day, are given to clerks, worked on, moved by call-backs and receipts, and
//! fall due. Every deadline and every planned timer is compared with the oracle, and everybody is told on his day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    assignment::{Assignee, CaseToAssign, Clerk, Staff, distribute},
};

use super::{
    desk::{CaseSeed, Desk, Told},
    oracle::{Oracle, instant},
};
use crate::support::database::count;

/// Clerks of the branch.
const CLERKS: usize = 40;

/// An open case as the play knows it.
struct Open {
    case: CaseSeed,
    call_backs: Vec<DateTime<Utc>>,
    last_days: Vec<NaiveDate>,
    /// When its clerk is done with it.
    done: NaiveDate,
}

struct Play {
    desk: Desk,
    oracle: Oracle,
    luck: ChaCha8Rng,
    open: BTreeMap<Uuid, Open>,
    clerks: BTreeMap<String, Clerk>,
    serial: u128,
    checked: usize,
}

impl Play {
    async fn new() -> Self {
        let clerk = |n: usize| Clerk {
            code: format!("C{n:03}"),
            channel: Channel::Bancassurance,
            branch_code: "B1".to_owned(),
            open_cases: 0,
            capacity: None,
            on_leave: false,
            last_assigned_time: None,
        };
        let clerks = (0..CLERKS).map(clerk).map(|clerk| (clerk.code.clone(), clerk)).collect();
        // What is known of a year without notice is its statutory days.
        let mut oracle = Oracle::new();
        oracle.off.extend(NaiveDate::from_ymd_opt(2027, 1, 1));
        let luck = ChaCha8Rng::seed_from_u64(42);
        Self { desk: Desk::new().await, oracle, luck, open: BTreeMap::new(), clerks, serial: 0, checked: 0 }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.luck.random_range(0..100) < percent
    }

    /// One day: midnight, the beginning of work, new cases, the afternoon.
    async fn day(&mut self, day: NaiveDate, count: usize) {
        for hour in [0, 9] {
            self.desk.go_to(instant(day, hour));
            self.desk.work().await;
        }
        self.desk.go_to(instant(day, 10));
        self.receive(day, count).await;
        self.desk.work().await;
        self.desk.go_to(instant(day, 15));
        self.desk.work().await;
        self.tell_more(day).await;
        self.finish(day).await;
        self.desk.work().await;
    }

    /// New cases of new policies, given to the clerks.
    async fn receive(&mut self, day: NaiveDate, count: usize) {
        let now = self.desk.now();
        let first = self.serial;
        self.serial += count as u128;
        let to_assign: Vec<CaseToAssign> = (first..self.serial)
            .map(|n| CaseToAssign {
                case_id: n,
                channel: Channel::Bancassurance,
                branch_code: "B1".to_owned(),
                team_leader_code: String::new(),
                barred: BTreeSet::new(),
            })
            .collect();
        let staff = Staff { clerks: self.clerks.values().cloned().collect(), ..Staff::default() };
        let mut cases = Vec::new();
        let mut told = Vec::new();
        for assignment in distribute(&to_assign, &staff, now) {
            let Assignee::Clerk(code) = assignment.assignee else { panic!("{assignment:?}") };
            let clerk = self.clerks.get_mut(&code).unwrap();
            clerk.open_cases += 1;
            clerk.last_assigned_time = Some(now);
            let case = Desk::seed(assignment.case_id, now, &code);
            let call_back = self.chance(30).then(|| self.some_call(day));
            let last_day = self
                .chance(30)
                .then(|| day - TimeDelta::days(1) + TimeDelta::days(self.luck.random_range(0..9)));
            told.push(Told {
                policy_no: case.policy_no.clone(),
                call_back,
                last_day,
                recorded: now,
                pending: false,
            });
            let days =
                if self.chance(85) { self.luck.random_range(0..3) } else { self.luck.random_range(3..12) };
            let open = Open {
                case: case.clone(),
                call_backs: call_back.into_iter().collect(),
                last_days: last_day.into_iter().collect(),
                done: day + Days::new(days),
            };
            self.open.insert(case.id, open);
            cases.push(case);
        }
        self.desk.tell(&told).await;
        self.desk.assign(&cases).await;
        self.compare(cases.iter().map(|case| case.id).collect(), true).await;
    }

    /// A call at 10:00 or 15:00 of one of the coming days.
    fn some_call(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let hour = if self.chance(50) { 10 } else { 15 };
        instant(day + Days::new(self.luck.random_range(1..7)), hour)
    }

    /// A call-back of some open cases is moved, and the core says so.
    async fn tell_more(&mut self, day: NaiveDate) {
        let ids: Vec<Uuid> = self.open.keys().copied().collect();
        let mut told = Vec::new();
        let mut moved = Vec::new();
        for id in ids {
            if self.chance(5) {
                let call = self.some_call(day);
                let recorded = self.desk.now();
                let open = self.open.get_mut(&id).unwrap();
                open.call_backs = vec![call];
                let policy_no = open.case.policy_no.clone();
                told.push(Told { policy_no, call_back: Some(call), last_day: None, recorded, pending: true });
                moved.push(id);
            }
        }
        self.desk.tell(&told).await;
        self.desk.work().await;
        self.compare(moved, false).await;
    }

    /// The clerks are done with some cases: no clock of theirs runs any more.
    async fn finish(&mut self, day: NaiveDate) {
        let done: Vec<Uuid> =
            self.open.iter().filter(|(_, open)| open.done <= day).map(|(id, _)| *id).collect();
        for id in &done {
            let open = self.open.remove(id).unwrap();
            self.clerks.get_mut(&open.case.assignee).unwrap().open_cases -= 1;
        }
        sqlx::query("UPDATE case_file SET state = 6, closed_time = $2 WHERE id = ANY($1)")
            .bind(&done)
            .bind(self.desk.now())
            .execute(&self.desk.admin)
            .await
            .unwrap();
        self.desk.reckon(done).await;
    }

    /// Deadlines, and with `timers` what is planned for them, as the oracle says.
    async fn compare(&mut self, ids: Vec<Uuid>, timers: bool) {
        let rows: Vec<(Uuid, DateTime<Utc>)> =
            sqlx::query_as("SELECT id, due_time FROM case_file WHERE id = ANY($1) AND assignee IS NOT NULL")
                .bind(&ids)
                .fetch_all(&self.desk.admin)
                .await
                .unwrap();
        assert_eq!(rows.len(), ids.len(), "0 unassigned");
        let planned: Vec<(Uuid, i16, DateTime<Utc>)> = sqlx::query_as(
            "SELECT case_id, step, due_time FROM case_timer WHERE case_id = ANY($1) AND state = 1 ORDER BY due_time, step",
        )
        .bind(&ids)
        .fetch_all(&self.desk.admin)
        .await
        .unwrap();
        let mut by_case: BTreeMap<Uuid, Vec<(i16, DateTime<Utc>)>> = BTreeMap::new();
        for (id, step, time) in planned {
            by_case.entry(id).or_default().push((step, time));
        }
        for (id, due) in rows {
            let open = &self.open[&id];
            let expected = self.oracle.due(open.case.received, &open.call_backs, &open.last_days, &[]);
            assert_eq!(
                due, expected,
                "received {}, {:?}, {:?}",
                open.case.received, open.call_backs, open.last_days
            );
            if timers {
                let mut expected = self.oracle.timers(due, self.desk.now());
                expected.sort_by_key(|(step, time)| (*time, *step));
                assert_eq!(by_case[&id], expected, "timers of {due}");
            }
            self.checked += 1;
        }
    }

    /// Nothing that was due is left, nobody was told twice, and everybody on the day.
    async fn check_told(&self) {
        let late: i64 =
            sqlx::query_scalar("SELECT count(*) FROM case_timer WHERE state = 1 AND due_time <= $1")
                .bind(self.desk.now())
                .fetch_one(&self.desk.admin)
                .await
                .unwrap();
        assert_eq!(late, 0, "left");
        // Overdue from the beginning is told at once: then the deadline is before the plan.
        let wrong_day = "SELECT count(*) FROM case_timer WHERE state = 2 AND
            (settled_time AT TIME ZONE 'Asia/Shanghai')::date
            <> (greatest(due_time, planned_time) AT TIME ZONE 'Asia/Shanghai')::date";
        assert_eq!(count(&self.desk.admin, wrong_day).await, 0, "on another day");
        let sent = count(&self.desk.admin, "SELECT count(*) FROM case_timer WHERE state = 2").await;
        let events = "SELECT count(*) FROM outbox_pending WHERE kind IN ('case.reminder', 'case.escalation')";
        assert_eq!(count(&self.desk.admin, events).await, sent);
        let twice = "SELECT count(*) FROM (SELECT FROM case_timer WHERE state = 2
            GROUP BY case_id, clock, step, deadline_time HAVING count(*) > 1) AS twice";
        assert_eq!(count(&self.desk.admin, twice).await, 0, "twice");
        println!("{} cases, {} deadlines compared, {sent} told", self.serial, self.checked);
    }
}

async fn play(first: NaiveDate, last: NaiveDate, cases_a_day: usize) {
    let mut play = Play::new().await;
    for day in first.iter_days().take_while(|day| *day <= last) {
        play.day(day, cases_a_day).await;
        if day.day() == 1 {
            println!(
                "{day}: {} cases, {} deadlines compared, {} open",
                play.serial,
                play.checked,
                play.open.len()
            );
        }
    }
    play.check_told().await;
    assert!(play.checked >= usize::try_from(play.serial).unwrap());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_weeks_around_national_day_are_as_the_oracle_says() {
    play(day("2026-09-24"), day("2026-10-14"), 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "./dev soak year"]
async fn soak_year() {
    play(day("2026-01-01"), day("2026-12-31"), 500).await;
}
