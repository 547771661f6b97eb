//! A service without jobs, and cases put straight into its tables: what a test of clocks needs, and nothing of how cases
//! come about.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;
use zhenshi::{
    app::{App, NEVER, case::recompute_deadlines::recompute_cases},
    clock::Clock as _,
    config::Role,
    worker::{Next, timers},
};
use zhenshi_domain::shanghai;

use crate::support::{database::TestDatabase, service::TestService};

/// Channel of every case here: bancassurance.
const CHANNEL: i16 = 2;

pub struct Desk {
    pub service: TestService,
    pub admin: PgPool,
}

/// A case that is with its channel.
#[derive(Debug, Clone)]
pub struct CaseSeed {
    pub id: Uuid,
    /// Its policy goes by this number.
    pub policy_no: String,
    pub received: DateTime<Utc>,
    pub assignee: String,
}

/// A date of a policy that the core tells.
#[derive(Debug, Clone)]
pub struct Told {
    pub policy_no: String,
    /// Scheduled call-back.
    pub call_back: Option<DateTime<Utc>>,
    /// Last day of cooling-off, with a receipt ten days before.
    pub last_day: Option<NaiveDate>,
    pub recorded: DateTime<Utc>,
    /// The deadline of its case may have to move: the job is to look.
    pub pending: bool,
}

static EVENTS: AtomicU64 = AtomicU64::new(1);

/// Ids of events, ascending.
fn fresh() -> Uuid {
    Uuid::from_u128(EVENTS.fetch_add(1, Ordering::Relaxed).into())
}

/// A time of a day in Shanghai, such as `2026-11-24 09:00`.
pub fn at(time: &str) -> DateTime<Utc> {
    let (day, time) = time.split_once(' ').unwrap();
    let time: NaiveTime = format!("{time}:00").parse().unwrap();
    shanghai::midnight(day.parse().unwrap()) + (time - NaiveTime::MIN)
}

impl Desk {
    pub async fn on(database: TestDatabase) -> Self {
        let service = TestService::start_with(database, |config| config.role = Role::Api).await;
        let admin = service.database.admin().await;
        Self { service, admin }
    }

    pub async fn new() -> Self {
        Self::on(TestDatabase::new().await).await
    }

    pub fn app(&self) -> &Arc<App> {
        self.service.running().app()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.service.clock.now()
    }

    pub fn go_to(&self, time: DateTime<Utc>) {
        self.service.clock.advance(time - self.now());
    }

