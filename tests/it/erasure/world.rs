//! A service without jobs of its own, people of every duty, applications of two persons, and a look at what is left of one.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        erasure::{
            decide::decide_erasure,
            request::{AskedErasure, request_erasure},
            shred::shred_approved,
        },
        record_policy_event::{NamedPolicy, SentPolicyEvent, record_policy_event},
    },
    clock::Clock as _,
    config::Role as Part,
    grpc::client::Client,
    security::{
        principal::{Principal, StaffScope},
        role::Role,
        sealing::{Place, Sealed},
    },
    store::retention::{ErasureGround, SubjectName},
};
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind},
    policy::PolicyEventKind,
};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::{application, man, request},
    database::TestDatabase,
    service::TestService,
};

/// Ids that are drawn before a second service of the same seed is used.
const SPENT_LUCK: u32 = 200_000;
/// Days of a year, with those of leap years.
const YEAR: i64 = 366;

pub struct World {
    pub service: TestService,
    pub admin: PgPool,
    pub client: Client,
    pub service_member: Principal,
    pub supervisor: Principal,
    pub manager: Principal,
    pub compliance: Principal,
    pub auditor: Principal,
}

pub fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn asked(number: u128, name: SubjectName) -> AskedErasure {
    AskedErasure {
        request_id: Uuid::from_u128(number),
        name,
        ground: ErasureGround::RetentionOver,
        reference: "R-1".into(),
    }
}

/// A member of staff of no channel.
pub fn member(code: &str, role: Role) -> Principal {
    let staff = StaffScope {
        staff_code: code.into(),
        channel: None,
        branch_code: String::new(),
        team_leader_code: String::new(),
    };
    Principal::member(role, staff)
}

impl World {
    pub async fn open() -> Self {
        Self::open_on(TestDatabase::new().await).await
    }

    async fn open_on(database: TestDatabase) -> Self {
        Self::of(TestService::start_with(database, |config| config.role = Part::Api).await).await
    }

    /// The same installation (keyring, ledger) on another database.
    pub async fn on(&self, database: &TestDatabase) -> Self {
        let ledger = self.service.folder.path().join("shred-ledger.jsonl");
        let service = TestService::start_with(database.clone(), |config| {
            config.role = Part::Api;
            config.retention.ledger_path = Some(ledger);
        });
        let service = service.await;
        // The same luck and time would give the ids that are in the database already.
        for _ in 0..SPENT_LUCK {
            service.mint();
        }
        Self::of(service).await
    }

    async fn of(service: TestService) -> Self {
        Self {
            admin: service.database.admin().await,
            client: service.client("core").await,
            service_member: member("ST-CS", Role::CustomerService),
            supervisor: member("ST-IS", Role::InformationSupervisor),
            manager: member("ST-CM", Role::CustomerServiceManager),
            compliance: member("ST-CO", Role::Compliance),
            auditor: member("ST-AU", Role::Auditor),
            service,
        }
    }

    pub fn app(&self) -> &App {
        self.service.running().app()
    }

    /// An accepted application of a policyholder and another insured, who share a telephone; their customers.
    pub async fn two_parties(&self, application_no: &str) -> (Uuid, Uuid, Uuid) {
        let mut sent = application(application_no, 1);
        let mut insured = man(2);
        insured.phones.clone_from(&sent.policyholder.as_ref().unwrap().phones);
        sent.insureds[0] = proto::Insured { person: Some(insured), relation: proto::Relation::Other.into() };
        let number = application_no.bytes().fold(7u128, |sum, byte| sum * 257 + u128::from(byte));
        let answer = self.client.validate(request(number, sent)).await.unwrap();
        assert_eq!(answer.verdict(), proto::Verdict::Accepted, "{:?}", answer.findings);
        let submission: Uuid = answer.submission_id.parse().unwrap();
        let of_role = |role: i16| {
            sqlx::query_scalar(
                "SELECT customer_id FROM application_party WHERE submission_id = $1 AND role = $2",
            )
            .bind(submission)
            .bind(role)
            .fetch_one(&self.admin)
        };
        let (holder, insured) = (of_role(1).await.unwrap(), of_role(2).await.unwrap());
        (submission, holder, insured)
    }

