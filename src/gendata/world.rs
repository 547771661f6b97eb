//! Makes the applications one after the other: people, what is remembered of earlier applications, numbers.

use chrono::{Days, NaiveDate};

use super::draft::{Draft, DraftAccount, PRODUCTS};
use super::fault::{Fault, WEIGHTS};
use super::holders::{self, Holder};
use super::household::{Household, Member, found};
use super::luck::Luck;
use super::memory::{Known, Memory, Victim};
use super::people::{Human, People};
use super::plan::Row;
use super::plant::{Turn, plant};
use super::scenario::Scenario;
use super::truth::{ApplicationRef, ExpectedVerdict, ListTruth, PlantedFault};
use super::wire::{Application, Channel, Kind, Purpose, Relation};
use super::writing;

/// Applications are dated on the day and up to so many days before.
const DATED_BACK_DAYS: u32 = 30;
/// Branches in which applications are sold: `BR01` and on.
pub const BRANCHES: u32 = 6;
/// How many rejected applications in a hundred come again, mended.
const MENDED_PERCENT: u32 = 50;

/// One application with everything that is true about it.
pub(super) struct Made {
    pub(super) message: Application,
    pub(super) verdict: ExpectedVerdict,
    pub(super) faults: Vec<PlantedFault>,
    pub(super) sharings: Vec<ListTruth>,
    /// What the next list must say of it.
    pub(super) shared: Option<Shared>,
}

/// A value in a stranger's hands: everybody who uses it, in the application that is made and in the one before.
pub(super) struct Shared {
    pub(super) code: &'static str,
    pub(super) before: Vec<Holder>,
    pub(super) now: Vec<Holder>,
}

/// Where a draft is remembered once it has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    /// Nowhere: what was planted with it stays as it is.
    Nowhere,
    /// To be sent again.
    Resend,
    /// Any of the pools.
    Any,
    /// Among those whose phone or account a stranger will use.
    Victims,
}

/// The state of a run; its size does not depend on the count.
pub(super) struct World {
    pub(super) people: People,
    pub(super) memory: Memory,
    pub(super) as_of: NaiveDate,
    /// The list into whose period what is made now falls; a run of one day has one.
    pub(super) list: usize,
    /// Begins every number of the run, so that runs of other seeds do not number the same applications.
    prefix: String,
    applications: u64,
    /// How often each fault was planted, in the order of [`WEIGHTS`].
    turns: [usize; WEIGHTS.len()],
}

impl World {
    /// An empty world.
    pub(super) fn new(seed: u64, as_of: NaiveDate, luck: &mut Luck) -> Self {
        Self {
            people: People::new(luck),
            memory: Memory::new(),
            as_of,
            list: 0,
            prefix: format!("T{seed:X}"),
            applications: 0,
            turns: [0; WEIGHTS.len()],
        }
    }

    /// Makes the application that the row asks for.
    pub(super) fn make(&mut self, row: Row, luck: &mut Luck) -> Made {
        let first = self.applications == 0;
        let Some(fault) = row.fault else {
            let scenario = if first { Scenario::Founding } else { Scenario::draw(luck) };
            return scenario.make(self, row.channel, luck);
        };
        let turn = Turn { fault, number: self.turn(fault) };
        match fault {
            Fault::SamePhone | Fault::SameBankAccount | Fault::Undetectable => {
                super::unseen::make(self, turn, row.channel, luck)
            }
            _ => self.faulty(turn, row.channel, luck),
        }
    }

    /// An application with a fault that the gate finds; half of them come again, mended.
    fn faulty(&mut self, turn: Turn, channel: Channel, luck: &mut Luck) -> Made {
        let draft = self.draft(channel, turn.household(), true, luck);
        let mut message = writing::write(&draft, luck);
        let planted = plant(turn, &draft, &mut message, &mut self.people, luck);
        if luck.percent(MENDED_PERCENT) {
            self.shelve(draft, Shelf::Resend, luck);
        }
        let fault = PlantedFault {
            expected_code: turn.fault.code(),
            field_path: planted.field_path,
            found_by: turn.fault.found_by(),
            cause: planted.cause,
        };
        Made {
            message,
            verdict: ExpectedVerdict::Rejected,
            faults: vec![fault],
            sharings: Vec::new(),
            shared: None,
        }
    }

    /// Writes a right draft and remembers it.
    pub(super) fn clean(
        &mut self,
        draft: Draft,
        keep: Shelf,
        mut sharings: Vec<ListTruth>,
        luck: &mut Luck,
    ) -> Made {
        let message = writing::write(&draft, luck);
        for (place, member) in draft.members.iter().enumerate() {
            let shares = |human: &Human| !human.phone.is_empty() && human.phone == draft.policyholder.phone;
            if member.human.as_ref().is_some_and(shares) {
                let parties = vec![
                    reference(&draft, "policyholder".to_owned()),
                    reference(&draft, format!("insureds[{place}].person")),
                ];
                sharings.push(ListTruth::excused(
                    Fault::SamePhone.code(),
                    parties,
                    "a family uses one phone, the relation is declared",
                ));
            }
        }
        self.shelve(draft, keep, luck);
        Made { message, verdict: ExpectedVerdict::Accepted, faults: Vec::new(), sharings, shared: None }
    }

