//! The one place that asks what time it is.
//!
//! Everything else takes a [`Clock`]. To run on another time (the demo, tests), give another implementation.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration, SubsecRound as _, Utc};

/// Tells the time, in UTC with microseconds (the store's resolution).
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that many parts share.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands where it is put: for tests, and for tools that work as of a given day.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(at.timestamp_micros()))
    }

    /// Moves the clock by `by`, which may be negative.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

/// Another clock plus an offset that is moved forward: for the demo, which plays several days in minutes. Whoever shows
/// its time says that it is moved.
pub struct OffsetClock {
    base: SharedClock,
    /// Microseconds.
    offset: AtomicI64,
}

impl OffsetClock {
    /// A clock that says `at` now and goes on as `base` does.
    pub fn new(base: SharedClock, at: DateTime<Utc>) -> Self {
        let offset = (at - base.now()).num_microseconds().unwrap_or(0);
        Self { base, offset: AtomicI64::new(offset) }
    }

    /// Moves the clock to `at`, unless it is past that already: it never goes back.
    pub fn move_to(&self, at: DateTime<Utc>) {
        let offset = (at - self.base.now()).num_microseconds().unwrap_or(0);
        self.offset.fetch_max(offset, Ordering::SeqCst);
    }

    /// How far it is moved from its base.
    pub fn offset(&self) -> Duration {
        Duration::microseconds(self.offset.load(Ordering::SeqCst))
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> DateTime<Utc> {
        self.base.now() + self.offset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_clock_goes_on_from_where_it_was_put_and_never_back() {
        let start = DateTime::from_timestamp_micros(1_764_000_000_000_000).unwrap();
        let base = Arc::new(FixedClock::new(start));
        let clock = OffsetClock::new(base.clone(), start - Duration::days(4));
        base.advance(Duration::minutes(1));
        assert_eq!(clock.now(), start - Duration::days(4) + Duration::minutes(1));
        assert_eq!(clock.offset(), -Duration::days(4));
        clock.move_to(start + Duration::days(2));
        assert_eq!(clock.now(), start + Duration::days(2));
        clock.move_to(start);
        assert_eq!(clock.now(), start + Duration::days(2), "never back");
    }
}
