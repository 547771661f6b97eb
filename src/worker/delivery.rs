//! Jobs: plan deliveries of events, and send them to one endpoint each.
//!
//! At least once, and the events of a case in order: the store leases a case's next event only after the one before was
//! taken. A sender that dies leaves leases that run out. Each endpoint has a sender of its own, so that one that hangs holds
//! up nobody else's events; within it, a case that is not taken holds up no other case.

pub mod cloud_event;
pub mod retention;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::TimeDelta;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::task::TaskTracker;

use super::Next;
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    store::{
        Store, StoreError,
        delivery::{AttemptResult, DeliveryState, complete::Attempt, lease::Leased, plan::EndpointPlan},
    },
    telemetry::metrics::METRICS,
    webhook::{Client, Endpoint, Failure, Message, backoff},
};

/// Pause between two passes when nothing is new.
pub const PAUSE: Duration = Duration::from_millis(500);
/// Pause between two looks at the figures: shorter than the time between two scrapes.
pub const MEASURE_PAUSE: Duration = Duration::from_secs(5);
/// What a lease lasts beyond the longest attempt: for the write that completes it, while the database is slow.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// Turns events into deliveries.
pub struct Planner {
    /// The database.
    pub store: Store,
    /// Endpoints of the configuration.
    pub endpoints: Vec<EndpointPlan>,
    /// Tells the time.
    pub clock: SharedClock,
}

impl Planner {
    /// One pass.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn once(&self) -> Result<Next, StoreError> {
        let planned = self.store.plan_deliveries(self.endpoints.clone(), self.clock.now()).await?;
        Ok(if planned.more { Next::AtOnce } else { Next::AfterPause })
    }

    /// Sets the metrics of the endpoints.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn measure(&self) -> Result<Next, StoreError> {
        let names = self.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
        let figures = self.store.endpoint_figures(names).await?;
        let now = self.clock.now();
        for EndpointPlan { name, .. } in &self.endpoints {
            // One that is not known to the database yet has missed nothing.
            let found = figures.iter().find(|figures| figures.name == *name);
            let oldest = found.and_then(|figures| figures.oldest);
            let age = oldest.map_or(0, |oldest| (now - oldest).num_milliseconds().max(0));
            let age = Duration::from_millis(age.unsigned_abs()).as_secs_f64();
            METRICS.events.stands(name, age, found.map_or(0, |figures| figures.dead));
        }
        Ok(Next::AfterPause)
    }
}

/// How sending is done, the same for every endpoint.
#[derive(Clone)]
pub struct Sending {
    /// The database.
    pub store: Store,
    /// Makes the requests.
    pub client: Client,
    /// `source` of every event.
    pub source: String,
    /// Failed attempts after which an event is a dead letter.
    pub max_attempts: u32,
    /// Events under way to one endpoint.
    pub in_flight: u16,
    /// Tells the time.
    pub clock: SharedClock,
    /// Spreads what is tried again.
    pub entropy: SharedEntropy,
    /// Attempts under way, for whoever waits for them at the end.
    pub under_way: TaskTracker,
}

/// Sends to one endpoint.
pub struct Sender {
    sending: Sending,
    endpoint: Endpoint,
    places: Arc<Semaphore>,
    /// An attempt came to its end: the next event of its case may be due.
    ended: Notify,
    failing: AtomicBool,
}