    /// Case `n`, received at `received` by `assignee`.
    pub fn seed(n: u128, received: DateTime<Utc>, assignee: &str) -> CaseSeed {
        CaseSeed {
            id: Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + n),
            policy_no: format!("P-{n}"),
            received,
            assignee: assignee.to_owned(),
        }
    }

    /// Puts cases on the desks of their assignees, without a deadline yet.
    pub async fn put(&self, cases: &[CaseSeed]) {
        let ids: Vec<Uuid> = cases.iter().map(|case| case.id).collect();
        let numbers: Vec<String> = cases
            .iter()
            .map(|case| {
                let serial = case.id.as_u128() & 0xff_ffff;
                format!("{}-{serial:06}", shanghai::date(case.received).format("%Y%m%d"))
            })
            .collect();
        let policies: Vec<String> = cases.iter().map(|case| case.policy_no.clone()).collect();
        let received: Vec<DateTime<Utc>> = cases.iter().map(|case| case.received).collect();
        let assignees: Vec<String> = cases.iter().map(|case| case.assignee.clone()).collect();
        sqlx::query(
            "INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes,
                 agency_codes, channel, branch_code, channel_received_time, assignee, assigned_time, urgent_time,
                 created_by, created_time, changed_time)
             SELECT id, case_no, 1, 3, 1, 10, '{1}', id, '{}', '{}', $5, 'B1', received, assignee, received,
                 $6, 'system', received, received
             FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) AS new (id, case_no, received, assignee)",
        )
        .bind(&ids)
        .bind(&numbers)
        .bind(&received)
        .bind(&assignees)
        .bind(CHANNEL)
        .bind(NEVER)
        .execute(&self.admin)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel,
                 branch_code, seller_code, agency_code, policy_no, added_time)
             SELECT id, id, id, id, 0, 1, $4, 'B1', '', '', policy_no, received
             FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[]) AS new (id, policy_no, received)",
        )
        .bind(&ids)
        .bind(&policies)
        .bind(&received)
        .bind(CHANNEL)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// Puts cases and counts their deadlines, as an assignment does.
    pub async fn assign(&self, cases: &[CaseSeed]) {
        self.put(cases).await;
        self.reckon(cases.iter().map(|case| case.id).collect()).await;
    }

    pub async fn reckon(&self, ids: Vec<Uuid>) {
        recompute_cases(self.app(), ids).await.unwrap();
    }

    /// What the core told, as its events' rows.
    pub async fn tell(&self, told: &[Told]) {
        let events: Vec<serde_json::Value> = told
            .iter()
            .flat_map(|told| {
                let event = |kind: i16| {
                    serde_json::json!({
                        "id": fresh(),
                        "caller": "core",
                        "request_id": fresh(),
                        "policy_no": told.policy_no,
                        "kind": kind,
                        "recorded_time": told.recorded,
                        "pending": told.pending,
                    })
                };
                let call_back = told.call_back.map(|time| {
                    let mut event = event(5);
                    event["call_back_time"] = serde_json::json!(time);
                    event
                });
                let receipt = told.last_day.map(|last| {
                    let mut event = event(4);
                    event["receipt_date"] = serde_json::json!(last - TimeDelta::days(10));
                    event["cooling_off_end_date"] = serde_json::json!(last);
                    event
                });
                [call_back, receipt]
            })
            .flatten()
            .collect();
        sqlx::query(
            "WITH new AS (
                 SELECT * FROM jsonb_to_recordset($1) AS new (id uuid, caller text, request_id uuid, policy_no text,
                     kind smallint, recorded_time timestamptz, receipt_date date, cooling_off_end_date date,
                     call_back_time timestamptz, pending boolean)
             ), told AS (
                 INSERT INTO policy_event (id, caller, request_id, request_digest, policy_no, kind, occurred_time,
                     receipt_date, cooling_off_end_date, call_back_time, recorded_time)
                 SELECT id, caller, request_id, decode(repeat('00', 32), 'hex'), policy_no, kind, recorded_time,
                     receipt_date, cooling_off_end_date, call_back_time, recorded_time FROM new
                 RETURNING id, recorded_time
             )
             INSERT INTO policy_event_pending (policy_event_id, recorded_time)
             SELECT told.id, told.recorded_time FROM told JOIN new USING (id) WHERE new.pending",
        )
        .bind(serde_json::Value::Array(events))
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// Passes of the job, until there is nothing more to do.
    pub async fn work(&self) {
        while timers::once(&Arc::downgrade(self.app())).await.unwrap() == Next::AtOnce {}
    }

    /// Deadline, basis, whether it is provisional, and version of a case.
    pub async fn deadline(&self, case: &CaseSeed) -> (DateTime<Utc>, i16, bool, i64) {
        sqlx::query_as("SELECT due_time, due_basis, due_provisional, version FROM case_file WHERE id = $1")
            .bind(case.id)
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// Steps and times of the timers of a case in a state: 1 planned, 2 sent, 3 cancelled.
    pub async fn timers(&self, case: &CaseSeed, state: i16) -> Vec<(i16, i16, DateTime<Utc>)> {
        sqlx::query_as(
            "SELECT clock, step, due_time FROM case_timer WHERE case_id = $1 AND state = $2 ORDER BY due_time, step",
        )
        .bind(case.id)
        .bind(state)
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }

    /// Kinds of the timeline of a case.
    pub async fn timeline(&self, case: &CaseSeed) -> Vec<i16> {
        sqlx::query_scalar("SELECT kind FROM case_event WHERE case_id = $1 ORDER BY version, ordinal")
            .bind(case.id)
            .fetch_all(&self.admin)
            .await
            .unwrap()
    }

    /// Events for other systems about a case, but for `case.changed`: kind, recipient.
    pub async fn outbox(&self, case: &CaseSeed) -> Vec<(String, String)> {
        sqlx::query_as(
            "SELECT kind, COALESCE(data ->> 'recipient', '') FROM outbox_pending
             WHERE case_id = $1 AND kind <> 'case.changed' ORDER BY recorded_time, case_version, id",
        )
        .bind(case.id)
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }
}
