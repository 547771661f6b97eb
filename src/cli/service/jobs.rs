//! What the service does by itself: each job is started here, and stops when the service does. To add one: its file in
//! `src/worker/`, and its start here, under a name of its own
//! (`tests/architecture.rs` holds that none is started twice).

use std::{
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use tokio::sync::Mutex;

use super::Service;
use crate::{
    app::{authenticate, calendar, case::watch_cases, directory},
    config::Config,
    edge::tls::Reloader,
    ids,
    security::keyring::Keyring,
    words::Words,
    worker::{self, checkpoints::Receiver, run_every},
};

impl Service {
    pub(super) fn start_certificates(&self, reloader: Reloader, pause: Duration) {
        let (reloader, stop) = (Arc::new(Mutex::new(reloader)), self.stop_workers.clone());
        self.workers.spawn(run_every("certificates", pause, stop, move || {
            let reloader = reloader.clone();
            async move { worker::certificates::once(&mut *reloader.lock().await) }
        }));
    }

    pub(super) fn start_callers(&self) {
        let (callers, stop) = (self.app.callers.clone(), self.stop_workers.clone());
        self.workers.spawn(run_every("callers", authenticate::POLL_INTERVAL, stop, move || {
            let callers = callers.clone();
            async move { worker::callers::once(&callers).await }
        }));
    }

    /// Whoever has an identity provider keeps its keys current.
    pub(super) fn start_provider(&self) {
        if self.app.sign_in.oidc.is_none() {
            return;
        }
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("identity provider", worker::provider::PAUSE, stop, move || {
            worker::provider::once(app.clone())
        }));
    }

    /// Whoever is called counts what is refused again.
    pub(super) fn start_refusals(&self) {
        // Weak, as below.
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("refusals", worker::refusals::PAUSE, stop, move || {
            worker::refusals::once(app.clone())
        }));
    }

    pub(super) fn start_feed(&self) {
        // Weak: the recorder ends when its last way in, which is the application's, is dropped.
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("case feed", watch_cases::POLL_INTERVAL, stop, move || {
            let app = app.upgrade();
            async move {
                match app {
                    Some(app) => worker::case_feed::once(&app.feed).await,
                    None => Ok(worker::Next::AfterPause),
                }
            }
        }));
    }

    pub(super) fn start_measures(&self, config: &Config) {
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
    pub(super) async fn start_directory(&self) -> anyhow::Result<()> {
        let (directory, stop) = (self.app.directory.clone(), self.stop_workers.clone());
        directory.refresh().await?;
        self.workers.spawn(run_every("directory", directory::POLL_INTERVAL, stop, move || {
            let directory = directory.clone();
            async move { worker::directory::once(&directory).await }
        }));
        Ok(())
    }

    /// Every process keeps the calendar: verdicts, lists and due dates go by it.
    pub(super) fn start_calendar(&self) {
        let (calendars, clock) = (self.app.calendars.clone(), self.app.clock.clone());
        let stop = self.stop_workers.clone();
        self.workers.spawn(run_every("calendar", calendar::POLL_INTERVAL, stop, move || {
            let (calendars, clock) = (calendars.clone(), clock.clone());
            async move { worker::calendar::once(&calendars, &clock).await }
        }));
    }

    /// Keys may be replaced while the process runs.
    pub(super) async fn start_keyring(&self, keyring: Arc<Keyring>, config: &Config) -> anyhow::Result<()> {
        let app = &self.app;
        let in_force = app.store.keys_in_force().await?;
        let watch = Arc::new(worker::keyring::KeyringWatch::new(
            app.store.clone(),
            config.keyring_file(),
            ids::mint(app.clock.now(), app.entropy.as_ref())?,
            (app.sealer.clone(), app.audit_keys.clone(), app.fingerprints.clone()),
            app.directory.clone(),
            app.clock.clone(),
            (keyring, in_force),
        ));
        // Told before anything is served: a rotation must not begin past a process that has just started.
        watch.once().await?;
        let (pause, stop) = (worker::keyring::POLL_INTERVAL, self.stop_workers.clone());
        self.workers.spawn(run_every("keyring", pause, stop, move || {
            let watch = watch.clone();
            async move { watch.once().await }
        }));
        Ok(())
    }

    /// The chain, and what leaves the database of it.
    pub(super) fn start_audit(&self, receiver: Option<Receiver>) {
        let keys = self.app.audit_keys.clone();
        let relay = Arc::new(worker::relay::Relay { store: self.app.store.clone(), keys: keys.clone() });
        self.workers.spawn(run_every("relay", worker::relay::PAUSE, self.stop_workers.clone(), move || {
            let relay = relay.clone();
            async move { relay.once().await }
        }));
        let (clock, entropy) = (self.app.clock.clone(), self.app.entropy.clone());
        let checkpoints = worker::checkpoints::Checkpoints::new(
            self.app.store.clone(),
            keys,
            self.app.checkpoints.clone(),
            receiver,
            clock,
            entropy,
        );
        let (checkpoints, pause) = (Arc::new(checkpoints), worker::checkpoints::PAUSE);
        self.workers.spawn(run_every("audit checkpoints", pause, self.stop_workers.clone(), move || {
            let checkpoints = checkpoints.clone();
            async move { checkpoints.once().await }
        }));
    }

    pub(super) fn start_jobs(&self, config: &Config, words: &Arc<Words>) {
        let list_time = config.list.time;
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
        self.start_case_jobs();
        let words = words.clone();
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("privacy", worker::privacy::PAUSE, stop, move || {
            let (app, words) = (app.clone(), words.clone());
            async move { worker::privacy::once(&app, &words).await }
        }));
        self.start_retention();
        let (calendars, clock) = (self.app.calendars.clone(), self.app.clock.clone());
        let (pause, stop) = (worker::calendar::MISSING_PAUSE, self.stop_workers.clone());
        self.workers.spawn(run_every("missing holiday notice", pause, stop, move || {
            let (calendars, clock) = (calendars.clone(), clock.clone());
            async move { worker::calendar::look_for_missing(&calendars, &clock).await }
        }));
    }

    /// Time works on persons whose relation has ended; what two persons decided is destroyed.
    fn start_retention(&self) {
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        let sweep = run_every("retention", worker::retention::PAUSE, stop.clone(), move || {
            let app = app.clone();
            async move { worker::retention::once(&app).await }
        });
        // Not at once: whatever the service needs in order to open goes first.
        self.workers.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(worker::retention::PAUSE) => sweep.await,
                () = stop.cancelled() => {}
            }
        });
    }

    /// From sealed lists to clerks' desks.
    pub(super) fn start_case_jobs(&self) {
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers
            .spawn(run_every("cases", worker::cases::PAUSE, stop, move || worker::cases::once(app.clone())));
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("distribution", worker::distribution::PAUSE, stop, move || {
            worker::distribution::once(app.clone())
        }));
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("case timers", worker::timers::PAUSE, stop, move || {
            let app = app.clone();
            async move { worker::timers::once(&app).await }
        }));
    }
}