    /// A right new-business application of a new policyholder.
    pub(super) fn draft(
        &mut self,
        channel: Channel,
        household: Household,
        numbered: bool,
        luck: &mut Luck,
    ) -> Draft {
        let applied_on = self.day(luck);
        let (policyholder, members) = found(&mut self.people, luck, household, applied_on, numbered);
        let mut draft = self.of(channel, policyholder, luck);
        draft.applied_on = applied_on;
        draft.members = members;
        draft
    }

    /// A right new-business application of the person, who insures himself until members are put in.
    pub(super) fn of(&mut self, channel: Channel, policyholder: Human, luck: &mut Luck) -> Draft {
        let mut accounts = Vec::with_capacity(2);
        if luck.percent(80) {
            accounts.push(DraftAccount::of(Purpose::Premium, &policyholder));
        }
        if luck.percent(25) {
            accounts.push(DraftAccount::of(Purpose::Benefit, &policyholder));
        }
        let outlet = luck.between(1, 400);
        let seller = luck.between(1, 5_000);
        let (source, seller_code, agency_code) = match channel {
            Channel::IndividualAgents => ("core", format!("A{seller:06}"), String::new()),
            Channel::Bancassurance => ("bancassurance", format!("B{seller:06}"), format!("BANK-{outlet:04}")),
            Channel::Intermediaries => ("core", String::new(), format!("AGENCY-{outlet:04}")),
            Channel::Direct => ("core", String::new(), String::new()),
        };
        Draft {
            source,
            application_no: self.application_no(),
            revision: 1,
            policy_no: String::new(),
            original_application_no: String::new(),
            kind: Kind::NewBusiness,
            channel,
            branch_code: format!("BR{:02}", luck.between(1, BRANCHES)),
            seller_code,
            agency_code,
            product: luck.weighted(&PRODUCTS),
            applied_on: self.day(luck),
            policyholder,
            members: vec![Member { relation: Relation::Oneself, human: None }],
            accounts,
            approvals: Vec::new(),
        }
    }

    /// The next number.
    pub(super) fn application_no(&mut self) -> String {
        self.applications += 1;
        format!("{}-{:09}", self.prefix, self.applications)
    }

    /// A day on which an application of the run may be dated.
    pub(super) fn day(&self, luck: &mut Luck) -> NaiveDate {
        let back = Days::new(u64::from(luck.below(DATED_BACK_DAYS + 1)));
        self.as_of.checked_sub_days(back).unwrap_or(self.as_of)
    }

    /// How often the fault was planted before.
    fn turn(&mut self, fault: Fault) -> usize {
        let Some(place) = WEIGHTS.iter().position(|(other, _)| *other == fault) else { return 0 };
        let turn = self.turns[place];
        self.turns[place] += 1;
        turn
    }

    fn shelve(&mut self, draft: Draft, keep: Shelf, luck: &mut Luck) {
        let channel = channel_place(draft.channel);
        let keep = match keep {
            Shelf::Any => luck.weighted(&[(Shelf::Victims, 20), (Shelf::Resend, 15), (Shelf::Any, 65)]),
            chosen => chosen,
        };
        match keep {
            Shelf::Nowhere => {}
            Shelf::Resend => self.memory.to_resend[channel].put(draft, luck),
            Shelf::Victims => {
                // Who pays from no account of his own cannot lend one.
                if draft.premium_account().is_some() {
                    let application = reference(&draft, "policyholder".to_owned());
                    let phone_holders = holders::of_phone(&draft, self.list, &draft.policyholder.phone);
                    let account_holders =
                        holders::of_account(&draft, self.list, &draft.policyholder.bank.number);
                    let Human { phone, bank, .. } = draft.policyholder;
                    let victim = Victim { application, phone, bank, phone_holders, account_holders };
                    self.memory.victims.put(victim, luck);
                }
            }
            Shelf::Any if luck.percent(50) => self.memory.policies[channel].put(draft, luck),
            Shelf::Any => self.memory.known.put(known(draft), luck),
        }
    }
}

/// The customer of an application, and his spouse if nobody else is insured.
fn known(mut draft: Draft) -> Known {
    let application = reference(&draft, "policyholder".to_owned());
    let only = if draft.members.len() == 1 { draft.members.pop() } else { None };
    let spouse = only.filter(|member| member.relation == Relation::Spouse).and_then(|m| m.human);
    Known { application, human: draft.policyholder, has_account: !draft.accounts.is_empty(), spouse }
}

/// Names a party of an application in the truth file.
pub(super) fn reference(draft: &Draft, party: String) -> ApplicationRef {
    ApplicationRef {
        source: draft.source,
        application_no: draft.application_no.clone(),
        kind: draft.kind,
        party,
    }
}

/// The place of a channel in what is kept by channel.
pub(super) const fn channel_place(channel: Channel) -> usize {
    match channel {
        Channel::IndividualAgents => 0,
        Channel::Bancassurance => 1,
        Channel::Intermediaries => 2,
        Channel::Direct => 3,
    }
}
