//! What a right application can be: a plain one, a customer who comes back, an approved payer, a resending, business
//! outside article 4. A new scenario is a variant, a line in [`USUAL`] and an arm of [`Scenario::make`].

use chrono::Days;

use super::draft::{Draft, DraftAccount, DraftApproval, SHORT_PRODUCTS};
use super::fault::Fault;
use super::household::{Household, Member};
use super::luck::Luck;
use super::memory::{Known, Payer};
use super::name::{Look, name};
use super::people::home;
use super::truth::{ApplicationRef, ExpectedVerdict, ListTruth};
use super::wire::{AccountKind, Channel, Kind, Purpose, Relation};
use super::world::{Made, Shelf, World, channel_place, reference};

/// A kind of right application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    /// The first of a run: plain, with an account, remembered for others to share with.
    Founding,
    /// New business of new people.
    Plain,
    /// A customer comes back with the 15-digit form of his number, or with the 18-digit form after the other.
    Twin,
    /// A customer comes back.
    Returning,
    /// The spouse of a customer applies, with the customer's phone and perhaps account.
    SpouseFollows,
    /// Somebody else pays, with a valid approval.
    ApprovedPayer,
    /// Less than a year.
    ShortTerm,
    /// Group business.
    Group,
    /// A servicing change of an earlier policy.
    ServicingChange,
    /// A claim on an earlier policy.
    Claim,
    /// An earlier application again, changed or mended.
    Resend,
}

/// How often each happens, per thousand. What needs an earlier application is a plain one while there is none.
const USUAL: [(Scenario, u32); 10] = [
    (Scenario::Plain, 780),
    (Scenario::Twin, 15),
    (Scenario::Returning, 25),
    (Scenario::SpouseFollows, 20),
    (Scenario::ApprovedPayer, 25),
    (Scenario::ShortTerm, 25),
    (Scenario::Group, 15),
    (Scenario::ServicingChange, 45),
    (Scenario::Claim, 20),
    (Scenario::Resend, 30),
];

/// How long a company is approved as a payer, in days: beyond the lists of any run.
const COMPANY_DAYS: u32 = 180;
/// How many tries to find a fitting customer among those remembered.
const TRIES: usize = 4;

impl Scenario {
    /// A scenario by its weight.
    pub(super) fn draw(luck: &mut Luck) -> Self {
        luck.weighted(&USUAL)
    }

    /// Makes an application of the scenario.
    pub(super) fn make(self, world: &mut World, channel: Channel, luck: &mut Luck) -> Made {
        let made = match self {
            Self::Founding => Some(founding(world, channel, luck)),
            Self::Plain => None,
            Self::Twin => twin(world, channel, luck),
            Self::Returning => returning(world, channel, luck),
            Self::SpouseFollows => spouse_follows(world, channel, luck),
            Self::ApprovedPayer => Some(approved_payer(world, channel, luck)),
            Self::ShortTerm | Self::Group => Some(outside(self, world, channel, luck)),
            Self::ServicingChange | Self::Claim => afterwards(self, world, channel, luck),
            Self::Resend => resend(world, channel, luck),
        };
        made.unwrap_or_else(|| {
            let household = Household::usual(luck);
            let draft = world.draft(channel, household, false, luck);
            world.clean(draft, Shelf::Any, Vec::new(), luck)
        })
    }
}

fn founding(world: &mut World, channel: Channel, luck: &mut Luck) -> Made {
    let mut draft = world.draft(channel, Household::Oneself, true, luck);
    draft.accounts = vec![DraftAccount::of(Purpose::Premium, &draft.policyholder)];
    world.clean(draft, Shelf::Victims, Vec::new(), luck)
}

fn twin(world: &mut World, channel: Channel, luck: &mut Luck) -> Option<Made> {
    for _ in 0..TRIES {
        let mut known = world.memory.known.take(luck)?;
        if known.human.turn_number() {
            let cause = "one customer, his number once in 15 and once in 18 digits";
            return Some(again(world, channel, known, cause, luck));
        }
        world.memory.known.put(known, luck);
    }
    None
}

