//! Persons are destroyed and an inspection runs while others' data are read, judged and revealed without a pause: nobody notices.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use chrono::TimeDelta;
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        erasure::{decide::decide_erasure, request::request_erasure, shred::shred_approved},
        inspect::inspect,
        record_policy_event::{NamedPolicy, SentPolicyEvent, record_policy_event},
    },
    clock::Clock as _,
    security::{principal::Principal, role::Role},
    store::retention::SubjectName,
};
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind},
    policy::PolicyEventKind,
};
use zhenshi_proto::zhenshi::v1 as proto;

use super::world::{asked, member};
use crate::{
    privacy::Vault,
    support::{
        applications::{application, request},
        cases::{BANK, name},
        database::{TestDatabase, count},
        desk::Desk,
    },
};

/// Persons who are destroyed.
const GONE: u32 = 24;
/// Applications of those who stay.
const LIVING: u32 = 12;
/// Days in which no term of what was declined runs any more.
const YEARS: i64 = 3 * 366;
/// Nobody's looks run out.
const PLENTY: u32 = 1_000_000;

/// What was done beside it, and the longest that anybody waited.
#[derive(Debug, Default)]
struct Done {
    read: u32,
    judged: u32,
    revealed: u32,
    longest_ms: u128,
}

impl Vault {
    /// The men from 500 on are refused; what has to be kept of them is over. Gives their customers.
    async fn refused_long_ago(&self) -> Vec<Uuid> {
        let office = &self.desk.office;
        let mut customers = Vec::new();
        for n in 0..GONE {
            let application_no = format!("GONE-{n}");
            let submission = office.apply(&application_no, 500 + n, BANK, |_| ()).await;
            let sql = "SELECT customer_id FROM application_party WHERE submission_id = $1 AND role = 1";
            customers.push(sqlx::query_scalar(sql).bind(submission).fetch_one(self.admin()).await.unwrap());
            let (source, kind) = ("core".into(), ApplicationKind::NewBusiness);
            let key = ApplicationKey { source, kind, application_no };
            let sent = SentPolicyEvent {
                request_id: office.service.mint(),
                digest: [1; 32],
                policy: NamedPolicy {
                    source: "core".into(),
                    application: Some(key),
                    policy_no: String::new(),
                },
                kind: PolicyEventKind::Declined,
                occurred_time: office.service.clock.now(),
            };
            record_policy_event(office.app(), &Principal::whole("core"), sent).await.unwrap();
        }
        office.service.clock.advance(TimeDelta::days(YEARS));
        office.app().store.ensure_partitions(office.service.clock.now()).await.unwrap();
        customers
    }

    /// Reads, judges and reveals the data of those who stay until `stop`; nothing may fail.
    async fn work(&self, submissions: &[Uuid], stop: &AtomicBool) -> Done {
        let client = self.desk.office.service.client("load").await;
        let grant = self.granted(self.request()).await;
        let mut done = Done::default();
        while !stop.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let place = usize::try_from(done.read).unwrap() % submissions.len();
            let get = proto::GetSubmissionRequest {
                submission_id: submissions[place].to_string(),
                view: proto::SubmissionView::Masked.into(),
                ..Default::default()
            };
            let shown = client.get(get).await.unwrap().submission.unwrap();
            assert!(!shown.parties.is_empty());
            done.read += 1;
            let number = 20_000 + done.judged;
            let sent = request(number.into(), application(&format!("L-{number}"), 700 + number % 60));
            client.validate(sent).await.unwrap();
            done.judged += 1;
            let shown = self.show("B1", self.reveal(&grant.grant_id)).await.unwrap();
            assert_eq!(shown.parties[0].name, name(11));
            done.revealed += 1;
            done.longest_ms = done.longest_ms.max(begun.elapsed().as_millis());
        }
        done
    }
}

/// Asked for by one and decided by another, then destroyed.
async fn destroy(app: &App, customers: &[Uuid]) -> usize {
    let (one, other) = (member("ST-CS", Role::CustomerService), member("ST-IS", Role::InformationSupervisor));
    let mut gone = 0;
    for customer in customers {
        let name = SubjectName::Customer(*customer);
        let (erasure, _) = request_erasure(app, &one, asked(customer.as_u128(), name)).await.unwrap();
        decide_erasure(app, &other, erasure.id, true).await.unwrap();
        gone += shred_approved(app).await.unwrap();
    }
    gone
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn persons_are_destroyed_and_the_place_inspected_while_others_are_read_and_nothing_fails() {
    let desk = Desk::open_on(TestDatabase::new().await, |config| {
        config.privacy.reveals_a_minute = PLENTY;
        config.privacy.reveals_a_day = PLENTY;
    });
    let vault = Arc::new(Vault::of(desk.await).await);
    let customers = vault.refused_long_ago().await;
    let mut living = Vec::new();
    for n in 0..LIVING {
        living.push(vault.desk.office.apply(&format!("LIVES-{n}"), 600 + n, BANK, |_| ()).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (worker, stopped) = (vault.clone(), stop.clone());
    let work = tokio::spawn(async move { worker.work(&living, &stopped).await });

    let app = vault.desk.office.app();
    let nowhere = vault.desk.office.service.folder.path().join("no-checkpoint");
    let (gone, checks) = tokio::join!(destroy(app, &customers), async {
        let mut checks = inspect(app, &nowhere, 200).await.unwrap();
        checks.extend(inspect(app, &nowhere, 200).await.unwrap());
        checks
    });
    stop.store(true, Ordering::Relaxed);
    let done = work.await.unwrap();
    assert_eq!(gone, customers.len());
    let failed: Vec<_> = checks.iter().filter(|check| !check.passed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(done.read > 10 && done.judged > 10 && done.revealed > 10, "{done:?}");
    println!("{gone} persons destroyed and two inspections beside it: {done:?}, none failed");
    // Those are gone, in every table that had them.
    let sealed = "SELECT count(*) FROM sealed z JOIN submission s ON s.id = z.submission_id
         JOIN application a ON a.id = s.application_id WHERE a.application_no LIKE 'GONE-%'";
    assert!(count(vault.admin(), sealed).await >= i64::from(GONE));
    let sql = format!("{sealed} AND z.wrapped_key IS NOT NULL");
    let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(vault.admin()).await.unwrap();
    assert_eq!(left, 0);
}
