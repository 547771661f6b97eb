//! What the policy refused: counted and written to the audit log, whoever asked.
//!
//! Who keeps asking must not fill the log: a caller's refusals of one action make one entry in [`QUIET`], and all of them
//! together at most [`MOST_ENTRIES`] in [`WINDOW`]; the metric `zhenshi_refused` counts every one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use crate::{
    ids,
    security::{
        policy::{Action, Refused},
        principal::Principal,
        scope::Scope,
    },
    store::{StoreError, audit::Entry},
    telemetry::metrics::{METRICS, RefusedLabels},
};

/// After an entry, further refusals of the same action to the same caller are counted and not written.
pub const QUIET: TimeDelta = TimeDelta::hours(1);
/// Stretch of time for which [`MOST_ENTRIES`] holds.
pub const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Most entries of one process in a [`WINDOW`], whoever asks.
pub const MOST_ENTRIES: u32 = 60;
/// Action of the entries.
const REFUSED: &str = "REFUSED";

/// Which refusals were written lately.
#[derive(Debug, Default)]
pub struct Refusals {
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    last: HashMap<(Arc<str>, Action), DateTime<Utc>>,
    window: DateTime<Utc>,
    in_window: u32,
}

impl Refusals {
    /// Whether this one is to be written.
    fn is_due(&self, caller: &Arc<str>, action: Action, now: DateTime<Utc>) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if now - written.window >= WINDOW {
            written.window = now;
            written.in_window = 0;
            // Bounded by what can be written in the quiet time.
            written.last.retain(|_, last| now - *last < QUIET);
        }
        let key = (caller.clone(), action);
        if written.in_window >= MOST_ENTRIES || written.last.contains_key(&key) {
            return false;
        }
        written.in_window += 1;
        written.last.insert(key, now);
        true
    }
}

impl App {
    /// Notes that `principal` was refused. A log that cannot be written changes nothing about the refusal.
    pub async fn note_refused(&self, principal: &Principal, refused: Refused) {
        let labels = RefusedLabels { action: refused.action.name(), role: refused.role.name() };
        METRICS.callers.refused.get_or_create(&labels).inc();
        let now = self.clock.now();
        if !self.refusals.is_due(&principal.caller, refused.action, now) {
            return;
        }
        if let Err(error) = self.write_refused(principal, refused, now).await {
            tracing::warn!(error = %error, "a refusal cannot be written to the audit log");
        }
    }

    async fn write_refused(
        &self,
        principal: &Principal,
        refused: Refused,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            id: ids::mint(now, self.entropy.as_ref())?,
            recorded_time: now,
            actor: principal.caller.to_string(),
            action: REFUSED.to_owned(),
            subject_kind: refused.action.name().to_owned(),
            subject_ids: Vec::new(),
            reason: format!("{}: {}", refused.role.name(), refused.why),
            digest: Vec::new(),
        };
        // Whoever was refused has no scope: the service writes it.
        self.store.audit(Scope::system(), entry).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_written_once_an_hour_and_a_flood_is_cut_off() {
        let refusals = Refusals::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let clerk: Arc<str> = "staff:ST-1".into();
        assert!(refusals.is_due(&clerk, Action::ListCases, now));
        assert!(!refusals.is_due(&clerk, Action::ListCases, now + QUIET - TimeDelta::seconds(1)));
        assert!(refusals.is_due(&clerk, Action::GetCase, now + WINDOW), "another action");
        let later = now + QUIET + WINDOW;
        assert!(refusals.is_due(&clerk, Action::ListCases, later));
        let written =
            (0..1_000).filter(|n| refusals.is_due(&format!("staff:{n}").into(), Action::GetCase, later));
        assert_eq!(written.count(), MOST_ENTRIES as usize - 1);
        assert!(refusals.is_due(&"staff:new".into(), Action::GetCase, later + WINDOW));
    }
}
