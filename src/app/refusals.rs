//! What the policy refused: in the audit log, every attempt of it, whoever asked.
//!
//! Who keeps asking must not fill the log. A caller's first refusal of an action has an entry of its own at once, and another after
//! [`QUIET`], at most [`MOST_ENTRIES`] of all callers in [`WINDOW`]. All others are held, and counted once a minute and when the service ends
//! ([`App::write_held_refusals`]): one entry for each caller, with how often he was refused what. What is held is bounded by callers times
//! actions, and an entry that cannot be written is held again. The metric `zhenshi_refused` counts every one too.

use std::{
    collections::{BTreeMap, HashMap},
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
/// Action of the entry of one refusal.
const REFUSED: &str = "REFUSED";
/// Action of the entry of those that were held.
const REFUSED_AGAIN: &str = "REFUSED_AGAIN";
/// What such an entry is about.
const HELD_SUBJECT: &str = "refused_attempts";

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
    held: Held,
}

/// How often each caller was refused what, beyond the entries.
type Held = BTreeMap<Arc<str>, BTreeMap<Action, u64>>;

impl Refusals {
    /// Whether this one is to be written; otherwise it is held.
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
            *written.held.entry(key.0).or_default().entry(action).or_default() += 1;
            return false;
        }
        written.in_window += 1;
        written.last.insert(key, now);
        true
    }

    /// Everything that is held; nothing is any more.
    fn take(&self) -> Held {
        std::mem::take(&mut self.written.lock().unwrap_or_else(PoisonError::into_inner).held)
    }

    /// Holds again what could not be written.
    fn hold(&self, caller: Arc<str>, counts: BTreeMap<Action, u64>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let held = written.held.entry(caller).or_default();
        for (action, count) in counts {
            *held.entry(action).or_default() += count;
        }
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
            tracing::warn!(error = %error, "a refusal cannot be written to the audit log yet");
            self.refusals.hold(principal.caller.clone(), BTreeMap::from([(refused.action, 1)]));
        }
    }

    /// Writes what is held: what a job does each minute, and the service when it ends.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached; what was not written is held again.
    pub async fn write_held_refusals(&self) -> Result<(), StoreError> {
        let mut held = self.refusals.take().into_iter();
        while let Some((caller, counts)) = held.next() {
            if let Err(error) = self.write_again(&caller, &counts).await {
                self.refusals.hold(caller, counts);
                held.for_each(|(caller, counts)| self.refusals.hold(caller, counts));
                return Err(error);
            }
        }
        Ok(())
    }

    async fn write_again(&self, caller: &Arc<str>, counts: &BTreeMap<Action, u64>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let counts = counts.iter().map(|(action, count)| format!("{}={count}", action.name()));
        let entry = Entry {
            id: ids::mint(now, self.entropy.as_ref())?,
            recorded_time: now,
            actor: caller.to_string(),
            action: REFUSED_AGAIN.to_owned(),
            subject_kind: HELD_SUBJECT.to_owned(),
            subject_ids: Vec::new(),
            reason: counts.collect::<Vec<_>>().join(" "),
            digest: Vec::new(),
        };
        self.store.audit(Scope::system(), entry).await
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
        // None of them is lost: what has no entry is held, once.
        let held = refusals.take();
        assert_eq!(held[&clerk], BTreeMap::from([(Action::ListCases, 1)]));
        let of = |held: &Held| held.values().flat_map(BTreeMap::values).sum::<u64>();
        assert_eq!(of(&held), 1 + 1_000 - (u64::from(MOST_ENTRIES) - 1));
        assert!(refusals.take().is_empty());
        for (caller, counts) in held.clone() {
            refusals.hold(caller.clone(), counts);
            refusals.hold(caller, BTreeMap::from([(Action::GetCase, 2)]));
        }
        assert_eq!(of(&refusals.take()), of(&held) + 2 * held.len() as u64);
    }
}
