//! The one place that asks the machine for luck.
//!
//! Keys, nonces, ids and tokens take an [`Entropy`]; tests give a seeded one.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

/// The machine gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed")]
pub struct EntropyError;

/// Gives random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`EntropyError`] if the source fails; nothing may be made from `bytes` then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// A source that many parts share.
pub type SharedEntropy = Arc<dyn Entropy>;

/// `N` random bytes.
///
/// # Errors
/// As [`Entropy::fill`].
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// The machine's cryptographic generator.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(bytes).map_err(|_| EntropyError)
    }
}

/// A repeatable generator for tests and synthetic data. Never for keys that guard real data.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// The generator of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
        Ok(())
    }
}
