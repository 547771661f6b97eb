//! The part of the service that tells other systems what happened: put together from `[event]`.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::App,
    config,
    store::delivery::plan::EndpointPlan,
    webhook::{Client, Endpoint, EndpointError},
    worker::{
        checkpoints::Receiver,
        delivery::{
            MEASURE_PAUSE, PAUSE, Planner, Sender, Sending,
            retention::{self, Retention},
        },
        run_every,
    },
};

/// The endpoints of the configuration, with their secrets.
///
/// # Errors
/// What is wrong with one of them.
pub(super) fn endpoints(event: &config::Event) -> Result<Vec<Endpoint>, EndpointError> {
    event.endpoint.iter().map(|section| Endpoint::open(section, |name| std::env::var(name).ok())).collect()
}

/// Who receives checkpoints of the audit log, if the configuration names anybody.
///
/// # Errors
/// What is wrong with it.
pub(super) fn receiver(config: &config::Config) -> Result<Option<Receiver>, EndpointError> {
    let Some(section) = config.audit.receiver() else { return Ok(None) };
    let endpoint = Endpoint::open(&section, |name| std::env::var(name).ok())?;
    let client = Client { connect: config.event.connect(), answer: config.event.answer() };
    Ok(Some(Receiver { client, endpoint, source: config.event.source.clone() }))
}

/// Starts planning and sending, as jobs of `workers`. Without endpoints there is nothing to start: events stay in the
/// outbox, and what was delivered before is forgotten in its time.
pub(super) fn start(
    app: &App,
    event: &config::Event,
    endpoints: Vec<Endpoint>,
    workers: &TaskTracker,
    stop: &CancellationToken,
) {
    let retention = Arc::new(Retention {
        store: app.store.clone(),
        clock: app.clock.clone(),
        keep_delivered_days: event.keep_delivered_days,
        keep_dead_days: event.keep_dead_days,
    });
    workers.spawn(run_every("event retention", retention::PAUSE, stop.clone(), move || {
        let retention = retention.clone();
        async move { retention.once().await }
    }));
    if endpoints.is_empty() {
        return;
    }
    let planner = Arc::new(Planner {
        store: app.store.clone(),
        endpoints: endpoints.iter().map(plan).collect(),
        clock: app.clock.clone(),
    });
    let measured = planner.clone();
    workers.spawn(run_every("event plan", PAUSE, stop.clone(), move || {
        let planner = planner.clone();
        async move { planner.once().await }
    }));
    workers.spawn(run_every("event measures", MEASURE_PAUSE, stop.clone(), move || {
        let planner = measured.clone();
        async move { planner.measure().await }
    }));
    let sending = Sending {
        store: app.store.clone(),
        client: Client { connect: event.connect(), answer: event.answer() },
        source: event.source.clone(),
        max_attempts: event.max_attempts,
        in_flight: event.in_flight,
        clock: app.clock.clone(),
        entropy: app.entropy.clone(),
        under_way: workers.clone(),
    };
    for endpoint in endpoints {
        let sender = Sender::new(sending.clone(), endpoint);
        workers.spawn(run_every("event delivery", PAUSE, stop.clone(), move || {
            let sender = sender.clone();
            async move { sender.once().await }
        }));
    }
}

/// What planning must know of an endpoint.
fn plan(endpoint: &Endpoint) -> EndpointPlan {
    EndpointPlan {
        name: endpoint.name.clone(),
        kinds: endpoint.kinds.iter().map(|kind| kind.name()).collect(),
        from_start: endpoint.from_start,
    }
}
