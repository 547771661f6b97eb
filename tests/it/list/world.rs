//! A service without jobs, whose clock stands where a test puts it: applications by their contacts, lists by hand.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;
use zhenshi::{
    app::{
        App,
        run_suspicion_list::{Step, advance},
    },
    cli::service::Service,
    clock::FixedClock,
    config::Role as ProcessRole,
    entropy::SeededEntropy,
    ids,
    security::keyring::Keyring,
    store::record::{Answer, Approval, ContactUse, Item, Outcome, PartyEntry},
};
use zhenshi_domain::{
    application::{Channel, Relation},
    clue::ClueKey,
    party::Role,
    shanghai,
    verdict::Verdict,
};

use crate::support::{
    database::{TestDatabase, start_time},
    recorder::item,
    service::config,
};

/// What the luck of the next process begins with.
static LUCK: AtomicU64 = AtomicU64::new(1_000);

pub struct World {
    service: Service,
    pub admin: sqlx::PgPool,
    pub clock: Arc<FixedClock>,
    request: AtomicU32,
    folder: TempDir,
}

/// A party of an application: which customer (0 for a weak key of his own), and his contacts.
#[derive(Clone)]
pub struct Party {
    pub customer: u128,
    pub role: Role,
    pub relation: Option<Relation>,
    pub minor: bool,
    pub weak: bool,
    pub name: Option<u128>,
    pub phones: Vec<u128>,
    pub accounts: Vec<u128>,
    pub certificate: Option<u128>,
    pub triple: Option<u128>,
    pub address: Option<u128>,
}

/// A policyholder with a phone.
pub fn holder(customer: u128, phones: &[u128]) -> Party {
    Party {
        customer,
        role: Role::Policyholder,
        relation: None,
        minor: false,
        weak: false,
        name: Some(customer),
        phones: phones.to_vec(),
        accounts: Vec::new(),
        certificate: None,
        triple: None,
        address: None,
    }
}

/// An insured with a phone.
pub fn insured(customer: u128, relation: Relation, phones: &[u128]) -> Party {
    Party { role: Role::Insured, relation: Some(relation), ..holder(customer, phones) }
}

/// An item of `parties`.
pub fn application(application_no: &str, request: u128, parties: &[Party]) -> Item {
    let mut item = item(application_no, request);
    item.contacts.parties.clear();
    item.contacts.uses.clear();
    item.digest = [0; 32];
    item.digest[..16].copy_from_slice(&request.to_be_bytes());
    for (party, number) in parties.iter().zip(0i16..) {
        item.contacts.parties.push(PartyEntry {
            party_no: number,
            role: party.role,
            relation: party.relation,
            minor: party.minor,
            weak: party.weak,
            customer_fingerprint: Uuid::from_u128(party.customer),
            name_fingerprint: party.name.map(Uuid::from_u128),
        });
        let mut add = |clue, value: u128| {
            item.contacts.uses.push(ContactUse::new(clue, Uuid::from_u128(value), number, None));
        };
        party.phones.iter().for_each(|phone| add(ClueKey::Phone, *phone));
        party.accounts.iter().for_each(|account| add(ClueKey::Account, *account));
        party.certificate.iter().for_each(|certificate| add(ClueKey::Certificate, *certificate));
        party.triple.iter().for_each(|triple| add(ClueKey::PersonTriple, *triple));
        party.address.iter().for_each(|address| add(ClueKey::Address, *address));
    }
    item.contacts.uses.sort_unstable();
    item.contacts.uses.dedup();
    item
}

/// Approves `account` of the item until `valid_until`.
pub fn approved(mut item: Item, account: u128, valid_until: &str) -> Item {
    let valid_until = valid_until.parse().unwrap();
    item.contacts.approvals.push(Approval { account_key: Uuid::from_u128(account), valid_until });
    item
}

impl World {
    pub async fn new() -> Self {
        Self::on(TestDatabase::new().await).await
    }

    pub async fn on(database: TestDatabase) -> Self {
        Self::under(database, "").await
    }

