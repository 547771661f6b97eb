//! What the cases write: who sends what in which part of which day, and what the lists must say of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::{Draft, DraftAccount};
use super::super::holders::{Holder, Member};
use super::super::household::Household;
use super::super::luck::Luck;
use super::super::people::Human;
use super::super::truth::{ExpectedVerdict, PlantedFault};
use super::super::wire::{Channel, Purpose, Request, Sex};
use super::super::world::World;
use super::super::writing;
use super::cases::CASES;
use super::{Clearing, DirectoryEntry, LIST_OF_DAY, LISTS, PolicyNews, PolicyTold, Suspicion};

/// A day and a part of it.
pub(super) type At = (usize, usize);

/// A request that is sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) request: Request,
    pub(super) verdict: ExpectedVerdict,
    pub(super) faults: Vec<PlantedFault>,
}

/// What happens in one part of a day.
#[derive(Default)]
pub(super) struct Acts {
    pub(super) sends: Vec<Sent>,
    pub(super) events: Vec<PolicyTold>,
    pub(super) entries: Vec<DirectoryEntry>,
    pub(super) clearings: Vec<Clearing>,
}

/// What all cases together make.
#[derive(Default)]
pub(super) struct Script {
    acts: BTreeMap<At, Acts>,
    pub(super) lists: Vec<BTreeSet<Suspicion>>,
    pub(super) cases: BTreeMap<&'static str, u64>,
    pub(super) excuses: BTreeSet<&'static str>,
}

/// What a case gets to write with.
pub(super) struct Pen<'a> {
    pub(super) world: &'a mut World,
    pub(super) luck: &'a mut Luck,
    script: &'a mut Script,
    /// How often the case was planted before: chooses days and variants.
    pub(super) turn: usize,
}

impl Script {
    /// Plants every case so many times.
    pub(super) fn play(world: &mut World, luck: &mut Luck, times: u32) -> Self {
        let mut script = Self { lists: vec![BTreeSet::new(); LISTS], ..Self::default() };
        for case in &CASES {
            for turn in 0..times as usize {
                (case.plant)(&mut Pen { world, luck, script: &mut script, turn });
            }
            script.cases.insert(case.name, times.into());
            if case.excuse {
                script.excuses.insert(case.name);
            }
        }
        script
    }

    /// What happens in a part of a day; taken out.
    pub(super) fn acts(&mut self, day: usize, part: usize) -> Acts {
        self.acts.remove(&(day, part)).unwrap_or_default()
    }
}

