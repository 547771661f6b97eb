//! Events of many policies, found by the names that a policy goes by.

use std::collections::{BTreeSet, HashMap};

use super::{PolicyEvent, PolicyStanding, counts_again, fold};

/// The names of one policy, as an application tells them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyNames {
    /// The application, and the one that a servicing change or a claim belongs to.
    pub application_ids: Vec<u128>,
    /// The policy's number; an empty one names nothing.
    pub policy_nos: Vec<String>,
}

/// Events of many policies.
#[derive(Debug, Clone, Default)]
pub struct PolicyBook {
    events: Vec<PolicyEvent>,
    by_application: HashMap<u128, Vec<usize>>,
    by_policy_no: HashMap<String, Vec<usize>>,
}

impl PolicyBook {
    /// The book of `events`.
    pub fn new(events: Vec<PolicyEvent>) -> Self {
        let mut by_application: HashMap<u128, Vec<usize>> = HashMap::new();
        let mut by_policy_no: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, event) in events.iter().enumerate() {
            if let Some(id) = event.application_id {
                by_application.entry(id).or_default().push(place);
            }
            if !event.policy_no.is_empty() {
                by_policy_no.entry(event.policy_no.clone()).or_default().push(place);
            }
        }
        Self { events, by_application, by_policy_no }
    }

    /// What is known of the policy of `names`: by the events that carry one of them, or a name that another event ties to
    /// one of them.
    pub fn standing(&self, names: &PolicyNames) -> PolicyStanding {
        let mut events = self.events_of(names);
        let mut standing = fold(&mut events);
        // An event may have been known before the one that ties it to this policy.
        standing.reinstated_time = counts_again(&events, |known| {
            let tied = reach(names, known);
            known.retain(|event| tied.contains(&event.id));
            fold(known).condition.counts()
        });
        standing
    }

    /// The events of the policy of `names`.
    pub fn events_of(&self, names: &PolicyNames) -> Vec<&PolicyEvent> {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut fresh: Vec<usize> = self.carrying(&names.application_ids, &names.policy_nos);
        while let Some(place) = fresh.pop() {
            if found.insert(place) {
                let event = &self.events[place];
                fresh.extend(self.carrying(event.application_id.as_slice(), [&event.policy_no]));
            }
        }
        found.into_iter().map(|place| &self.events[place]).collect()
    }

    fn carrying<'a>(
        &self,
        application_ids: &[u128],
        policy_nos: impl IntoIterator<Item = &'a String>,
    ) -> Vec<usize> {
        let by_id = application_ids.iter().filter_map(|id| self.by_application.get(id));
        let by_no = policy_nos.into_iter().filter_map(|no| self.by_policy_no.get(no));
        by_id.chain(by_no).flatten().copied().collect()
    }
}

/// Ids of those of `events` that belong to the policy of `names` when only they are known.
fn reach(names: &PolicyNames, events: &[&PolicyEvent]) -> BTreeSet<u128> {
    let book = PolicyBook::new(events.iter().map(|event| (*event).clone()).collect());
    book.events_of(names).into_iter().map(|event| event.id).collect()
}
