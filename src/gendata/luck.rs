//! Seeded luck: every choice of the generator comes from here, so one seed gives one file, byte for byte.
//! Only whole numbers are drawn, by one method, so that the result does not depend on the platform or on a library's
//! choice of sampling.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One in a million, the unit of all rates in the generator.
pub(super) const MILLION: u32 = 1_000_000;

/// A seeded stream of choices.
pub(super) struct Luck(ChaCha8Rng);

impl Luck {
    /// The stream of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`; 0 when `bound` is 0. Multiply and shift: the bias is under `bound / 2^32`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(wide >> 32).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A large number, for the starting point of a series.
    pub(super) fn wide(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// True with the given chance in percent.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of the choices.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        choices[self.index(N)]
    }

    /// One of the choices, each with its weight. The weights must not all be zero.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, choices: &[(T, u32); N]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut rest = self.below(total);
        for (choice, weight) in choices {
            if rest < *weight {
                return *choice;
            }
            rest -= weight;
        }
        choices[N - 1].0
    }

    /// An index below `len`; 0 when `len` is 0.
    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u32::try_from(len).unwrap_or(u32::MAX))).unwrap_or_default()
    }

    /// A UUID of version 4.
    pub(super) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
