//! What the service does by itself: each job is started here, and stops when the service does. To add one: its file in
//! `src/worker/`, and its start here.

use std::{
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use tokio::sync::Mutex;

use super::{Service, hmac_key};
use crate::{
    app::{authenticate, calendar, case::watch_cases, directory},
    config::Config,
    edge::tls::Reloader,
    security::keyring::Keyring,
    worker::{self, run_every},
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

    pub(super) fn start_jobs(&self, keyring: &Keyring, config: &Config) {
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
        self.start_case_jobs();
        let (app, stop) = (Arc::downgrade(&self.app), self.stop_workers.clone());
        self.workers.spawn(run_every("privacy", worker::privacy::PAUSE, stop, move || {
            let app = app.clone();
            async move { worker::privacy::once(&app).await }
        }));
        self.start_retention();
        let app = Arc::downgrade(&self.app);
        let stop = self.stop_workers.clone();
        self.workers.spawn(run_every("case timers", worker::timers::PAUSE, stop, move || {
            let app = app.clone();
            async move { worker::timers::once(&app).await }
        }));
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
        self.workers.spawn(run_every("retention", worker::retention::PAUSE, stop, move || {
            let app = app.clone();
            async move { worker::retention::once(&app).await }
        }));
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
