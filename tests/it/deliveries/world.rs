//! A database with events in it, a planner and senders that the test steps by hand.

use std::{sync::Arc, time::Duration};

use chrono::{NaiveDate, TimeDelta};
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use zhenshi::{
    clock::{Clock as _, FixedClock},
    config::EventEndpoint,
    entropy::SeededEntropy,
    ids,
    store::{
        Scope, Store,
        delivery::{
            DeliveryState,
            plan::EndpointPlan,
            request::{DeliveryFilter, DeliveryRow},
        },
        outbox::{self, CaseChange, NewEvent},
    },
    webhook::{Client, Endpoint},
    worker::delivery::{Planner, Sender, Sending},
};
use zhenshi_domain::{
    application::Channel,
    event::{CaseFacts, CaseNumber, EventData, EventKind},
};

use crate::support::{
    database::{TestDatabase, audit_keys, start_time},
    receiver::Receiver,
};

/// Longer than any test takes: only what hangs on purpose is given less.
pub const PATIENT: Duration = Duration::from_mins(1);
/// For what hangs on purpose.
pub const IMPATIENT: Duration = Duration::from_millis(200);
/// Failed attempts after which the tests' events are dead.
pub const MAX_ATTEMPTS: u32 = 3;
/// A secret.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Another.
pub const OTHER_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

pub struct World {
    pub database: TestDatabase,
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub entropy: Arc<SeededEntropy>,
    pub receiver: Receiver,
    pub under_way: TaskTracker,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Receiver::start().await).await
    }

    pub async fn with(receiver: Receiver) -> Self {
        let database = TestDatabase::guarded().await;
        Self {
            store: database.store().await,
            database,
            clock: Arc::new(FixedClock::new(start_time())),
            entropy: Arc::new(SeededEntropy::new(5)),
            receiver,
            under_way: TaskTracker::new(),
        }
    }

    /// The section of the endpoint `name` at the receiver, with one secret.
    pub fn section(&self, name: &str) -> EventEndpoint {
        EventEndpoint {
            name: name.into(),
            url: format!("http://{}/hook", self.receiver.address),
            secret_env: Some("FIRST".into()),
            allow_http: true,
            ..EventEndpoint::default()
        }
    }

    /// A sender to the endpoint of `section`, whose client waits as long as `answer`.
    pub fn sender(&self, section: &EventEndpoint, answer: Duration) -> Arc<Sender> {
        self.sender_on(self.store.clone(), section, answer)
    }

    /// The same over a store of its own, as another process has it.
    pub fn sender_on(&self, store: Store, section: &EventEndpoint, answer: Duration) -> Arc<Sender> {
        let sending = Sending {
            store,
            client: Client { connect: PATIENT, answer },
            source: "urn:test".into(),
            max_attempts: MAX_ATTEMPTS,
            in_flight: 8,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            under_way: self.under_way.clone(),
        };
        Sender::new(sending, open(section))
    }

    pub fn planner(&self, sections: &[&EventEndpoint]) -> Planner {
        let endpoints = sections.iter().map(|section| EndpointPlan {
            name: section.name.clone(),
            kinds: section.kinds().into_iter().map(EventKind::name).collect(),
            from_start: section.from_start,
        });
        Planner { store: self.store.clone(), endpoints: endpoints.collect(), clock: self.clock.clone() }
    }

    /// Positions and plans everything there is.
    pub async fn plan(&self, sections: &[&EventEndpoint]) {
        self.store.relay(audit_keys()).await.unwrap();
        self.planner(sections).once().await.unwrap();
    }

    /// Sends what is due now and waits until each attempt is over. Says how many there were.
    pub async fn send(&self, sender: &Arc<Sender>) -> usize {
        let begun = sender.begin().await.unwrap();
        self.settle().await;
        begun
    }

    /// Waits until each attempt is over.
    pub async fn settle(&self) {
        self.under_way.close();
        self.under_way.wait().await;
        self.under_way.reopen();
    }

    /// Sends until nothing is due.
    pub async fn send_all(&self, sender: &Arc<Sender>) {
        while self.send(sender).await > 0 {}
    }

    /// Moves the clock past every pause and every lease.
    pub fn pass_the_pause(&self) {
        self.clock.advance(TimeDelta::hours(2));
    }

    /// Case `case` gets to `version`, and an event says so.
    pub async fn change(&self, case: u128, version: i64) {
        let event = self.event(case, version);
        self.add(vec![event]).await;
    }

    pub fn event(&self, case: u128, version: i64) -> NewEvent {
        NewEvent {
            id: ids::mint(self.clock.now(), self.entropy.as_ref()).unwrap(),
            recorded_time: self.clock.now(),
            case: Some(CaseChange { case_id: case_id(case), version }),
            subject_ids: Vec::new(),
            data: EventData::Assigned { case: facts() },
        }
    }

    pub async fn add(&self, events: Vec<NewEvent>) {
        let add = self
            .store
            .with_tx(Scope::system(), move |tx| Box::pin(async move { outbox::add(tx, &events).await }));
        add.await.unwrap();
    }

    /// The deliveries of `endpoint`, oldest first.
    pub async fn deliveries(&self, endpoint: &str) -> Vec<DeliveryRow> {
        let filter = DeliveryFilter { endpoint: Some(endpoint.into()), ..DeliveryFilter::default() };
        let mut rows = self.store.list_deliveries(filter, 10_000).await.unwrap();
        rows.reverse();
        rows
    }

    /// Where they stand.
    pub async fn states(&self, endpoint: &str) -> Vec<DeliveryState> {
        self.deliveries(endpoint).await.iter().map(|row| row.state).collect()
    }

    /// Cases and versions that arrived, in order.
    pub fn arrived(&self) -> Vec<(Uuid, i64)> {
        let cases = self.receiver.arrived().into_iter().filter_map(|arrived| arrived.case());
        cases.map(|(case, version)| (case.parse().unwrap(), version)).collect()
    }
}

pub fn case_id(case: u128) -> Uuid {
    Uuid::from_u128(case)
}

pub fn facts() -> CaseFacts {
    CaseFacts {
        case_no: CaseNumber { day: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), serial: 1 },
        channel: Channel::Bancassurance,
        due_time: Some(start_time()),
        due_provisional: false,
    }
}

/// The endpoint of a section, with the secrets of this file.
pub fn open(section: &EventEndpoint) -> Endpoint {
    Endpoint::open(section, |name| match name {
        "FIRST" => Some(SECRET.into()),
        "SECOND" => Some(OTHER_SECRET.into()),
        _ => None,
    })
    .unwrap()
}
