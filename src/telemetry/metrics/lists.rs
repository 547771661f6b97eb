//! The suspicion lists, and the calendar that they go by.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use zhenshi_domain::suspicion::Clue;

use super::add;

/// A gauge of seconds.
type Seconds = Gauge<f64, AtomicU64>;

// === lists ===========================================================================================================

/// Labels of the suspicions of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ClueLabels {
    /// Name of the clue.
    pub clue: &'static str,
}

/// The suspicion lists.
#[derive(Debug)]
pub struct Lists {
    /// Lists whose time has come and that are not sealed.
    pub due: Gauge,
    /// Chunks of closed lists that are not written.
    pub open_chunks: Gauge,
    /// Seconds since the oldest list that is not sealed was closed.
    pub unsealed_age: Seconds,
    /// Suspicions of the newest sealed list of a working day.
    pub suspicions: Family<ClueLabels, Gauge>,
}

impl Lists {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let suspicions: Family<ClueLabels, Gauge> = Family::default();
        for clue in Clue::ALL {
            // There from the start, so that a clue without suspicions says so.
            drop(suspicions.get_or_create(&ClueLabels { clue: clue.name() }));
        }
        Self {
            due: add(
                registry,
                "zhenshi_lists_due",
                "Suspicion lists whose time has come and that are not sealed, missed days included",
                Gauge::default(),
            ),
            open_chunks: add(
                registry,
                "zhenshi_lists_open_chunks",
                "Chunks of closed suspicion lists that are not written yet",
                Gauge::default(),
            ),
            unsealed_age: add(
                registry,
                "zhenshi_lists_unsealed_age_seconds",
                "Age of the oldest suspicion list that is closed and not sealed; 0 if there is none",
                Seconds::default(),
            ),
            suspicions: add(
                registry,
                "zhenshi_lists_suspicions",
                "Suspicions by clue of the newest sealed list of a working day",
                suspicions,
            ),
        }
    }
}

// === calendar ========================================================================================================

/// The working-day calendar.
#[derive(Debug)]
pub struct Calendar {
    /// 1 while the notice of this year, or from December on of the next one, is missing.
    pub notice_missing: Gauge,
}

impl Calendar {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            notice_missing: add(
                registry,
                "zhenshi_calendar_notice_missing",
                "1 while the holiday notice of this year or, from 1 December on, of the next one is missing",
                Gauge::default(),
            ),
        }
    }
}