impl Sender {
    /// A sender to `endpoint`.
    pub fn new(sending: Sending, endpoint: Endpoint) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(sending.in_flight.into()));
        Arc::new(Self { sending, endpoint, places, ended: Notify::new(), failing: AtomicBool::new(false) })
    }

    /// Takes what is due and begins to send it; then waits until something is over, if anything is under way.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn once(self: &Arc<Self>) -> Result<Next, StoreError> {
        let ended = self.ended.notified();
        if self.begin().await? > 0 {
            return Ok(Next::AtOnce);
        }
        let idle = self.places.available_permits() == usize::from(self.sending.in_flight);
        if idle {
            return Ok(Next::AfterPause);
        }
        // Whether something ended or not: look again.
        let _ = timeout(PAUSE, ended).await;
        Ok(Next::AtOnce)
    }

    /// Takes what is due, as much as there are places, and begins to send it: says how many.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(self: &Arc<Self>) -> Result<usize, StoreError> {
        let free = self.places.available_permits();
        let mut permits = Vec::with_capacity(free);
        permits.extend((0..free).map_while(|_| self.places.clone().try_acquire_owned().ok()));
        let Ok(limit @ 1..) = i64::try_from(permits.len()) else { return Ok(0) };
        let now = self.sending.clock.now();
        let lasts =
            TimeDelta::from_std(self.sending.client.longest() + LEASE_MARGIN).unwrap_or(TimeDelta::MAX);
        let until = now.checked_add_signed(lasts).unwrap_or(now);
        let name = self.endpoint.name.clone();
        let leased = self.sending.store.lease_deliveries(name, now, until, limit).await?;
        let count = leased.len();
        for (leased, permit) in leased.into_iter().zip(permits) {
            self.sending.under_way.spawn(self.clone().attempt(leased, permit));
        }
        Ok(count)
    }

    async fn attempt(self: Arc<Self>, leased: Leased, permit: OwnedSemaphorePermit) {
        let sending = &self.sending;
        let message = Message {
            id: leased.event.id,
            timestamp: sending.clock.now().timestamp(),
            body: Bytes::from(cloud_event::body(&leased.event, &sending.source)),
        };
        let sent = sending.client.send(&self.endpoint, &message).await;
        let (result, status) = match &sent {
            Ok(status) => (AttemptResult::Delivered, Some(status.as_u16())),
            Err(failure) => (result(failure), failure.status()),
        };
        self.tell(&leased, &sent.map(|_| ()));
        let attempt = self.judged(&leased, result, status);
        METRICS.events.attempted(&self.endpoint.name, result.name());
        match sending.store.complete_delivery(&leased, attempt).await {
            Ok(true) => {
                if attempt.state() == DeliveryState::Dead {
                    tracing::warn!(
                        endpoint = self.endpoint.name,
                        event.id = %leased.event.id,
                        "an event is given up for an endpoint: it and later ones of its case wait there until it is redelivered"
                    );
                }
            }
            Ok(false) => METRICS.events.attempted(&self.endpoint.name, "lease_lost"),
            // The lease runs out, and it is sent again.
            Err(error) => {
                tracing::warn!(endpoint = self.endpoint.name, error = %error, "what became of a delivery cannot be written");
            }
        }
        drop(permit);
        self.ended.notify_one();
    }

    /// The attempt as it is written, with when it is made again.
    fn judged(&self, leased: &Leased, result: AttemptResult, status: Option<u16>) -> Attempt {
        let at = self.sending.clock.now();
        let failures = leased.attempts.saturating_add(1);
        let again = result != AttemptResult::Delivered && failures < self.sending.max_attempts;
        // Without luck there is a pause all the same.
        let again_at = again.then(|| {
            let pause = backoff::pause(failures, self.sending.entropy.as_ref()).unwrap_or(LEASE_MARGIN);
            TimeDelta::from_std(pause).ok().and_then(|pause| at.checked_add_signed(pause)).unwrap_or(at)
        });
        Attempt { result, status, at, again_at }
    }

    /// One line when an endpoint begins to fail, and one when it works again: an outage would otherwise fill the log.
    fn tell(&self, leased: &Leased, sent: &Result<(), Failure>) {
        let name = self.endpoint.name.as_str();
        match sent {
            Ok(()) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!(endpoint = name, "the endpoint takes events again");
                }
            }
            Err(failure) => {
                if !self.failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(endpoint = name, event.id = %leased.event.id, failure = %failure, "the endpoint does not take an event");
                }
            }
        }
    }
}

const fn result(failure: &Failure) -> AttemptResult {
    match failure {
        Failure::Refused(_) => AttemptResult::Refused,
        Failure::Redirected(_) => AttemptResult::Redirected,
        Failure::NoConnection(_) | Failure::ConnectTimeout(_) => AttemptResult::NoConnection,
        Failure::NoAnswer(_) => AttemptResult::NoAnswer,
        Failure::BrokenOff(_) | Failure::TooLong(_) | Failure::Request(_) => AttemptResult::BrokenOff,
    }
}
