//! The service put together: database, keys, recorder, listeners, jobs; started in order, stopped in reverse.

mod jobs;
mod privacy;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use chrono::NaiveTime;
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use zhenshi_domain::profile::Profile;

use super::{
    events,
    listeners::Listeners,
    session::{embedded_options, keyring},
    sign_in::sign_in,
};
use crate::{
    app::{
        App,
        authenticate::Callers,
        calendar::Calendars,
        case::watch_cases::Feed,
        checkpoint::CheckpointFiles,
        directory::Directory,
        erasure::Witness,
        evidence::{Intake, Scanner},
        privacy::Settings as PrivacySettings,
        recorder::{Patience, Recorder},
        refusals::Refusals,
        rule_set::RuleSet,
        sign_in::SignIn,
    },
    clock::SharedClock,
    config::{Config, Evidence, Layers, Limits, Role, shown},
    edge::Acceptor,
    entropy::SharedEntropy,
    grpc::server::Listening,
    lifecycle::{self, bounded},
    security::{
        audit_key::AuditKeys,
        fingerprint::Prints,
        keyring::{Keyring, VersionedKey},
        live::Live,
        sealing::Sealer,
    },
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
        let rulings = Rulings::read(config)?;
        let words = Arc::new(Words::load()?);
        let endpoints = if config.role == Role::Api { Vec::new() } else { events::endpoints(&config.event)? };
        let receiver = events::receiver(config)?;
        let Listeners { grpc, http, reloaders } = Listeners::open(config).await?;

        let (embedded, url) = open_database(config, &clock, &entropy).await?;
        let keyring = keyring(config, &entropy)?;
        let options = StoreOptions { url: url.clone(), max_connections: config.database.max_connections };
        let store = Store::connect(&options).await?;
        let (probe, reachable) = Probe::new(&url)?;
        let Limits { queue: most_waiting, queue_ms, .. } = config.limits;
        let patience = Patience { most_waiting, longest_wait: Limits::time(queue_ms) };
        let (app, recorder) = build(store, patience, reachable, &keyring, rulings, clock, entropy).await?;
        // Before anything opens: a database that came from a backup forgets whom it had to forget.
        let replayed = crate::app::erasure::shred::replay_ledger(&app).await?;
        if replayed > 0 {
            tracing::warn!(
                count = replayed,
                "this database came from a backup: destroyed persons were destroyed again"
            );
        }

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
        note_start(&app, &keyring, config).await?;
        service.start_keyring(keyring.clone(), config).await?;
        service.start_calendar();
        service.start_probe(probe);
        service.start_measures(config);
        service.start_refusals();
        if config.role != Role::Api {
            service.start_jobs(config, &words);
            service.start_audit(receiver);
            events::start(&service.app, &config.event, endpoints, &service.workers, &service.stop_workers);
        }
        for reloader in reloaders {
            service.start_certificates(reloader, Limits::time(config.limits.tls_poll_ms));
        }
        if let Some(acceptor) = grpc {
            service.start_callers();
            service.start_provider();
            service.start_feed();
            service.start_directory().await?;
            service.start_grpc(acceptor, words.clone(), config)?;
        }
        service.app.store.serve_callers();
        let header_time = Limits::time(config.limits.http_header_ms);
        let secure = config.http.tls.files().is_some() || config.http.behind_tls;
        let (pages, stop) = (config.role != Role::Worker, service.stop_listeners.clone());
        let site = web::Site { app, words, secure, pages, stop };
        service.listeners.spawn(web::serve(site, http, header_time));
        Ok(service)
    }

    fn start_grpc(&mut self, acceptor: Acceptor, words: Arc<Words>, config: &Config) -> anyhow::Result<()> {
        self.grpc = Some(acceptor.local_addr()?);
        let (limits, reflection) = (config.limits.clone(), config.grpc.reflection);
        let (app, stop) = (self.app.clone(), self.stop_listeners.clone());
        let (readiness, serving) = Listening { app, words, acceptor, limits, reflection, stop }.prepare()?;
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
        // Nobody is refused any more.
        let refusals = async {
            if let Err(error) = app.write_held_refusals().await {
                tracing::warn!(error = %error, "refusals that were counted cannot be written to the audit log");
            }
        };
        bounded("refusals", lifecycle::DRAIN_WORKERS, refusals).await;
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

/// The key of the shred ledger and of inspections' reports: the first of the audit log, which no rotation takes away.
pub fn hmac_key(keyring: &Keyring) -> hmac::Key {
    keyring.audit.first().map_or_else(|| keyring.digest.hmac(), |key| key.key.hmac())
}

/// Where the configuration keeps checkpoints of the audit chain.
pub(super) fn checkpoint_files(config: &Config) -> CheckpointFiles {
    CheckpointFiles { newest: config.checkpoint_path(), kept: config.checkpoint_folder() }
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

/// Writes to the audit log that a process starts, with what it goes by. The configuration is digested as it may be shown.
async fn note_start(app: &App, keyring: &Keyring, config: &Config) -> anyhow::Result<()> {
    let now = app.clock.now();
    let newest = |keys: &[VersionedKey]| keys.last().map_or(0, |key| key.version);
    let shown = shown(config, &Layers::default())?.into_iter().map(|value| (value.key, value.value));
    let shown = serde_json::to_vec(&shown.collect::<BTreeMap<_, _>>())?;
    let configuration = digest(&SHA256, &shown);
    let why = format!(
        "version {}, rules {}, epoch {}, keys: encryption {}, fingerprint {}, audit {}, classified {}, configuration {}",
        env!("CARGO_PKG_VERSION"),
        app.rules.version,
        app.fingerprints.get().epoch(),
        newest(&keyring.key_encryption),
        newest(&keyring.fingerprint),
        newest(&keyring.audit),
        newest(&keyring.classified),
        uuid::Uuid::from_slice(&configuration.as_ref()[..16]).unwrap_or_default().simple(),
    );
    Ok(app.store.note_start(now, configuration.as_ref().to_vec(), why).await?)
}

/// Says in the metrics what runs.
fn tell_build(rules: &RuleSet, keyring_version: u16) {
    let labels = BuildLabels { version: env!("CARGO_PKG_VERSION"), rule_set_version: rules.version.clone() };
    METRICS.process.build.get_or_create(&labels).set(1);
    METRICS.process.keyring_version.set(keyring_version.into());
}

/// What the operator decides of the rules and the hours.
pub(super) struct Rulings {
    /// The rule profile.
    pub(super) profile: Profile,
    /// Time of day in Asia/Shanghai at which sorting ends.
    pub(super) release_time: NaiveTime,
    /// What may be attached to cases.
    pub(super) evidence: Evidence,
    /// How much people may look up.
    pub(super) privacy: PrivacySettings,
    /// Where destroyed persons are written down.
    pub(super) ledger: std::path::PathBuf,
    /// Where checkpoints of the audit chain are kept.
    pub(super) checkpoints: CheckpointFiles,
    pub(super) sign_in: SignIn,
}

impl Rulings {
    /// Those of `config`; the built-in rule profile if it names none.
    ///
    /// # Errors
    /// What is wrong with the profile.
    pub(super) fn read(config: &Config) -> anyhow::Result<Self> {
        let profile = match &config.rules.profile {
            None => Profile::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("rules.profile: cannot read {}", path.display()))?;
                Profile::parse(&text).with_context(|| format!("rules.profile: {}", path.display()))?
            }
        };
        let sign_in = sign_in(&config.sign_in)?;
        let (release_time, evidence) = (config.case.release_time, config.evidence.clone());
        let (privacy, ledger) = (privacy::settings(&config.privacy), config.ledger_path());
        let checkpoints = checkpoint_files(config);
        Ok(Self { profile, release_time, evidence, privacy, ledger, checkpoints, sign_in })
    }
}

