//! Verifying the chain itself: entries in the order of their positions, one after another, without a database in sight.
//!
//! A MAC covers the entry, its position and the MAC before it, so what a genuine entry was chained after and where can be
//! tried out. That is how kinds of tampering are told apart: a changed entry is followed by one that is right; an inserted one
//! by an entry that was chained after the one before it; what was moved is right at another position. Only as many
//! entries are remembered as [`WINDOW`] says, whatever the length of the chain.

use std::collections::VecDeque;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::fault::{FaultKind, Faults};
use crate::{
    security::audit_key::AuditKeys,
    store::{
        audit::{Entry, MAC_BYTES},
        relay::Link,
    },
};

/// Entries that are remembered, and the furthest that an entry is looked for from where it stands.
const WINDOW: i64 = 16;
/// The same, as a length.
const WINDOW_LENGTH: usize = 16;

/// An entry as it stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chained {
    /// Position.
    pub position: i64,
    /// Version of the key that chained it.
    pub key_version: i16,
    /// The entry.
    pub entry: Entry,
    /// Its MAC.
    pub mac: [u8; MAC_BYTES],
}

/// The end of the chain as it was at some time, kept outside the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checkpoint {
    /// Position of the last entry then.
    pub position: i64,
    /// Its MAC.
    pub mac: [u8; MAC_BYTES],
}

/// An entry that was seen.
struct Seen {
    /// Where it stands.
    position: i64,
    mac: [u8; MAC_BYTES],
    /// MAC that it should have; the same for a genuine one.
    computed: [u8; MAC_BYTES],
    /// Where it was chained, if that is known.
    given: Option<i64>,
    /// Place of its fault.
    fault: Option<usize>,
}

/// The walk along the chain.
pub struct ChainCheck<'a> {
    keys: &'a AuditKeys,
    /// Sorted by position.
    checkpoints: &'a [Checkpoint],
    next_checkpoint: usize,
    last_agreed: i64,
    recent: VecDeque<Seen>,
    key_version: u16,
    /// Where the last genuine entry was chained, less where it stands.
    shift: i64,
    entries: i64,
}

impl<'a> ChainCheck<'a> {
    /// A walk that compares with `checkpoints`, which are sorted by position.
    pub fn new(keys: &'a AuditKeys, checkpoints: &'a [Checkpoint]) -> Self {
        let start =
            Seen { position: 0, mac: [0; MAC_BYTES], computed: [0; MAC_BYTES], given: Some(0), fault: None };
        Self {
            keys,
            checkpoints,
            next_checkpoint: 0,
            last_agreed: 0,
            recent: VecDeque::from([start]),
            key_version: 0,
            shift: 0,
            entries: 0,
        }
    }

    /// Position of the last entry taken; 0 before the first.
    pub fn position(&self) -> i64 {
        self.recent.back().map_or(0, |seen| seen.position)
    }

    /// Entries taken.
    pub const fn entries(&self) -> i64 {
        self.entries
    }

    /// Takes the next entry: its position is above the last one's.
    pub fn take(&mut self, row: &Chained, faults: &mut Faults) {
        self.entries += 1;
        let expected = self.position() + 1;
        let gap = row.position > expected;
        if gap {
            let last = row.position - 1;
            let problem = if expected == last {
                format!("entry {expected} is missing")
            } else {
                format!("entries {expected} to {last} are missing")
            };
            faults.add(FaultKind::EntryMissing, Some(expected), problem);
        }
        let key = self.key(row, faults);
        let computed = match (key, self.recent.back()) {
            (Some(key), Some(last)) => row.entry.chain(key, row.position, &last.mac),
            _ => [0; MAC_BYTES],
        };
        let mut seen = Seen { position: row.position, mac: row.mac, computed, given: None, fault: None };
        if !gap && is_same(&computed, &row.mac) {
            self.settle_last(row.position - 1, faults);
            seen.given = Some(row.position);
            self.note_shift(row.position, row.position, faults);
        } else if let Some(given) = self.look_for(row, faults) {
            seen.given = Some(given);
            self.note_shift(row.position, given, faults);
        } else if !gap {
            // After a gap nobody knows the MAC before it: the next entry will tell.
            let problem = "the entry, or its MAC, is not what was chained";
            seen.fault = faults.add(FaultKind::EntryChanged, Some(row.position), problem);
        }
        self.compare(row, faults);
        self.recent.push_back(seen);
        if self.recent.len() > WINDOW_LENGTH {
            self.recent.pop_front();
        }
    }

    /// Ends the walk: `head` is where the database says that the chain ends.
    pub fn finish(self, head: &Link, faults: &mut Faults) {
        let last = self.position();
        let mac = self.recent.back().map_or([0; MAC_BYTES], |seen| seen.mac);
        if head.position > last {
            let problem =
                format!("the chain ends at {last} and its head says {}: the tail was cut", head.position);
            faults.add(FaultKind::TailCut, Some(last + 1), problem);
        } else if head.position < last {
            let problem = format!("the chain goes on to {last} and its head says {}", head.position);
            faults.add(FaultKind::HeadChanged, Some(head.position + 1), problem);
        } else if head.mac != mac {
            faults.add(FaultKind::HeadChanged, Some(last), "the head has another MAC than the last entry");
        }
        if let Some(furthest) = self.checkpoints.last().filter(|checkpoint| checkpoint.position > last) {
            let problem = format!(
                "the chain ends at {last} and a checkpoint saw {}: the tail was cut",
                furthest.position
            );
            faults.add(FaultKind::TailCut, Some(last + 1), problem);
        }
    }

