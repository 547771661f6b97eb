//! Who calls: tokens looked up in a snapshot that is current within seconds.
//!
//! The snapshot holds hashes only. A worker polls the version that changes with every token ([`Callers::refresh`]), which
//! is how a revoked token stops; it changes with the directory too, from which members of staff have their roles: one who
//! has left it is nobody any more. A token that the snapshot does not know is looked up once: all who wait share one reading
//! of the table, and readings keep [`MIN_READ_INTERVAL`] between them, so that a flood of bad tokens costs five a second.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::AppError;
use crate::{
    security::{
        identified::Method,
        principal::Principal,
        token::{MAX_TOKEN_BYTES, hash},
    },
    store::{Store, StoreError},
    telemetry::metrics::METRICS,
};

/// How often the version is polled; a revocation holds within this and one reading.
pub const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Shortest time between two readings of the table for unknown tokens.
const MIN_READ_INTERVAL: Duration = Duration::from_millis(200);

/// What one reading found.
#[derive(Default)]
struct Known {
    /// By the hash of their token.
    by_token: HashMap<[u8; 32], Principal>,
    /// Systems, by the name in their certificate.
    by_certificate: HashMap<String, Principal>,
    /// Active members of staff, by code.
    members: HashMap<String, Principal>,
}

type Snapshot = Arc<Known>;

/// Callers by the hash of their token.
#[derive(Clone)]
pub struct Callers {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    snapshot: RwLock<Snapshot>,
    reading: Mutex<Reading>,
}

/// The newest reading of the table.
struct Reading {
    version: i64,
    begun: Option<Instant>,
}

impl Callers {
    /// An empty snapshot over `store`; the first look-up fills it.
    pub fn new(store: Store) -> Self {
        let shared = Shared {
            store,
            snapshot: RwLock::default(),
            reading: Mutex::new(Reading { version: 0, begun: None }),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Who holds `token`, if the snapshot knows it: no waiting, no database.
    pub fn known(&self, token: &str) -> Option<Principal> {
        if token.is_empty() || token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        self.snapshot().by_token.get(&hash(token)).cloned()
    }

    /// Whether anybody who calls is `principal`, as the snapshot has him: for calls that last. Who did not come with a token is a
    /// member of staff with the same rights; whether his session goes on, its own end says.
    pub fn has(&self, principal: &Principal) -> bool {
        let snapshot = self.snapshot();
        match (principal.identified.method, &principal.staff) {
            (Method::Password | Method::Oidc, Some(staff)) => {
                snapshot.members.get(&staff.staff_code).is_some_and(|known| {
                    let role = if principal.identified.role_claimed { principal.role } else { known.role };
                    principal.has_rights_of(&Principal { role, ..known.clone() })
                })
            }
            (Method::Certificate, _) => snapshot.by_certificate.values().any(|known| known == principal),
            _ => snapshot.by_token.values().any(|known| known == principal),
        }
    }

    /// The active member of staff of that code, as the snapshot has him.
    pub fn member(&self, staff_code: &str) -> Option<Principal> {
        self.snapshot().members.get(staff_code).cloned()
    }

    /// Who holds `token`.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] if nobody does; [`AppError::StoreUnavailable`] if the snapshot does not know it and
    /// the database cannot be asked.
    pub async fn authenticate(&self, token: &str) -> Result<Principal, AppError> {
        if token.is_empty() || token.len() > MAX_TOKEN_BYTES {
            return Err(AppError::Unauthenticated);
        }
        if let Some(principal) = self.known(token) {
            return Ok(principal);
        }
        let hash = hash(token);
        self.read_again().await.map_err(|error| {
            tracing::warn!(error = %error, "tokens cannot be read");
            AppError::StoreUnavailable
        })?;
        self.snapshot().by_token.get(&hash).cloned().ok_or(AppError::Unauthenticated)
    }

    /// The active member of staff of that code; one whom the snapshot does not know is looked up once, as tokens are.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] if there is none; [`AppError::StoreUnavailable`].
    pub async fn find_member(&self, staff_code: &str) -> Result<Principal, AppError> {
        if let Some(member) = self.member(staff_code) {
            return Ok(member);
        }
        self.read_again().await.map_err(|error| {
            tracing::warn!(error = %error, "members of staff cannot be read");
            AppError::StoreUnavailable
        })?;
        self.member(staff_code).ok_or(AppError::Unauthenticated)
    }

    /// Whom one of these names of a verified certificate stands for, if the snapshot knows it.
    pub fn known_certificate(&self, names: &[String]) -> Option<Principal> {
        let snapshot = self.snapshot();
        names.iter().find_map(|name| snapshot.by_certificate.get(name)).cloned()
    }

    /// Whom one of these names stands for; what the snapshot does not know is looked up as tokens are.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub async fn authenticate_certificate(&self, names: &[String]) -> Result<Principal, AppError> {
        if names.is_empty() {
            return Err(AppError::Unauthenticated);
        }
        self.read_again().await.map_err(|error| {
            tracing::warn!(error = %error, "tokens cannot be read");
            AppError::StoreUnavailable
        })?;
        self.known_certificate(names).ok_or(AppError::Unauthenticated)
    }

    /// Reads the table again if its version has changed.
    ///
    /// # Errors
    /// When the database cannot be reached; the snapshot stays as it is.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let version = self.shared.store.token_version().await?;
        let mut reading = self.shared.reading.lock().await;
        if reading.version != version || reading.begun.is_none() {
            self.read(&mut reading, version).await?;
        }
        Ok(())
    }

    fn snapshot(&self) -> Snapshot {
        self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes sure that the snapshot was read after this call began.
    async fn read_again(&self) -> Result<(), StoreError> {
        let asked = Instant::now();
        let mut reading = self.shared.reading.lock().await;
        if let Some(begun) = reading.begun {
            if begun >= asked {
                return Ok(());
            }
            sleep_until(begun + MIN_READ_INTERVAL).await;
        }
        let version = self.shared.store.token_version().await?;
        self.read(&mut reading, version).await
    }

    /// `version` was read before the rows: if they change in between, the next poll sees it.
    async fn read(&self, reading: &mut Reading, version: i64) -> Result<(), StoreError> {
        let begun = Instant::now();
        let rows = self.shared.store.list_tokens().await?;
        let members = self.shared.store.list_members().await?;
        let mut by_token = HashMap::new();
        let mut by_certificate = HashMap::new();
        for row in rows.into_iter().filter(|row| row.revoked_time.is_none()) {
            match (row.secret_hash, row.certificate_name, row.principal) {
                (Some(hash), _, Some(principal)) => drop(by_token.insert(hash, principal)),
                (None, Some(name), Some(principal)) => drop(by_certificate.insert(name, principal)),
                _ => {}
            }
        }
        let code = |member: &Principal| member.staff.as_ref().map(|staff| staff.staff_code.clone());
        let members = members.into_iter().filter_map(|member| Some((code(&member)?, member))).collect();
        METRICS.callers.readings.inc();
        METRICS.callers.tokens.set(i64::try_from(by_token.len()).unwrap_or(i64::MAX));
        *self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Known { by_token, by_certificate, members });
        *reading = Reading { version, begun: Some(begun) };
        Ok(())
    }
}