    async fn tell(&self, application_no: &str, kind: PolicyEventKind) {
        let key = ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: application_no.into(),
        };
        let sent = SentPolicyEvent {
            request_id: self.service.mint(),
            digest: [1; 32],
            policy: NamedPolicy { source: "core".into(), application: Some(key), policy_no: String::new() },
            kind,
            occurred_time: self.service.clock.now(),
        };
        record_policy_event(self.app(), &Principal::whole("core"), sent).await.unwrap();
    }

    pub async fn decline(&self, application_no: &str) {
        self.tell(application_no, PolicyEventKind::Declined).await;
    }

    pub async fn surrender(&self, application_no: &str) {
        self.tell(application_no, PolicyEventKind::Issued).await;
        self.tell(application_no, PolicyEventKind::Surrendered).await;
    }

    pub async fn pass_years(&self, years: i64) {
        self.service.clock.advance(TimeDelta::days(years * YEAR));
        self.app().store.ensure_partitions(self.service.clock.now()).await.unwrap();
    }

    pub fn pass_days(&self, days: i64) {
        self.service.clock.advance(TimeDelta::days(days));
    }

    /// All the way: declined, due, asked for, decided, destroyed. Gives the destruction.
    pub async fn destroy(&self, application_no: &str, customer: Uuid) -> Uuid {
        let id = self.decide(application_no, customer).await;
        assert_eq!(shred_approved(self.app()).await.unwrap(), 1);
        id
    }

    /// As [`World::destroy`], until it is decided.
    pub async fn decide(&self, application_no: &str, customer: Uuid) -> Uuid {
        self.decline(application_no).await;
        self.pass_years(3).await;
        let name = SubjectName::Customer(customer);
        let asked = asked(customer.as_u128(), name);
        let (erasure, _) = request_erasure(self.app(), &self.service_member, asked).await.unwrap();
        decide_erasure(self.app(), &self.supervisor, erasure.id, true).await.unwrap();
        erasure.id
    }

    /// What leads to a customer, by table.
    pub async fn traces(&self, customer: Uuid) -> Vec<(String, i64)> {
        let rows = sqlx::query(
            "SELECT 'customer_key', count(*) FROM customer_key WHERE customer_id = $1
             UNION ALL SELECT 'contact_use', count(*) FROM contact_use WHERE customer_id = $1
             UNION ALL SELECT 'wrapped_key', count(*) FROM sealed z JOIN application_party p USING (submission_id, party_no)
                 WHERE p.customer_id = $1 AND z.wrapped_key IS NOT NULL
             UNION ALL SELECT 'subject_fingerprint', count(*) FROM sealed z JOIN application_party p USING (submission_id, party_no)
                 WHERE p.customer_id = $1 AND z.subject_fingerprint IS NOT NULL",
        )
        .bind(customer)
        .fetch_all(&self.admin)
        .await
        .unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Whether every head names the contacts of its current revision, no more and no less.
    pub async fn keys_are_exactly_the_contacts(&self) -> bool {
        let heads = sqlx::query("SELECT id, keys FROM application").fetch_all(&self.admin).await.unwrap();
        for head in heads {
            let packed: Vec<u8> = head.get(1);
            let named: BTreeSet<Vec<u8>> = packed.chunks(20).map(<[u8]>::to_vec).collect();
            let uses = sqlx::query(
                "SELECT epoch, clue, fingerprint FROM contact_use WHERE application_id = $1 AND ended_time IS NULL",
            )
            .bind(head.get::<Uuid, _>(0))
            .fetch_all(&self.admin)
            .await
            .unwrap();
            let in_force: BTreeSet<Vec<u8>> = uses
                .iter()
                .map(|row| {
                    let (epoch, clue): (i16, i16) = (row.get(0), row.get(1));
                    [&epoch.to_be_bytes()[..], &clue.to_be_bytes(), row.get::<Uuid, _>(2).as_bytes()].concat()
                })
                .collect();
            if named != in_force {
                return false;
            }
        }
        true
    }

    /// Numbers of the parties of `submission` that open with the keys of this installation.
    pub async fn open_sealed(&self, submission: Uuid) -> Vec<i16> {
        let rows = sqlx::query(
            "SELECT party_no, COALESCE(wrapped_key, ''), payload FROM sealed
             WHERE submission_id = $1 AND party_no >= 0 ORDER BY party_no",
        )
        .bind(submission)
        .fetch_all(&self.admin)
        .await
        .unwrap();
        let opens = |row: &&sqlx::postgres::PgRow| {
            let place = Place { table: "sealed", row: submission, party_no: row.get(0) };
            let sealed = Sealed { wrapped_key: row.get(1), payload: row.get(2) };
            self.app().sealer.open(place, &sealed).is_ok()
        };
        rows.iter().filter(opens).map(|row| row.get(0)).collect()
    }

    pub async fn verify_audit(&self) -> Vec<zhenshi::store::audit_verify::Fault> {
        let app = self.app();
        app.store.relay(app.audit_keys.get()).await.unwrap();
        app.store.verify_audit(app.audit_keys.get(), Vec::new()).await.unwrap().faults
    }
}