    /// The key of `row`. Versions never fall along the chain: a key that was replaced chains nothing any more.
    fn key(&mut self, row: &Chained, faults: &mut Faults) -> Option<&'a aws_lc_rs::hmac::Key> {
        let version = u16::try_from(row.key_version).unwrap_or(0);
        let key = self.keys.chain(version);
        if key.is_none() || version < self.key_version {
            let problem = if key.is_none() {
                format!("the entry names audit key {version}, which the keyring does not have")
            } else {
                format!("the entry names audit key {version} after one of version {}", self.key_version)
            };
            faults.add(FaultKind::KeyVersion, Some(row.position), problem);
        } else {
            self.key_version = version;
        }
        key
    }

    /// Where a row that does not follow the one before it was chained, if that can be found: after which of the last
    /// entries, and at which position.
    fn look_for(&mut self, row: &Chained, faults: &mut Faults) -> Option<i64> {
        if faults.is_full() {
            return None;
        }
        let key = self.keys.chain(u16::try_from(row.key_version).unwrap_or(0))?;
        let at = |given: i64, before: &[u8]| is_same(&row.entry.chain(key, given, before), &row.mac);
        for place in (0..self.recent.len()).rev() {
            let before = &self.recent[place];
            if let Some(given) = before.given {
                if at(given + 1, &before.mac) {
                    self.settle_between(place, given, faults);
                    return Some(given + 1);
                }
                continue;
            }
            if before.position + 1 == row.position && at(row.position, &before.computed) {
                if let Some(fault) = before.fault {
                    faults.correct(fault, FaultKind::EntryChanged, "the MAC of the entry was changed");
                }
                return Some(row.position);
            }
            let expected = before.position + 1 + self.shift;
            let near = (0..=WINDOW).flat_map(|far| [expected + far, expected - far]);
            if let Some(given) = near.filter(|given| *given > 0).find(|given| at(*given, &before.mac)) {
                self.settle(place, given - 1, faults);
                return Some(given);
            }
        }
        None
    }

    /// The entry before was chained where it stands: an entry after it is right with its MAC.
    fn settle_last(&mut self, given: i64, faults: &mut Faults) {
        if self.recent.back().is_some_and(|last| last.given.is_none()) {
            self.settle(self.recent.len() - 1, given, faults);
        }
    }

    /// Now it is known where the entry at `place`, which could not be verified, was chained.
    fn settle(&mut self, place: usize, given: i64, faults: &mut Faults) {
        let seen = &mut self.recent[place];
        seen.given = Some(given);
        let (position, fault) = (seen.position, seen.fault);
        if given == position {
            if let Some(fault) = fault {
                faults.correct(fault, FaultKind::EntryChanged, "the entry was changed");
            }
            return;
        }
        let problem = format!("the entry was chained at {given}");
        match fault {
            Some(fault) => faults.correct(fault, FaultKind::EntryMoved, problem),
            None => {
                self.recent[place].fault = faults.add(FaultKind::EntryMoved, Some(position), problem);
            }
        }
    }

    /// An entry was chained after the one at `place`: what stands between them and is not known was put in.
    fn settle_between(&mut self, place: usize, given: i64, faults: &mut Faults) {
        for seen in self.recent.iter().skip(place + 1).filter(|seen| seen.given.is_none()) {
            if let Some(fault) = seen.fault {
                let problem =
                    format!("an entry that was never chained stands after the one chained at {given}");
                faults.correct(fault, FaultKind::EntryInserted, problem);
            }
        }
    }

    /// Says when entries begin to stand elsewhere than they were chained; not of each of them.
    fn note_shift(&mut self, position: i64, given: i64, faults: &mut Faults) {
        let shift = given - position;
        if shift == self.shift {
            return;
        }
        self.shift = shift;
        let problem = if shift == 0 {
            "from here on entries stand where they were chained again".to_owned()
        } else {
            format!("the entry was chained at {given}; so were those that follow, as far from their places")
        };
        faults.add(FaultKind::EntryMoved, Some(position), problem);
    }

    /// Compares with the checkpoints of this position.
    fn compare(&mut self, row: &Chained, faults: &mut Faults) {
        while let Some(checkpoint) = self.checkpoints.get(self.next_checkpoint) {
            if checkpoint.position > row.position {
                return;
            }
            self.next_checkpoint += 1;
            if checkpoint.position < row.position {
                // Its entry is missing, and that has been said.
                continue;
            }
            if checkpoint.mac == row.mac {
                self.last_agreed = row.position;
            } else {
                let problem = format!(
                    "the chain is another than the one of the checkpoint at {}; they last agreed at {}",
                    row.position, self.last_agreed
                );
                faults.add(FaultKind::OtherChain, Some(row.position), problem);
            }
        }
    }
}

fn is_same(left: &[u8; MAC_BYTES], right: &[u8; MAC_BYTES]) -> bool {
    verify_slices_are_equal(left, right).is_ok()
}

#[cfg(test)]
mod tests;