fn returning(world: &mut World, channel: Channel, luck: &mut Luck) -> Option<Made> {
    let known = world.memory.known.take(luck)?;
    Some(again(world, channel, known, "one customer with several policies", luck))
}

/// A known customer applies again for himself.
fn again(world: &mut World, channel: Channel, known: Known, cause: &'static str, luck: &mut Luck) -> Made {
    let draft = world.of(channel, known.human, luck);
    let sharings = shared_with(&draft, known.application, known.has_account, cause);
    world.clean(draft, Shelf::Nowhere, sharings, luck)
}

/// The excused sharings of the draft's policyholder with an earlier application.
fn shared_with(
    draft: &Draft,
    earlier: ApplicationRef,
    account_too: bool,
    cause: &'static str,
) -> Vec<ListTruth> {
    let parties = vec![earlier, reference(draft, "policyholder".to_owned())];
    let mut sharings = Vec::with_capacity(2);
    if account_too && !draft.accounts.is_empty() {
        sharings.push(ListTruth::excused(Fault::SameBankAccount.code(), parties.clone(), cause));
    }
    sharings.push(ListTruth::excused(Fault::SamePhone.code(), parties, cause));
    sharings
}

fn spouse_follows(world: &mut World, channel: Channel, luck: &mut Luck) -> Option<Made> {
    for _ in 0..TRIES {
        let mut known = world.memory.known.take(luck)?;
        let Some(mut spouse) = known.spouse.take() else {
            world.memory.known.put(known, luck);
            continue;
        };
        spouse.phone.clone_from(&known.human.phone);
        let one_account = known.has_account && luck.percent(50);
        if one_account {
            spouse.bank = known.human.bank;
        }
        let draft = world.of(channel, spouse, luck);
        let cause = "spouses, declared in the earlier application";
        let sharings = shared_with(&draft, known.application, one_account, cause);
        return Some(world.clean(draft, Shelf::Nowhere, sharings, luck));
    }
    None
}

fn approved_payer(world: &mut World, channel: Channel, luck: &mut Luck) -> Made {
    let household = Household::usual(luck);
    let mut draft = world.draft(channel, household, false, luck);
    draft.accounts.clear();
    let mut sharings = Vec::new();
    let earlier = if luck.percent(25) { world.memory.payers.take(luck) } else { None };
    let account = if let Some(payer) = earlier {
        let parties = vec![payer.application, reference(&draft, "accounts[0]".to_owned())];
        let cause = "an approved payer for several policies";
        sharings.push(ListTruth::excused(Fault::SameBankAccount.code(), parties, cause));
        corporate(payer.number, payer.bank_code, payer.name)
    } else {
        new_payer(world, &draft, luck)
    };
    if account.kind == AccountKind::Corporate {
        let application = reference(&draft, "accounts[0]".to_owned());
        let (name, number, bank_code) =
            (account.holder_name.clone(), account.number.clone(), account.bank_code);
        world.memory.payers.put(Payer { application, name, number, bank_code }, luck);
    }
    let days = |days: u32| Days::new(u64::from(days));
    let on = draft.applied_on;
    // From the day of the approval to the last day, both included. A company is approved for longer than the run, so that
    // it may pay for a later policy too.
    let (before, after) = (luck.pick(&[0, 1, 5, 20, 40]), luck.pick(&[0, 1, 30, 180]));
    let after = if account.kind == AccountKind::Corporate { COMPANY_DAYS } else { after };
    draft.approvals.push(DraftApproval {
        serial: world.people.serial(),
        approved_on: on.checked_sub_days(days(before)).unwrap_or(on),
        account: account.number.clone(),
        valid_until: on.checked_add_days(days(after)).unwrap_or(on),
    });
    draft.accounts.push(account);
    world.clean(draft, Shelf::Nowhere, sharings, luck)
}

