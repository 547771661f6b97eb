//! Pauses after a failed `accept`: out of file descriptors, the kernel would refuse the same connection for ever and the
//! loop would take a whole processor.

use std::{io, time::Duration};

/// First pause.
const FIRST: Duration = Duration::from_millis(10);
/// Longest pause.
const LONGEST: Duration = Duration::from_millis(500);

/// The next pause: twice the one before, until an `accept` works.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    last: Option<Duration>,
}

impl Backoff {
    /// How long to wait after `error`; `None` if it is about that one connection only and the next may follow at once.
    pub(super) fn after(&mut self, error: &io::Error) -> Option<Duration> {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
            return None;
        }
        let pause = self.last.map_or(FIRST, |last| (last * 2).min(LONGEST));
        self.last = Some(pause);
        Some(pause)
    }

    /// Whether the failure before was the first of its kind, which is worth a line in the log.
    pub(super) fn is_first(&self) -> bool {
        self.last == Some(FIRST)
    }

    /// An `accept` has worked.
    pub(super) const fn reset(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `EMFILE` of Linux.
    fn out_of_files() -> io::Error {
        io::Error::from_raw_os_error(24)
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_again() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..8).map(|_| backoff.after(&out_of_files()).unwrap().as_millis()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 500, 500]);
        backoff.reset();
        assert_eq!(backoff.after(&out_of_files()), Some(FIRST));
        assert!(backoff.is_first());
    }

    #[test]
    fn a_connection_that_has_gone_is_no_reason_to_wait() {
        let gone = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert_eq!(Backoff::default().after(&gone), None);
    }
}
