//! Sharings among the usual applications: who has used a value so far, and what each list must say of it.

use std::collections::BTreeSet;

use super::super::holders::{Holder, Member};
use super::super::world::Shared;
use super::{LISTS, Suspicion};

/// One value and everybody who uses it: strangers to each other, but for the family of one application.
struct Cluster {
    code: &'static str,
    holders: Vec<Holder>,
}

/// The values in strangers' hands.
#[derive(Default)]
pub(super) struct Ledger {
    clusters: Vec<Cluster>,
    /// By list: clusters that got somebody new, as they were at its cut.
    lists: [Vec<(usize, Suspicion)>; LISTS],
}

impl Ledger {
    /// Notes a sharing that arises in the period of `list`. Lists come in order.
    pub(super) fn note(&mut self, list: usize, shared: Shared) {
        let Shared { code, before, now } = shared;
        let known = self.clusters.iter().position(|cluster| {
            cluster.code == code && cluster.holders.iter().any(|holder| before.contains(holder))
        });
        let place = known.unwrap_or_else(|| {
            self.clusters.push(Cluster { code, holders: before });
            self.clusters.len() - 1
        });
        let cluster = &mut self.clusters[place];
        cluster.holders.extend(now);
        let members: BTreeSet<(Member, bool)> =
            cluster.holders.iter().map(|holder| (holder.member.clone(), holder.list == list)).collect();
        let suspicion = Suspicion { clue: code, owner: String::new(), members };
        let due = &mut self.lists[list];
        match due.iter_mut().find(|(other, _)| *other == place) {
            Some((_, earlier)) => *earlier = suspicion,
            None => due.push((place, suspicion)),
        }
    }

    /// What the lists must say.
    pub(super) fn into_lists(self) -> [Vec<Suspicion>; LISTS] {
        self.lists.map(|due| due.into_iter().map(|(_, suspicion)| suspicion).collect())
    }
}
