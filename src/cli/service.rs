//! The service put together: database, keys, recorder, listeners, jobs; started in order, stopped in reverse.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use anyhow::Context as _;
use aws_lc_rs::hmac;
use tokio::{sync::Mutex, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use zhenshi_domain::profile::Profile;

use super::{
    listeners::Listeners,
    session::{embedded_options, keyring},
};
use crate::{
    app::{
        App, authenticate,
        authenticate::Callers,
        calendar::{self, Calendars},
        directory::{self, Directory},
        recorder::{Patience, Recorder},
        rule_set::RuleSet,
    },
    clock::SharedClock,
    config::{Config, Limits, Role},
    edge::{Acceptor, tls::Reloader},
    entropy::SharedEntropy,
    grpc::server::Listening,
    lifecycle::{self, bounded},
    security::{keyring::Keyring, sealing::Sealer},
    store::{
        Store, StoreOptions,
        bootstrap::ensure_database,
        embedded::EmbeddedServer,
        migrate::migrate,
        reachability::{self, Probe, Reachable},
        record::Tools,
    },
    telemetry::metrics::{BuildLabels, METRICS},
    web,
    words::Words,
    worker::{self, run_every},
};

/// A running service.
pub struct Service {
    /// Where gRPC listens, unless this process has only jobs.
    pub grpc: Option<SocketAddr>,
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// URL of the database that it uses.
    pub database_url: String,
    app: Arc<App>,
    readiness: Option<JoinHandle<()>>,
    stop_readiness: CancellationToken,
    stop_listeners: CancellationToken,
    stop_workers: CancellationToken,
    listeners: TaskTracker,
    workers: TaskTracker,
    recorder: JoinHandle<()>,
    embedded: Option<EmbeddedServer>,
}

impl Service {
    /// Starts everything that `config` asks for. Nothing listens before the rest is right.
    ///
    /// # Errors
    /// What is wrong, and with what.
    pub async fn start(config: &Config, clock: SharedClock, entropy: SharedEntropy) -> anyhow::Result<Self> {
        config.validate()?;
        let profile = read_profile(config)?;
        let words = Arc::new(Words::load()?);
        let Listeners { grpc, http, reloaders } = Listeners::open(config).await?;

        let (embedded, url) = open_database(config, &clock, &entropy).await?;
        let keyring = keyring(config, &entropy)?;
        let options = StoreOptions { url: url.clone(), max_connections: config.database.max_connections };
        let store = Store::connect(&options).await?;
        let (probe, reachable) = Probe::new(&url)?;
        let Limits { queue: most_waiting, queue_ms, .. } = config.limits;
        let patience = Patience { most_waiting, longest_wait: Limits::time(queue_ms) };
        let (app, recorder) = build(store, patience, reachable, &keyring, profile, clock, entropy).await?;

        let mut service = Self {
            grpc: None,
            http: http.local_addr()?,
            database_url: url,
            app: app.clone(),
            readiness: None,
            stop_readiness: CancellationToken::new(),
            stop_listeners: CancellationToken::new(),
            stop_workers: CancellationToken::new(),
            listeners: TaskTracker::new(),
            workers: TaskTracker::new(),
            recorder,
            embedded,
        };
        service.start_calendar();
        service.start_probe(probe);
        service.start_measures(config);
        if config.role != Role::Api {
            service.start_jobs(&keyring, config);
        }
        for reloader in reloaders {
            service.start_certificates(reloader, Limits::time(config.limits.tls_poll_ms));
        }
        if let Some(acceptor) = grpc {
            service.start_callers();
            service.start_directory().await?;
            service.start_grpc(acceptor, words, config.limits.clone())?;
        }
        let header_time = Limits::time(config.limits.http_header_ms);
        service.listeners.spawn(web::serve(app, http, header_time, service.stop_listeners.clone()));
        Ok(service)
    }

    fn start_grpc(&mut self, acceptor: Acceptor, words: Arc<Words>, limits: Limits) -> anyhow::Result<()> {
        self.grpc = Some(acceptor.local_addr()?);
        let (app, stop) = (self.app.clone(), self.stop_listeners.clone());
        let (readiness, serving) = Listening { app, words, acceptor, limits, stop }.prepare()?;
        let follow = readiness.follow(self.app.reachable.clone(), self.stop_readiness.clone());
        self.readiness = Some(tokio::spawn(follow));
        self.listeners.spawn(serving);
        Ok(())
    }

    fn start_probe(&self, probe: Probe) {
        let (probe, stop) = (Arc::new(probe), self.stop_workers.clone());
        self.workers.spawn(run_every("reachability", reachability::PAUSE, stop, move || {
            let probe = probe.clone();
            async move { worker::reachability::once(&probe).await }
        }));
    }

    fn start_certificates(&self, reloader: Reloader, pause: Duration) {
        let (reloader, stop) = (Arc::new(Mutex::new(reloader)), self.stop_workers.clone());
        self.workers.spawn(run_every("certificates", pause, stop, move || {
            let reloader = reloader.clone();
            async move { worker::certificates::once(&mut *reloader.lock().await) }
        }));
    }

    fn start_callers(&self) {
        let (callers, stop) = (self.app.callers.clone(), self.stop_workers.clone());
        self.workers.spawn(run_every("callers", authenticate::POLL_INTERVAL, stop, move || {
            let callers = callers.clone();
            async move { worker::callers::once(&callers).await }
        }));
    }

    fn start_measures(&self, config: &Config) {
        let (store, clock) = (self.app.store.clone(), self.app.clock.clone());
        let stop = self.stop_workers.clone();
        self.workers.spawn(run_every("measures", worker::measures::PAUSE, stop, move || {
            let (store, clock) = (store.clone(), clock.clone());
            async move { worker::measures::once(&store, &clock).await }
        }));
        let lists = Arc::new(worker::list_figures::ListFigures {
            store: self.app.store.clone(),
            calendars: self.app.calendars.clone(),
            clock: self.app.clock.clone(),
            at: config.list.time,
            counted: StdMutex::default(),
        });
        let (pause, stop) = (worker::list_figures::PAUSE, self.stop_workers.clone());
        self.workers.spawn(run_every("list figures", pause, stop, move || {
            let lists = lists.clone();
            async move { lists.once().await }
        }));
    }

    /// No verdict is given before the directory was read once.
    async fn start_directory(&self) -> anyhow::Result<()> {
        let (directory, stop) = (self.app.directory.clone(), self.stop_workers.clone());
        directory.refresh().await?;
        self.workers.spawn(run_every("directory", directory::POLL_INTERVAL, stop, move || {
            let directory = directory.clone();
            async move { worker::directory::once(&directory).await }
        }));
        Ok(())
    }

    /// Every process keeps the calendar: verdicts, lists and due dates go by it.
    fn start_calendar(&self) {
        let (calendars, clock) = (self.app.calendars.clone(), self.app.clock.clone());
        let stop = self.stop_workers.clone();
        self.workers.spawn(run_every("calendar", calendar::POLL_INTERVAL, stop, move || {
            let (calendars, clock) = (calendars.clone(), clock.clone());
            async move { worker::calendar::once(&calendars, &clock).await }
        }));
    }

    fn start_jobs(&self, keyring: &Keyring, config: &Config) {
        let (checkpoint, list_time) = (config.checkpoint_path(), config.list.time);
        let relay = Arc::new(worker::relay::Relay {
            store: self.app.store.clone(),
            key: hmac_key(keyring),
            checkpoint: Some(checkpoint),
            clock: self.app.clock.clone(),
        });
        self.workers.spawn(run_every("relay", worker::relay::PAUSE, self.stop_workers.clone(), move || {
            let relay = relay.clone();
            async move { relay.once().await }
        }));
        let (store, clock) = (self.app.store.clone(), self.app.clock.clone());
        let stop = self.stop_workers.clone();
        self.workers.spawn(run_every("partitions", worker::partitions::PAUSE, stop, move || {
            let (store, clock) = (store.clone(), clock.clone());
            async move { worker::partitions::once(&store, &clock).await }
        }));
        let lists = Arc::new(worker::suspicion_list::SuspicionLists {
            app: Arc::downgrade(&self.app),
            at: list_time,
        });
        let (pause, stop) = (worker::suspicion_list::PAUSE, self.stop_workers.clone());
        self.workers.spawn(run_every("suspicion list", pause, stop, move || {
            let lists = lists.clone();
            async move { lists.once().await }
        }));
        let (calendars, clock) = (self.app.calendars.clone(), self.app.clock.clone());
        let (pause, stop) = (worker::calendar::MISSING_PAUSE, self.stop_workers.clone());
        self.workers.spawn(run_every("missing holiday notice", pause, stop, move || {
            let (calendars, clock) = (calendars.clone(), clock.clone());
            async move { worker::calendar::look_for_missing(&calendars, &clock).await }
        }));
    }

    /// The use cases, for tests and tools that call them in process.
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops in order: readiness off, listeners closed, calls under way, recorder, jobs, pool, database. Each part has
    /// its own limit of time.
    pub async fn stop(self) {
        let Self {
            app,
            readiness,
            stop_readiness,
            stop_listeners,
            stop_workers,
            listeners,
            workers,
            recorder,
            embedded,
            ..
        } = self;
        stop_readiness.cancel();
        if let Some(readiness) = readiness {
            bounded("readiness", lifecycle::DRAIN_WORKERS, readiness).await;
        }
        stop_listeners.cancel();
        listeners.close();
        // tonic's own shutdown can wait for idle clients without end (hyper issue 4170): it has a limit here.
        bounded("calls", lifecycle::DRAIN_CALLS, listeners.wait()).await;
        let store = app.store.clone();
        // The recorder ends when its last way in is dropped, after committing what is waiting.
        drop(app);
        bounded("recorder", lifecycle::DRAIN_RECORDER, recorder).await;
        stop_workers.cancel();
        workers.close();
        bounded("jobs", lifecycle::DRAIN_WORKERS, workers.wait()).await;
        bounded("pool", lifecycle::CLOSE_POOL, store.close()).await;
        if let Some(embedded) = embedded
            && let Err(error) = embedded.stop().await
        {
            tracing::error!(error = %error, "the built-in database did not stop");
        }
    }
}

/// The key of the audit chain.
pub fn hmac_key(keyring: &Keyring) -> hmac::Key {
    keyring.audit.hmac()
}

/// The rule profile of `config`; the built-in one if there is none.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read_profile(config: &Config) -> anyhow::Result<Profile> {
    let Some(path) = &config.rules.profile else { return Ok(Profile::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("rules.profile: cannot read {}", path.display()))?;
    Profile::parse(&text).with_context(|| format!("rules.profile: {}", path.display()))
}

/// The configured database, migrated by whoever is told to; or the built-in one, migrated here.
async fn open_database(
    config: &Config,
    clock: &SharedClock,
    entropy: &SharedEntropy,
) -> anyhow::Result<(Option<EmbeddedServer>, String)> {
    if let Some(url) = &config.database.url {
        return Ok((None, url.clone()));
    }
    let server = EmbeddedServer::start(embedded_options(config, entropy)?).await?;
    let (url, maintenance) = (server.connection().url(), server.connection().maintenance().url());
    ensure_database(&maintenance).await?;
    migrate(&url, clock.now()).await?;
    Ok((Some(server), url))
}

/// Says in the metrics what runs.
fn tell_build(rules: &RuleSet, keyring: &Keyring) {
    let labels = BuildLabels { version: env!("CARGO_PKG_VERSION"), rule_set_version: rules.version.clone() };
    METRICS.process.build.get_or_create(&labels).set(1);
    let newest = keyring.key_encryption.iter().map(|key| key.version).max().unwrap_or(0);
    METRICS.process.keyring_version.set(newest.into());
}

/// The use cases over `store`, and the recorder's task.
///
/// # Errors
/// When the keyring is not the database's, or the database does not answer.
pub(super) async fn build(
    store: Store,
    patience: Patience,
    reachable: Reachable,
    keyring: &Keyring,
    profile: Profile,
    clock: SharedClock,
    entropy: SharedEntropy,
) -> anyhow::Result<(Arc<App>, JoinHandle<()>)> {
    let fingerprints = store.open_epoch(keyring).await?;
    let rules = Arc::new(RuleSet::new(profile));
    store.keep_rule_set(rules.row(), clock.now()).await?;
    store.ensure_partitions(clock.now()).await?;
    let calendars = Calendars::new(store.clone())?;
    calendars.refresh().await?;
    tell_build(&rules, keyring);
    let sealer = Arc::new(Sealer::new(keyring)?);
    let tools = Tools { clock: clock.clone(), entropy: entropy.clone(), sealer: sealer.clone() };
    let (recorder, task) = Recorder::start_with(store.clone(), tools, patience);
    let app = Arc::new(App {
        callers: Callers::new(store.clone()),
        directory: Directory::new(store.clone()),
        store,
        reachable,
        recorder,
        calendars,
        rules,
        fingerprints,
        sealer,
        digest_key: keyring.digest.clone(),
        clock,
        entropy,
    });
    Ok((app, task))
}
