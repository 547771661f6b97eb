//! Hashing of passwords: beside the runtime's own threads, few at a time, so that a flood of sign-ins takes nothing from the calls.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::SignInError;
use crate::{
    app::AppError,
    entropy::SharedEntropy,
    security::password::{self, HashError},
};

/// Hashes at a time: each takes a processor for tens of milliseconds, and 19 MiB.
pub const MOST_HASHES: usize = 2;
/// Attempts that may wait for one; the next is told to come again.
pub const MOST_WAITING: usize = 64;

/// Where passwords are hashed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hashing {
    working: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            working: Arc::new(Semaphore::new(MOST_HASHES)),
            places: Arc::new(Semaphore::new(MOST_HASHES + MOST_WAITING)),
        }
    }
}

impl Hashing {
    /// The hash of `password`.
    ///
    /// # Errors
    /// [`SignInError::Busy`].
    pub async fn hash(&self, password: &str, entropy: SharedEntropy) -> Result<String, SignInError> {
        let password = zeroize::Zeroizing::new(password.to_owned());
        self.run(move || password::hash(&password, entropy.as_ref())).await
    }

    /// Whether `password` is the one of `hash`; without a hash it is not, after the same work.
    ///
    /// # Errors
    /// [`SignInError::Busy`].
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, SignInError> {
        let password = zeroize::Zeroizing::new(password.to_owned());
        self.run(move || password::verify(&password, hash.as_deref())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let _place = self.places.clone().try_acquire_owned().map_err(|_| SignInError::Busy)?;
        let working = self.working.clone().acquire_owned().await.map_err(|_| SignInError::Busy)?;
        // The permit goes with the work: who does not wait for it has not ended it.
        let task = tokio::task::spawn_blocking(move || {
            let _working = working;
            work()
        });
        match task.await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(failed(&error)),
            Err(error) => Err(failed(&error)),
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> SignInError {
    // Its words hold no password: those of argon2 never do.
    tracing::error!(%error, "a password could not be hashed");
    SignInError::Failed(AppError::Internal { incident_id: uuid::Uuid::nil() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_is_turned_away_beyond_the_places_and_the_rest_is_done() {
        let hashing = Hashing::default();
        let held: Vec<_> = {
            let working = hashing.working.clone();
            (0..MOST_HASHES).map(|_| working.clone().try_acquire_owned().unwrap()).collect()
        };
        let attempt = || {
            let hashing = hashing.clone();
            tokio::spawn(async move { hashing.verify("correct horse", None).await })
        };
        let waiting: Vec<_> = (0..MOST_HASHES + MOST_WAITING).map(|_| attempt()).collect();
        while hashing.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hashing.verify("correct horse", None).await, Err(SignInError::Busy)));
        drop(held);
        for one in waiting.into_iter().take(4) {
            assert!(!one.await.unwrap().unwrap());
        }
    }
}
