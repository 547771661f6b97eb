//! Requests a second of each caller: one that runs wild leaves the others their service.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};

type Keyed =
    RateLimiter<Arc<str>, HashMapStateStore<Arc<str>>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// Counts requests by caller. Callers are as many as tokens, so what is kept of them is small.
#[derive(Clone)]
pub(in crate::grpc) struct Rate {
    limiter: Arc<Keyed>,
}

impl Rate {
    /// `per_second` requests in the long run, `burst` at once after a pause; neither is zero (see the configuration).
    pub(in crate::grpc) fn new(per_second: u32, burst: u32) -> Self {
        let quota = Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN))
            .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), MonotonicClock);
        Self { limiter: Arc::new(limiter) }
    }

    /// Counts one request of `caller`.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(in crate::grpc) fn count(&self, caller: &Arc<str>) -> Result<(), Duration> {
        self.limiter.check_key(caller).map_err(|until| until.wait_time_from(MonotonicClock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_through_and_then_each_caller_waits_for_itself() {
        let rate = Rate::new(1, 3);
        let (one, other): (Arc<str>, Arc<str>) = ("one".into(), "other".into());
        for _ in 0..3 {
            rate.count(&one).unwrap();
        }
        let wait = rate.count(&one).unwrap_err();
        assert!(wait <= Duration::from_secs(1) && wait > Duration::ZERO, "{wait:?}");
        rate.count(&other).unwrap();
    }
}
