//! Lockout: how long nobody gets into an account after refused attempts; and how much is written of attempts on none.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Refused attempts in a row that cost nothing.
pub const FREE_ATTEMPTS: u32 = 4;
/// The pause after the next one; each further one doubles it.
pub const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The longest pause: whoever wants to keep somebody out has to come back every hour, and it shows.
pub const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// Stretch of time for which [`MOST_ENTRIES`] holds.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Most audit entries of one process in a [`WINDOW`] about attempts on login names that nobody has.
const MOST_ENTRIES: u32 = 30;

/// How long an account is locked after so many refused attempts in a row.
pub fn pause_after(refused: u32) -> TimeDelta {
    let Some(beyond) = refused.checked_sub(FREE_ATTEMPTS + 1) else { return TimeDelta::zero() };
    let doubled = 1_i32.checked_shl(beyond.min(16)).unwrap_or(i32::MAX);
    FIRST_PAUSE.checked_mul(doubled).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// Attempts on login names that nobody has, lately.
#[derive(Debug, Default)]
pub struct Strangers {
    written: Mutex<(DateTime<Utc>, u32)>,
}

impl Strangers {
    /// Whether one at `now` is to be written.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if now - written.0 >= WINDOW {
            *written = (now, 0);
        }
        written.1 += 1;
        written.1 <= MOST_ENTRIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_up_to_an_hour_and_never_shrinks() {
        let minutes: Vec<i64> = (0..=12).map(|refused| pause_after(refused).num_minutes()).collect();
        assert_eq!(minutes, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_flood_of_strangers_is_cut_off_until_the_next_minute() {
        let strangers = Strangers::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!((0..1_000).filter(|_| strangers.is_due(now)).count(), MOST_ENTRIES as usize);
        assert!(strangers.is_due(now + WINDOW));
    }
}