/// A company, an adult of the family, or somebody unknown.
fn new_payer(world: &mut World, draft: &Draft, luck: &mut Luck) -> DraftAccount {
    let relative = draft
        .members
        .iter()
        .find(|member| matches!(member.relation, Relation::Spouse | Relation::Parent | Relation::Other));
    if let Some(human) = relative.and_then(|member| member.human.as_ref()) {
        return DraftAccount::of(Purpose::Premium, human);
    }
    let serial = world.people.serial();
    if luck.percent(50) {
        let bank = world.people.numbers.passbook();
        return corporate(bank.number, bank.bank_code, format!("示例{serial}号样本有限公司"));
    }
    DraftAccount::new(Purpose::Premium, &world.people.numbers.card(), &name(serial, Look::Plain))
}

fn corporate(number: String, bank_code: &'static str, holder_name: String) -> DraftAccount {
    DraftAccount { purpose: Purpose::Premium, number, kind: AccountKind::Corporate, bank_code, holder_name }
}

fn outside(scenario: Scenario, world: &mut World, channel: Channel, luck: &mut Luck) -> Made {
    let household = Household::usual(luck);
    let mut draft = world.draft(channel, household, false, luck);
    if scenario == Scenario::Group {
        draft.product.group = true;
    } else {
        draft.product = luck.pick(&SHORT_PRODUCTS);
    }
    let made = world.clean(draft, Shelf::Nowhere, Vec::new(), luck);
    // Outside article 4 there are no contacts, so nothing is shared.
    Made { verdict: ExpectedVerdict::NotApplicable, sharings: Vec::new(), ..made }
}

/// A servicing change or a claim: a number of its own, naming the policy and the application it came from.
fn afterwards(scenario: Scenario, world: &mut World, channel: Channel, luck: &mut Luck) -> Option<Made> {
    let mut draft = world.memory.policies[channel_place(channel)].take(luck)?;
    draft.policy_no = format!("P{}", draft.application_no);
    draft.original_application_no = std::mem::replace(&mut draft.application_no, world.application_no());
    draft.approvals.clear();
    if scenario == Scenario::Claim {
        draft.kind = Kind::Claim;
        draft.accounts = vec![DraftAccount::of(Purpose::Claim, &draft.policyholder)];
    } else {
        draft.kind = Kind::ServicingChange;
        change(&mut draft, world, luck);
    }
    Some(world.clean(draft, Shelf::Nowhere, Vec::new(), luck))
}

/// The same application with a higher revision: mended if it was refused, else changed.
fn resend(world: &mut World, channel: Channel, luck: &mut Luck) -> Option<Made> {
    let mut draft = world.memory.to_resend[channel_place(channel)].take(luck)?;
    draft.revision += 1;
    change(&mut draft, world, luck);
    let keep = if draft.revision < 3 && luck.percent(20) { Shelf::Resend } else { Shelf::Nowhere };
    Some(world.clean(draft, keep, Vec::new(), luck))
}

/// Gives the policyholder a new phone, address or account; who shares a phone with him goes along.
fn change(draft: &mut Draft, world: &mut World, luck: &mut Luck) {
    let holder = &mut draft.policyholder;
    match luck.below(3) {
        0 => {
            let old = std::mem::replace(&mut holder.phone, world.people.numbers.mobile());
            let humans = draft.members.iter_mut().filter_map(|Member { human, .. }| human.as_mut());
            for human in humans.filter(|human| human.phone == old) {
                human.phone.clone_from(&holder.phone);
            }
        }
        1 => holder.home = home(luck, world.people.serial()),
        _ => {
            holder.bank = world.people.numbers.card();
            for account in &mut draft.accounts {
                *account = DraftAccount::of(account.purpose, holder);
            }
        }
    }
}