/// What takes evidence in, as it is configured.
fn intake(config: &Evidence) -> Intake {
    let scanner = config.scan_program.clone().map(|program| Scanner {
        program,
        arguments: config.scan_arguments.clone(),
        timeout: config.scan_timeout(),
    });
    Intake::new(config.max_bytes, config.uploads, scanner)
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
    rulings: Rulings,
    clock: SharedClock,
    entropy: SharedEntropy,
) -> anyhow::Result<(Arc<App>, JoinHandle<()>)> {
    let fingerprints = store.open_epoch(keyring).await?;
    let in_force = store.keys_in_force().await?;
    let rules = Arc::new(RuleSet::new(rulings.profile));
    store.keep_rule_set(rules.row(), clock.now()).await?;
    store.ensure_partitions(clock.now()).await?;
    let calendars = Calendars::new(store.clone())?;
    calendars.refresh().await?;
    tell_build(&rules, in_force.key_encryption);
    let sealer = Arc::new(Sealer::new(keyring)?);
    sealer.replace(keyring, in_force.key_encryption)?;
    let fingerprints = Arc::new(Prints::new(fingerprints, keyring.fingerprint.clone()));
    let tools = Tools {
        clock: clock.clone(),
        entropy: entropy.clone(),
        sealer: sealer.clone(),
        prints: fingerprints.clone(),
    };
    let (recorder, task) = Recorder::start_with(store.clone(), tools, patience);
    let app = Arc::new(App {
        callers: Callers::new(store.clone()),
        sign_in: rulings.sign_in,
        feed: Feed::new(store.clone()),
        refusals: Refusals::default(),
        directory: Directory::new(store.clone()),
        store,
        reachable,
        recorder,
        calendars,
        release_time: rulings.release_time,
        evidence: intake(&rulings.evidence),
        privacy: rulings.privacy,
        witness: Witness { key: hmac_key(keyring), ledger: rulings.ledger },
        audit_keys: Arc::new(Live::new(AuditKeys::in_force(keyring, in_force.audit)?)),
        checkpoints: rulings.checkpoints,
        verifying: tokio::sync::Mutex::new(()),
        rules,
        fingerprints,
        sealer,
        digest_key: keyring.digest.clone(),
        clock,
        entropy,
    });
    Ok((app, task))
}