    /// With a rule profile.
    pub async fn under(database: TestDatabase, profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SeededEntropy::new(42));
        let keyring = folder.path().join("keyring.json");
        Keyring::generate(entropy.as_ref()).unwrap().create(&keyring).unwrap();
        let clock = Arc::new(FixedClock::new(start_time()));
        let mut config = config(&database, &folder, keyring);
        config.role = ProcessRole::Api;
        let rules = folder.path().join("rules.toml");
        std::fs::write(&rules, profile).unwrap();
        config.rules.profile = Some(rules);
        // Processes on one database share its keys, never their luck.
        let luck = Arc::new(SeededEntropy::new(LUCK.fetch_add(1, Ordering::Relaxed)));
        let service = Service::start(&config, clock.clone(), luck).await.unwrap();
        let admin = database.admin().await;
        Self { service, admin, clock, request: AtomicU32::new(1), folder }
    }

    /// Leaves the database to others.
    pub async fn stop(self) {
        self.admin.close().await;
        self.service.stop().await;
    }

    /// Where the keyring is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub const fn app(&self) -> &Arc<App> {
        self.service.app()
    }

    /// Puts the clock to a time of a day in Shanghai, such as `2026-11-24 09:00`.
    pub fn at(&self, time: &str) {
        let (day, time) = time.split_once(' ').unwrap();
        let time: NaiveTime = format!("{time}:00").parse().unwrap();
        let to = shanghai::midnight(day.parse().unwrap()) + (time - NaiveTime::MIN);
        self.clock.advance(to - zhenshi::clock::Clock::now(self.clock.as_ref()));
    }

    pub fn request(&self) -> u128 {
        self.request.fetch_add(1, Ordering::Relaxed).into()
    }

    pub async fn record(&self, item: Item) -> Answer {
        match self.app().recorder.record(Arc::new(item)).await.unwrap() {
            Outcome::Recorded(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// Records application `application_no` of `parties`.
    pub async fn apply(&self, application_no: &str, parties: &[Party]) -> Answer {
        self.record(application(application_no, self.request(), parties)).await
    }

    /// Makes every list that is due on `day`.
    pub async fn run(&self, day: &str) {
        while advance(self.app(), day.parse().unwrap(), true).await.unwrap() != Step::Done {}
    }

    /// The suspicions of the daily list of `day`: clue, and its members as `application/customer`, new ones with `+`.
    pub async fn list(&self, day: &str) -> Vec<String> {
        self.list_of(1, day).await
    }

    /// The same of the self-inspection list.
    pub async fn self_inspection(&self, day: &str) -> Vec<String> {
        self.list_of(2, day).await
    }

    async fn list_of(&self, kind: i16, day: &str) -> Vec<String> {
        let day: NaiveDate = day.parse().unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT concat_ws(' ', (ARRAY['SAME_PHONE', 'SAME_BANK_ACCOUNT', 'SELLER_CONTACT', 'IDENTITY_CONFLICT',
                        'SAME_PERSON_TWICE'])[s.clue], nullif(s.owner_code, ''),
                    CASE WHEN s.declared_family THEN 'family' END, CASE WHEN s.capped THEN 'capped' END,
                    string_agg(a.application_no || '/' || key.fingerprint_no || CASE WHEN m.is_new THEN '+' ELSE '' END,
                        ' ' ORDER BY a.application_no, m.party_no, m.member_no))
             FROM suspicion_list l JOIN suspicion s ON s.list_id = l.id
             JOIN suspicion_member m ON m.suspicion_id = s.id
             JOIN application a ON a.id = m.application_id
             JOIN (SELECT customer_id, ltrim(replace(fingerprint::text, '-', ''), '0') AS fingerprint_no
                   FROM customer_key) AS key ON key.customer_id = m.customer_id
             WHERE l.kind = $1 AND l.list_date = $2 AND l.state = 2
             GROUP BY s.id ORDER BY 1",
        )
        .bind(kind)
        .bind(day)
        .fetch_all(&self.admin)
        .await
        .unwrap();
        rows.into_iter().map(|(row,)| row).collect()
    }

    /// Days of the sealed daily lists, with their digests.
    pub async fn digests(&self) -> Vec<(NaiveDate, Vec<u8>)> {
        sqlx::query_as(
            "SELECT list_date, digest FROM suspicion_list WHERE state = 2 AND kind = 1 ORDER BY list_date",
        )
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }

    /// Clears a pair of customers for a phone, as a verified case will.
    pub async fn clear(&self, phone: u128, customers: (u128, u128), at: DateTime<Utc>) {
        let value = ids::derived(
            "clue_value",
            &[&1i16.to_be_bytes(), &1i16.to_be_bytes(), Uuid::from_u128(phone).as_bytes()],
        );
        let customer = async |number: u128| -> Uuid {
            sqlx::query_scalar("SELECT customer_id FROM customer_key WHERE fingerprint = $1")
                .bind(Uuid::from_u128(number))
                .fetch_one(&self.admin)
                .await
                .unwrap()
        };
        sqlx::query("INSERT INTO clue_value VALUES ($1, 1, 1, $2) ON CONFLICT DO NOTHING")
            .bind(value)
            .bind(Uuid::from_u128(phone))
            .execute(&self.admin)
            .await
            .unwrap();
        let pair = [customer(customers.0).await, customer(customers.1).await];
        sqlx::query(
            "INSERT INTO cleared_relation (id, clue_value_id, low_customer_id, high_customer_id, kind, cleared_by,
                 cleared_time)
             SELECT gen_random_uuid(), $1, LEAST($2, $3), GREATEST($2, $3), 1, 'test', $4",
        )
        .bind(value)
        .bind(pair[0])
        .bind(pair[1])
        .bind(at)
        .execute(&self.admin)
        .await
        .unwrap();
    }
}

/// Nothing else than a rejected application.
pub fn rejected(mut item: Item) -> Item {
    item.decision.verdict = Verdict::Rejected;
    item
}

/// The item sold by `seller` in `channel`.
pub fn sold(mut item: Item, channel: Channel, seller: &str) -> Item {
    item.channel = channel;
    item.seller_code = seller.into();
    item
}
