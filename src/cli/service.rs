//! The service put together: database, keys, recorder, listeners, jobs; started in order, stopped in reverse.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use aws_lc_rs::hmac;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use zhenshi_domain::profile::Profile;

use super::session::{embedded_options, keyring};
use crate::{
    app::{
        App, authenticate, authenticate::Callers, calendar::CalendarSnapshot, recorder::Recorder,
        rule_set::RuleSet,
    },
    clock::SharedClock,
    config::{Config, Role},
    entropy::SharedEntropy,
    grpc::server::{self, Readiness, ServeError},
    lifecycle::{self, bounded},
    security::{keyring::Keyring, sealing::Sealer},
    store::{
        Store, StoreOptions, bootstrap::ensure_database, embedded::EmbeddedServer, migrate::migrate,
        record::Tools,
    },
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
    readiness: Option<Readiness>,
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
        let (grpc_listener, http_listener) = bind(config).await?;

        let (embedded, url) = open_database(config, &clock, &entropy).await?;
        let keyring = keyring(config, &entropy)?;
        let options = StoreOptions { url: url.clone(), max_connections: config.database.max_connections };
        let store = Store::connect(&options).await?;
        let (app, recorder) = build(store, &keyring, profile, clock, entropy).await?;

        let mut service = Self {
            grpc: None,
            http: http_listener.local_addr()?,
            database_url: url,
            app: app.clone(),
            readiness: None,
            stop_listeners: CancellationToken::new(),
            stop_workers: CancellationToken::new(),
            listeners: TaskTracker::new(),
            workers: TaskTracker::new(),
            recorder,
            embedded,
        };
        if config.role != Role::Api {
            service.start_jobs(&keyring, config.checkpoint_path());
        }
        if let Some(listener) = grpc_listener {
            service.start_callers();
            service.start_grpc(listener, words).await?;
        }
        let stop = service.stop_listeners.clone();
        service.listeners.spawn(async move {
            if let Err(error) = web::serve(app, http_listener, stop.cancelled_owned()).await {
                tracing::error!(error = %error, "the HTTP listener ended");
            }
        });
        Ok(service)
    }

    async fn start_grpc(&mut self, listener: TcpListener, words: Arc<Words>) -> anyhow::Result<()> {
        self.grpc = Some(listener.local_addr()?);
        let stop = self.stop_listeners.clone().cancelled_owned();
        let (readiness, serving) = server::prepare(self.app.clone(), words, listener, stop)?;
        readiness.set(true).await;
        self.readiness = Some(readiness);
        self.listeners.spawn(async move {
            let ended: Result<(), ServeError> = serving.await;
            if let Err(error) = ended {
                tracing::error!(error = %error, "the gRPC listener ended");
            }
        });
        Ok(())
    }

    fn start_callers(&self) {
        let (callers, stop) = (self.app.callers.clone(), self.stop_workers.clone());
        self.workers.spawn(run_every("callers", authenticate::POLL_INTERVAL, stop, move || {
            let callers = callers.clone();
            async move { worker::callers::once(&callers).await }
        }));
    }

    fn start_jobs(&self, keyring: &Keyring, checkpoint: PathBuf) {
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
    }

    /// The use cases, for tests and tools that call them in process.
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops in order: readiness off, listeners closed, calls under way, recorder, jobs, pool, database. Each part has
    /// its own limit of time.
    pub async fn stop(self) {
        let Self {
            app, readiness, stop_listeners, stop_workers, listeners, workers, recorder, embedded, ..
        } = self;
        if let Some(readiness) = readiness {
            readiness.set(false).await;
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

fn read_profile(config: &Config) -> anyhow::Result<Profile> {
    let Some(path) = &config.rules.profile else { return Ok(Profile::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("rules.profile: cannot read {}", path.display()))?;
    Profile::parse(&text).with_context(|| format!("rules.profile: {}", path.display()))
}

async fn bind(config: &Config) -> anyhow::Result<(Option<TcpListener>, TcpListener)> {
    let open = async |key: &str, address: SocketAddr| {
        TcpListener::bind(address).await.with_context(|| format!("{key}: cannot listen on {address}"))
    };
    let grpc = match config.role {
        Role::Worker => None,
        Role::All | Role::Api => Some(open("grpc.listen", config.grpc.listen).await?),
    };
    Ok((grpc, open("http.listen", config.http.listen).await?))
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

async fn build(
    store: Store,
    keyring: &Keyring,
    profile: Profile,
    clock: SharedClock,
    entropy: SharedEntropy,
) -> anyhow::Result<(Arc<App>, JoinHandle<()>)> {
    let fingerprints = store.open_epoch(keyring).await?;
    let rules = Arc::new(RuleSet::new(profile));
    store.keep_rule_set(rules.row(), clock.now()).await?;
    store.ensure_partitions(clock.now()).await?;
    let sealer = Arc::new(Sealer::new(keyring)?);
    let tools = Tools { clock: clock.clone(), entropy: entropy.clone(), sealer: sealer.clone() };
    let (recorder, task) = Recorder::start(store.clone(), tools);
    let app = Arc::new(App {
        callers: Callers::new(store.clone()),
        store,
        recorder,
        rules,
        calendar: Arc::new(CalendarSnapshot::shipped()?),
        fingerprints,
        sealer,
        digest_key: keyring.digest.clone(),
        clock,
        entropy,
    });
    Ok((app, task))
}
