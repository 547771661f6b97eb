//! When a failed delivery is tried again: later each time, and not at the same time as all the others.

use std::time::Duration;

use crate::entropy::{Entropy, EntropyError, bytes};

/// First pause.
const FIRST: Duration = Duration::from_secs(5);
/// Longest pause.
const LONGEST: Duration = Duration::from_hours(1);
/// Doublings after which the longest pause is reached for certain; more would overflow.
const MAX_DOUBLINGS: u32 = 16;

/// How long to wait after `failures` failed attempts (1 or more): between half of the pause and the whole, by luck. The
/// pause doubles from [`FIRST`] to [`LONGEST`].
///
/// # Errors
/// When there is no luck to be had.
pub fn pause(failures: u32, entropy: &dyn Entropy) -> Result<Duration, EntropyError> {
    let doublings = failures.saturating_sub(1).min(MAX_DOUBLINGS);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let luck = u32::from_be_bytes(bytes::<4>(entropy)?);
    let half = whole / 2;
    Ok(half + half.mul_f64(f64::from(luck) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    /// Every byte the same.
    struct Same(u8);

    impl Entropy for Same {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn pauses_double_from_the_first_to_the_longest() {
        let seconds = |failures, luck| pause(failures, &Same(luck)).unwrap().as_secs_f64();
        let whole: Vec<f64> = [0, 1, 2, 3, 10, 11, 12, 100, u32::MAX].map(|n| seconds(n, 0xFF)).to_vec();
        assert_eq!(whole, [5.0, 5.0, 10.0, 20.0, 2560.0, 3600.0, 3600.0, 3600.0, 3600.0]);
        assert_eq!((seconds(1, 0), seconds(12, 0)), (2.5, 1800.0), "half at least");
    }

    #[test]
    fn luck_spreads_them() {
        let entropy = SeededEntropy::new(1);
        let all: Vec<Duration> = (0..100).map(|_| pause(9, &entropy).unwrap()).collect();
        let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
        assert!(*least >= Duration::from_secs(640) && *most <= Duration::from_secs(1280));
        assert!(*most > *least + Duration::from_mins(5));
    }
}
