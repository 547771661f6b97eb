//! Two kinds of load: callers that wait for their answers, and a storm that does not.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};
use zhenshi_proto::zhenshi::v1::validation_service_client::ValidationServiceClient;

use crate::support::applications::{application, request};

/// Connections, so that no limit of streams stands between the storm and the service.
const CONNECTIONS: usize = 64;
/// What every caller gives a call.
const DEADLINE: Duration = Duration::from_secs(2);
/// Over the deadline, for the service's own answer to come first.
const GRACE: Duration = Duration::from_millis(250);
/// The storm's pulse.
const PULSE: Duration = Duration::from_millis(5);

/// Most calls of a storm under way: a load that cannot keep up must not take the machine's memory.
const MAX_IN_FLIGHT: usize = 16_384;

/// How many calls are to have been sent by now.
fn due(per_second: f64, elapsed: Duration) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands a second")]
    let calls = (per_second * elapsed.as_secs_f64()) as usize;
    calls
}

/// What came back.
#[derive(Debug)]
pub struct Tally {
    length: Duration,
    good: Vec<Duration>,
    failures: BTreeMap<String, u64>,
}

impl Tally {
    pub const fn new(length: Duration) -> Self {
        Self { length, good: Vec::new(), failures: BTreeMap::new() }
    }

    pub fn add(&mut self, outcome: Result<Duration, String>) {
        match outcome {
            Ok(waited) => self.good.push(waited),
            Err(code) => *self.failures.entry(code).or_default() += 1,
        }
    }

    pub fn good_per_second(&self) -> f64 {
        self.per_second(self.good.len() as u64)
    }

    pub fn offered_per_second(&self) -> f64 {
        self.per_second(self.good.len() as u64 + self.failures.values().sum::<u64>())
    }

    /// How often each code came back.
    pub fn failures(&self) -> BTreeMap<String, u64> {
        self.failures.clone()
    }

    /// What `percent` of 100 good calls did not exceed.
    pub fn percentile_ms(&self, percent: usize) -> Option<f64> {
        let mut waited = self.good.clone();
        waited.sort_unstable();
        let place = (waited.len() * percent).div_ceil(100).saturating_sub(1);
        waited.get(place).map(|waited| (waited.as_secs_f64() * 1e4).round() / 10.0)
    }

    fn per_second(&self, count: u64) -> f64 {
        f64::from(u32::try_from(count).unwrap()) / self.length.as_secs_f64()
    }
}

/// Connections to the service.
pub struct Load {
    channels: Vec<Channel>,
    authorization: MetadataValue<Ascii>,
    /// Numbers of applications; none is sent twice.
    next: AtomicU32,
    good: AtomicU64,
}

impl Load {
    pub async fn new(url: &str, token: &str) -> Self {
        let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
        let mut channels = Vec::new();
        for _ in 0..CONNECTIONS {
            channels.push(endpoint.connect().await.unwrap());
        }
        let authorization = format!("Bearer {token}").parse().unwrap();
        Self { channels, authorization, next: AtomicU32::new(0), good: AtomicU64::new(0) }
    }

    /// How many calls were answered with a verdict.
    pub fn good(&self) -> u64 {
        self.good.load(Ordering::Relaxed)
    }

    /// So many callers, each with one call under way. Counted are the calls that ended in time.
    pub async fn callers(&self, count: u32, length: Duration) -> Tally {
        let end = Instant::now() + length;
        let mut callers = JoinSet::new();
        let mut tally = Tally::new(length);
        for _ in 0..count {
            callers.spawn(self.call());
        }
        while let Some(outcome) = callers.join_next().await {
            let outcome = self.note(outcome.unwrap());
            if Instant::now() < end {
                tally.add(outcome);
                callers.spawn(self.call());
            }
        }
        tally
    }

    /// So many calls a second, whether or not they are answered. Counted are all that were sent; good are those that came
    /// back in time.
    pub async fn storm(&self, per_second: f64, length: Duration) -> Tally {
        let begun = Instant::now();
        let mut calls = JoinSet::new();
        let mut tally = Tally::new(length);
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sent = 0;
        while begun.elapsed() < length {
            pulse.tick().await;
            while let Some(outcome) = calls.try_join_next() {
                tally.add(self.note(outcome.unwrap()));
            }
            // As many as are due by now: a late pulse brings more. What there is no room for is not sent, and will be
            // missing from what was offered.
            let due = due(per_second, begun.elapsed());
            for _ in sent..due.min(sent + MAX_IN_FLIGHT.saturating_sub(calls.len())) {
                calls.spawn(self.call());
            }
            sent = due;
        }
        while let Some(outcome) = calls.join_next().await {
            tally.add(self.note(outcome.unwrap()));
        }
        tally
    }

    /// One call; whether it was answered with a verdict within `limit`.
    pub async fn one_within(&self, limit: Duration) -> bool {
        matches!(self.note(self.call().await), Ok(waited) if waited <= limit)
    }

    fn note(&self, outcome: Result<Duration, String>) -> Result<Duration, String> {
        if outcome.is_ok() {
            self.good.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    /// One application that nobody has sent; how long its verdict took, or the code of the failure.
    fn call(&self) -> impl Future<Output = Result<Duration, String>> + Send + 'static {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let channel = self.channels[number as usize % self.channels.len()].clone();
        let authorization = self.authorization.clone();
        async move {
            let message = request(number.into(), application(&format!("O-{number}"), number));
            let mut message = Request::new(message);
            message.metadata_mut().insert("authorization", authorization);
            message.set_timeout(DEADLINE);
            let begun = Instant::now();
            let mut client = ValidationServiceClient::new(channel);
            match timeout(DEADLINE + GRACE, client.validate_application(message)).await {
                Ok(Ok(_)) if begun.elapsed() <= DEADLINE => Ok(begun.elapsed()),
                Ok(Ok(_)) | Err(_) => Err("no answer in time".into()),
                Ok(Err(status)) => Err(format!("{:?}", status.code())),
            }
        }
    }
}
