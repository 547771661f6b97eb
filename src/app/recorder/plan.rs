//! What goes into the next batch: pure, so that it can be tested without a database.
//!
//! - At most one item per application, and none while an earlier one of it is in flight: revisions keep their order.
//! - Equal request keys with equal content are grouped: the first leads, the others get its answer. Other content under
//!   the same key waits until the leader's record can answer it.
//! - Whose caller has gone away is left out.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;
use uuid::Uuid;

use super::{MAX_BATCH, Pending};

/// Items taken in that no batch has room for: bounded, so that the queue behind it fills and sheds.
const MAX_WAITING: usize = 2 * MAX_BATCH;

/// An item of a batch and who else gets its answer.
pub(in crate::app) struct Group {
    pub(super) leader: Pending,
    pub(super) followers: Vec<Pending>,
}

impl Group {
    /// The leader and who gets its answer.
    pub(super) fn all(&self) -> impl Iterator<Item = &Pending> {
        std::iter::once(&self.leader).chain(&self.followers)
    }
}

/// What one transaction records.
pub(in crate::app) struct Batch {
    pub(super) groups: Vec<Group>,
    /// The applications of the batch, kept after the groups are answered.
    pub(super) applications: Vec<Uuid>,
    /// When it left.
    pub(super) left: Instant,
}

/// What is waiting and what is in flight.
#[derive(Default)]
pub(super) struct Plan {
    waiting: VecDeque<Pending>,
    busy: HashSet<Uuid>,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Items that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether what waits should leave now. Beside a batch in flight only half as much again is worth a flush of its own:
    /// a few items would otherwise keep the second place busy while everybody else waits behind them.
    pub(super) fn is_worth_a_batch(&self) -> bool {
        2 * self.waiting.len() >= self.busy.len()
    }

    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < MAX_WAITING
    }

    pub(super) fn add(&mut self, arrived: impl IntoIterator<Item = Pending>) {
        self.waiting.extend(arrived);
    }

    /// Frees the applications of a batch that is done.
    pub(super) fn release(&mut self, batch: &Batch) {
        for application in &batch.applications {
            self.busy.remove(application);
        }
    }

    /// Frees everything, when it is not known what was in flight.
    pub(super) fn release_all(&mut self) {
        self.busy.clear();
    }

    /// The next batch, in the order of arrival; `None` if nothing may go now.
    pub(super) fn next_batch(&mut self) -> Option<Batch> {
        let mut groups: Vec<Group> = Vec::new();
        let mut keys: HashMap<(std::sync::Arc<str>, Uuid), usize> = HashMap::new();
        let mut held: HashSet<Uuid> = HashSet::new();
        let mut left = VecDeque::with_capacity(self.waiting.len());
        for pending in self.waiting.drain(..) {
            // Nobody waits for it any more and nothing of it is begun: a repeat will bring it again.
            if pending.reply.is_closed() {
                continue;
            }
            let item = &pending.item;
            let key = (item.caller.clone(), item.request_id);
            if let Some(place) = keys.get(&key) {
                let leader: &mut Group = &mut groups[*place];
                if leader.leader.item.digest == item.digest {
                    leader.followers.push(pending);
                } else {
                    left.push_back(pending);
                }
            } else if groups.len() == MAX_BATCH
                || self.busy.contains(&item.application_id)
                || !held.insert(item.application_id)
            {
                left.push_back(pending);
            } else {
                keys.insert(key, groups.len());
                groups.push(Group { leader: pending, followers: Vec::new() });
            }
        }
        self.waiting = left;
        if groups.is_empty() {
            return None;
        }
        let applications: Vec<Uuid> = groups.iter().map(|group| group.leader.item.application_id).collect();
        self.busy.extend(&applications);
        Some(Batch { groups, applications, left: Instant::now() })
    }
}

#[cfg(test)]
mod tests;
