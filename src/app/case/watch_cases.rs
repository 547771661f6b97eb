//! Watching: every change of the cases within the caller's scope, in the order of positions, from a token on, as it happens.
//!
//! One reader a process ([`Feed::poll`], run by a job) asks the database for what is new and tells all watchers; each watcher
//! decides in memory what it may see. A watcher that begins in the past, or that was too slow for the feed's buffer, reads
//! from the database until it has caught up: nothing is left out, and nothing piles up.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    broadcast::{self, error::RecvError},
};
use uuid::Uuid;

use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        Store, StoreError,
        case::{
            CaseFilter,
            changes::{CaseChange, Changes, MOST_POSITIONS},
            reach::sees,
        },
    },
};

/// How often the feed looks for what is new.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Readings that wait for the slowest watcher; one that falls further behind reads from the database.
const KEPT_READINGS: usize = 64;
/// Most watchers of one process.
pub const MOST_WATCHERS: usize = 4_096;
/// Most cases outside its filter that a watcher remembers to have told of; beyond that, some are told of again.
const MOST_REMEMBERED: usize = 10_000;

/// What all watchers of a process share.
pub struct Feed {
    store: Store,
    told: broadcast::Sender<Arc<Changes>>,
    /// Up to where they were told; none while nobody watches.
    position: std::sync::Mutex<Option<i64>>,
    places: Arc<Semaphore>,
}

impl Feed {
    /// A feed over `store`, with nobody watching.
    pub fn new(store: Store) -> Self {
        let (told, _) = broadcast::channel(KEPT_READINGS);
        let places = Arc::new(Semaphore::new(MOST_WATCHERS));
        Self { store, told, position: std::sync::Mutex::new(None), places }
    }

    /// Tells the watchers what is new; says whether there is more. Asks nothing while nobody watches.
    ///
    /// # Errors
    /// When the database cannot be reached; then nobody was told anything.
    pub async fn poll(&self) -> Result<bool, StoreError> {
        if self.told.receiver_count() == 0 {
            self.stand(None);
            return Ok(false);
        }
        let known = *self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(after) = known else {
            let head = self.store.newest_position().await?;
            // Whoever stands before it learns that there is something to read.
            let _ = self.told.send(Arc::new(Changes { after: head, upto: head, changes: Vec::new() }));
            self.stand(Some(head));
            return Ok(false);
        };
        let changes = self.store.case_changes(after).await?;
        let (upto, more) = (changes.upto, is_full(&changes));
        if upto > after {
            // An error says that the last watcher has gone meanwhile.
            let _ = self.told.send(Arc::new(changes));
            self.stand(Some(upto));
        }
        Ok(more)
    }

    fn stand(&self, position: Option<i64>) {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }
}

/// Whether there may be more after these.
const fn is_full(changes: &Changes) -> bool {
    changes.upto - changes.after >= MOST_POSITIONS
}

/// One caller who watches.
pub struct Watcher {
    app: Arc<App>,
    principal: Principal,
    scope: Scope,
    filter: CaseFilter,
    feed: broadcast::Receiver<Arc<Changes>>,
    position: i64,
    /// The database has what the feed does not tell any more.
    behind: bool,
    /// Cases outside the filter that were told of.
    outside: HashSet<Uuid>,
    _place: OwnedSemaphorePermit,
}

/// What is new for a watcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The changes that it may see, in order.
    pub changes: Vec<CaseChange>,
    /// Everything up to here has been told.
    pub position: i64,
}

/// Watches the cases within the caller's scope that match `filter` (all states if it names none): from `position` on, or from
/// now.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::TooManyWatchers`]; [`AppError::PositionUnknown`] for a position that there has not
/// been yet; [`AppError::StoreUnavailable`].
pub async fn watch_cases(
    app: &Arc<App>,
    principal: &Principal,
    filter: CaseFilter,
    position: Option<i64>,
) -> Result<Watcher, AppError> {
    let scope = principal.permit(Action::WatchCases)?;
    let place = app.feed.places.clone().try_acquire_owned().map_err(|_| AppError::TooManyWatchers)?;
    // First listen, then look where it stands: what comes between is read from the database.
    let feed = app.feed.told.subscribe();
    let head = app.store.outbox_position(scope.clone()).await.map_err(|error| app.failed(&error))?;
    let position = position.unwrap_or(head);
    if position > head {
        return Err(AppError::PositionUnknown);
    }
    Ok(Watcher {
        app: app.clone(),
        principal: principal.clone(),
        scope,
        filter: filter.in_any_state(),
        feed,
        position,
        behind: position < head,
        outside: HashSet::new(),
        _place: place,
    })
}

impl Watcher {
    /// Everything up to here has been told.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Whether the caller is still who he was: a token that was revoked, or another duty, ends his watching.
    pub fn is_in_force(&self) -> bool {
        let until = self.principal.identified.until;
        until.is_none_or(|until| self.app.clock.now() < until) && self.app.callers.has(&self.principal)
    }

    /// Waits for what is new. Dropped before it is ready, nothing is lost.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`] when it has to catch up and the database does not answer;
    /// [`AppError::ShuttingDown`] when the service ends.
    pub async fn next(&mut self) -> Result<News, AppError> {
        loop {
            if self.behind {
                let read = self.app.store.case_changes(self.position).await;
                let changes = read.map_err(|error| self.app.failed(&error))?;
                self.behind = is_full(&changes);
                return Ok(self.take(&changes));
            }
            match self.feed.recv().await {
                Ok(changes) if changes.after > self.position => self.behind = true,
                Ok(changes) if changes.upto > self.position => return Ok(self.take(&changes)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Err(AppError::ShuttingDown),
            }
        }
    }

    fn take(&mut self, read: &Changes) -> News {
        let now = self.app.clock.now();
        let mut changes = Vec::new();
        for change in &read.changes {
            if change.position <= self.position || !sees(&self.scope, &change.seen) {
                continue;
            }
            let case = &change.seen.case;
            let told = if self.filter.matches(case, now) {
                self.outside.remove(&case.id);
                true
            } else {
                // It may have matched when the caller listed it: he is told once.
                if self.outside.len() >= MOST_REMEMBERED {
                    self.outside.clear();
                }
                self.outside.insert(case.id)
            };
            if told {
                changes.push(change.clone());
            }
        }
        self.position = self.position.max(read.upto);
        News { changes, position: self.position }
    }
}