impl Pen<'_> {
    /// One of the choices, in turn.
    pub(super) fn pick<T: Copy, const N: usize>(&self, choices: &[T; N]) -> T {
        choices[self.turn % N]
    }

    /// A day of the story, in turn: the day off too.
    pub(super) fn day(&self) -> usize {
        self.pick(&[0, 1, 2, 3, 4])
    }

    /// One day twice, or two days: the second is not before the first.
    pub(super) fn one_or_two_days(&self) -> [usize; 2] {
        self.pick(&[[0, 0], [0, 1], [1, 2], [1, 3], [3, 3], [2, 4], [4, 4]])
    }

    /// Two days of different lists.
    pub(super) fn two_days(&self) -> [usize; 2] {
        self.pick(&[[0, 1], [0, 2], [1, 3], [2, 4], [3, 4], [0, 4]])
    }

    /// Three days of different lists.
    pub(super) fn three_days(&self) -> [usize; 3] {
        self.pick(&[[0, 1, 3], [0, 2, 4], [1, 3, 4], [0, 3, 4], [2, 3, 4]])
    }

    /// Somebody new of 30 to 60 years.
    pub(super) fn human(&mut self) -> Human {
        let sex = self.luck.pick(&[Sex::Male, Sex::Female]);
        self.world.people.adult(self.luck, self.world.as_of, (30, 60), sex)
    }

    /// A policy that the person takes out for himself, paid from his account.
    pub(super) fn policy(&mut self, human: Human) -> Draft {
        let channel = self.channel();
        let mut draft = self.world.of(channel, human, self.luck);
        draft.accounts = vec![DraftAccount::of(Purpose::Premium, &draft.policyholder)];
        draft
    }

    /// A policy of somebody new through another channel than [`Self::stranger`]'s.
    pub(super) fn stranger_elsewhere(&mut self) -> Draft {
        self.turn += 1;
        let draft = self.stranger();
        self.turn -= 1;
        draft
    }

    /// A policy of somebody new.
    pub(super) fn stranger(&mut self) -> Draft {
        let human = self.human();
        self.policy(human)
    }

    /// A policy of a new household.
    pub(super) fn household(&mut self, household: Household) -> Draft {
        let channel = self.channel();
        let mut draft = self.world.draft(channel, household, true, self.luck);
        draft.accounts = vec![DraftAccount::of(Purpose::Premium, &draft.policyholder)];
        draft
    }

    fn channel(&self) -> Channel {
        self.pick(&[
            Channel::IndividualAgents,
            Channel::Bancassurance,
            Channel::Intermediaries,
            Channel::Direct,
        ])
    }

    /// Sends an application that the gate accepts.
    pub(super) fn send(&mut self, at: At, draft: &Draft) -> Sent {
        self.send_as(at, draft, ExpectedVerdict::Accepted, Vec::new())
    }

    /// Sends an application with another verdict.
    pub(super) fn send_as(
        &mut self,
        at: At,
        draft: &Draft,
        verdict: ExpectedVerdict,
        faults: Vec<PlantedFault>,
    ) -> Sent {
        let mut application = writing::write(draft, self.luck);
        if !faults.is_empty() {
            application.product.class = None;
        }
        let sent = Sent { request: Request { request_id: self.luck.uuid(), application }, verdict, faults };
        self.send_again(at, sent.clone());
        sent
    }

    /// Sends the very same request once more.
    pub(super) fn send_again(&mut self, at: At, sent: Sent) {
        self.script.acts.entry(at).or_default().sends.push(sent);
    }

    /// The same content under another request id.
    pub(super) fn send_repeated(&mut self, at: At, mut sent: Sent) {
        sent.request.request_id = self.luck.uuid();
        self.send_again(at, sent);
    }

    /// The core tells what became of the policy.
    pub(super) fn tell(&mut self, at: At, draft: &Draft, news: PolicyNews) {
        let request_id = self.luck.uuid();
        let application = policyholder(draft);
        let told = PolicyTold { application, news, request_id };
        self.script.acts.entry(at).or_default().events.push(told);
    }

    /// The directory gets an entry.
    pub(super) fn enter(&mut self, at: At, entry: DirectoryEntry) {
        self.script.acts.entry(at).or_default().entries.push(entry);
    }

    /// A verified case clears two policyholders who stand in a list.
    pub(super) fn clear(&mut self, at: At, list: usize, clue: &'static str, pair: [&Draft; 2]) {
        let clearing = Clearing { list, clue, pair: pair.map(policyholder) };
        self.script.acts.entry(at).or_default().clearings.push(clearing);
    }

    /// The list of the day's period must say so.
    pub(super) fn expect(&mut self, day: usize, clue: &'static str, holders: &[Holder]) {
        self.expect_of(day, clue, "", holders);
    }

    /// The same, of an owner's contact.
    pub(super) fn expect_of(&mut self, day: usize, clue: &'static str, owner: &str, holders: &[Holder]) {
        let list = LIST_OF_DAY[day];
        let members = holders.iter().map(|holder| (holder.member.clone(), holder.list == list)).collect();
        self.script.lists[list].insert(Suspicion { clue, owner: owner.to_owned(), members });
    }
}

/// The policyholder of an application, as a member.
fn policyholder(draft: &Draft) -> Member {
    Member {
        source: draft.source,
        kind: draft.kind,
        application_no: draft.application_no.clone(),
        party_no: 0,
    }
}
