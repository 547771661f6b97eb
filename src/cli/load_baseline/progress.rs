//! Progress on stderr: a bar for a person, a line now and then for a log.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::tally::Tally;
use crate::cli::output;

/// Pause between two lines where nobody looks at a bar.
const LINE_PAUSE: Duration = Duration::from_secs(5);

/// Shows how far a load is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    size: u64,
    begun: Instant,
    begun_with: u64,
    told: Instant,
}

impl Progress {
    /// Progress through a file of `size` bytes, beginning behind `done` lines.
    pub(super) fn new(size: u64, done: u64) -> anyhow::Result<Self> {
        let bar = if io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {eta} left, {msg}")?;
            Some(ProgressBar::new(size).with_style(style))
        } else {
            None
        };
        let now = Instant::now();
        Ok(Self { bar, size, begun: now, begun_with: done, told: now })
    }

    /// Everything up to byte `end` is done.
    pub(super) fn at(&mut self, end: u64, tally: &Tally) {
        if let Some(bar) = &self.bar {
            bar.set_position(end);
            bar.set_message(counts(tally));
        } else if self.told.elapsed() >= LINE_PAUSE {
            self.told = Instant::now();
            let percent = end.saturating_mul(100).checked_div(self.size).unwrap_or(100);
            output::note(format!("{percent} %: {}, {} a second", counts(tally), self.rate(tally)));
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn rate(&self, tally: &Tally) -> u64 {
        let seconds = self.begun.elapsed().as_secs().max(1);
        tally.total().saturating_sub(self.begun_with) / seconds
    }
}

fn counts(tally: &Tally) -> String {
    format!(
        "{} accepted, {} rejected, {} not applicable, {} passed over",
        tally.accepted, tally.rejected, tally.not_applicable, tally.unreadable
    )
}
